"""Amounts by laureate inside the envelope; nothing for whoever stepped back from one of them."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.db.models.fields.json import KeyTransform
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from manufactures.actes.models import Acte
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.procedure import Etat, Role
from manufactures.registres import TransitionInterdite
from selection.forms import PropositionForm
from selection.models import EtatSeance, PointOrdreDuJour, PropositionArbitrage
from selection.models.arbitrage import NATURES, depenses_eligibles
from selection.models.partage import progres
from selection.models.promesses import lignes_libres
from selection.views.base import PageDeSeance

CALCULER = "calculer"
ZERO = Decimal("0.00")


class ArbitrageView(UneSeuleFois, PageDeSeance):
    """The desk: what is asked, proposed, amended in session, and what is left as one types."""

    geste = "lire_arbitrage"
    geste_du_post = "proposer_montants"
    template_name = "selection/arbitrage.html"

    def dispatch(self, request, *args, **kwargs):
        """Reckoning keeps nothing: it is no deed to be done once, and takes no form's key."""
        if request.method == "POST" and request.POST.get("action") == CALCULER:
            return super(UneSeuleFois, self).dispatch(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """A deed; or what would be left, as it is typed."""
        if request.POST.get("action") != CALCULER:
            return super().post(request, *args, **kwargs)
        exiger(self.geste_du_post, request.user, self.objet_du_droit(), self.roles)
        contexte = self.get_context_data(saisies=request.POST)
        return render(request, "selection/_enveloppe.html" if request.htmx else self.template_name, contexte)

    def relire(self):
        """Arbitration sittings only."""
        super().relire()
        if not self.seance.est_arbitrage:
            raise Http404(self.seance.pk)

    def _points(self) -> list[PointOrdreDuJour]:
        bilans = Acte.objects.filter(genre="bilan_incubation").defer("instantane")
        bilans = bilans.annotate(diagnostic=KeyTransform("diagnostic", "instantane"))
        points = PointOrdreDuJour.objects.visibles_par(self.request.user).filter(seance=self.seance)
        points = points.select_related("dossier__vague__appel", "proposition", "avis")
        return list(points.prefetch_related("scrutins", Prefetch("dossier__actes", bilans)))

    def get_context_data(self, saisies=None, saisi=None, **contexte):
        """Rows with their form where one may propose; the remainder, save for a recused reader (a difference would
        give the sum away)."""
        points = self._points()
        modifiables = (
            bool(self.roles & {Role.INSTRUCTEUR, Role.RESPONSABLE}) and self.seance.etat != EtatSeance.CLOSE
        )
        depenses = depenses_eligibles([point.dossier_id for point in points]) if modifiables else {}
        lignes = [self._ligne(point, modifiables, depenses, saisies, saisi) for point in points]
        ecarte = len(points) < self.seance.points.count()
        return super().get_context_data(
            lignes=lignes,
            enveloppe=None if ecarte else self._enveloppe(lignes),
            non_enregistres=[li["point"].dossier.nom_projet for li in lignes if li["change"]],
            **contexte,
        )

    @staticmethod
    def _ligne(point, modifiables: bool, depenses: dict, saisies, saisi) -> dict:
        proposition = getattr(point, "proposition", None)
        form = None
        if modifiables and not any(s.etat != "ANNULE" for s in point.scrutins.all()):
            form = PropositionForm(
                initial=initiales(saisies, point),
                point=point,
                instance=proposition,
                depenses=depenses.get(point.dossier_id, {}),
            )
            form = saisi if saisi is not None and saisi.prefix == form.prefix else form
        connus = montants_de(None, point, proposition)
        bilan = next((acte for acte in point.dossier.actes.all() if acte.genre == "bilan_incubation"), None)
        return {
            "point": point,
            "proposition": proposition,
            "form": form,
            "bilan": bilan,
            "progres": progres(point),
            "montants": montants_de(saisies if form else None, point, proposition),
            "change": bool(form and saisies) and montants_de(saisies, point, proposition) != connus,
        }

    def _enveloppe(self, lignes) -> list[dict]:
        """By kind, for the wave: committed, promised elsewhere, proposed here as it stands or is typed, left."""
        ouvertes = [ligne for ligne in lignes if ligne["point"].dossier.etat == Etat.EN_ARBITRAGE]
        jauges = []
        for ligne, libre in lignes_libres(self.seance.vague, [li["point"] for li in ouvertes]):
            propose = sum((li["montants"].get(NATURES[ligne.nature], ZERO) for li in ouvertes), start=ZERO)
            reste = libre - propose
            part = (
                min(100, max(0, int(100 * (ligne.plafond - reste) / ligne.plafond))) if ligne.plafond else 0
            )
            jauges.append(
                {"ligne": ligne, "promis": ligne.reste - libre, "propose": propose, "reste": reste, "exces": -reste,
                 "part": part}
            )  # fmt: skip
        return jauges

    def faire(self, request):
        """Write the amounts of one laureate."""
        points = PointOrdreDuJour.objects.visibles_par(request.user).filter(seance=self.seance)
        cle = request.POST.get("point", "")
        point = get_object_or_404(
            points.select_related("dossier__vague__appel", "seance"), pk=cle if cle.isdecimal() else None
        )
        form = PropositionForm(request.POST, point=point, instance=getattr(point, "proposition", None))
        if not form.is_valid():
            return self.afficher(form=form, saisi=form)
        try:
            PropositionArbitrage.proposer(point, par=request.user, **form.cleaned_data)
        except TransitionInterdite as refus:  # what was typed stays
            form.add_error(None, str(refus))
            return self.afficher(status=409, form=form, saisi=form)
        messages.success(request, f"Montants enregistrés pour {point.dossier.nom_projet}.")
        return redirect("selection:arbitrage", self.seance.pk)


def initiales(saisies, point) -> dict[str, str]:
    """What was typed for this item and not kept."""
    if not saisies:
        return {}
    dits = {nom: saisies.get(f"point-{point.pk}-{nom}") for nom in PropositionForm.Meta.fields}
    return {nom: valeur for nom, valeur in dits.items() if valeur is not None}


def montants_de(saisies, point, proposition) -> dict[str, Decimal]:
    """Euros by kind: as typed where that reads as a sum, else as proposed, else nothing."""
    connus = {nom: getattr(proposition, nom) if proposition else ZERO for nom in NATURES.values()}
    for nom, valeur in initiales(saisies, point).items():
        if nom in connus:
            champ = PropositionForm.base_fields[nom]
            try:
                connus[nom] = max(ZERO, champ.clean(valeur) or ZERO)
            except ValidationError:
                continue
    return connus
