"""The register of a sitting: doubts to settle, hints, recusals and their lifting; who sits in whose stead."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import peut
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import est_habilite
from selection.forms.registre import DeportDUnTiersForm, LeveeForm, MotifForm, PresidenceForm, TrancheForm
from selection.indices import indices_de
from selection.models import DeclarationInterets, Deport, EtatSeance, Membre, PointOrdreDuJour, ReponseInteret
from selection.views.base import PageDeSeance

EN_PREPARATION = (EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)


class RegistreView(UneSeuleFois, PageDeSeance):
    """Row 25: agents, members and auditors read who stepped back; those who prepare read the rest, and settle it."""

    geste_du_post = "deporter_un_tiers"
    template_name = "selection/registre.html"

    @property
    def prepare(self) -> bool:
        """The secretariat, while the sitting is not over."""
        return peut("deporter_un_tiers", self.request.user, self.seance, self.roles) and (
            self.seance.etat in EN_PREPARATION
        )

    def _points(self):
        points = PointOrdreDuJour.objects.filter(seance=self.seance).laisses_a(self.request.user)
        return points.select_related("dossier").defer(*_longues("dossier__")).order_by("rang")

    def get_context_data(self, **contexte):
        """What this reader may know: never what concerns a dossier they stepped back from."""
        user, points = self.request.user, list(self._points())
        noms = {point.dossier_id: point.dossier.nom_projet for point in points}
        deports = Deport.objects.visibles_par(user).filter(dossier__in=noms)
        declarations = DeclarationInterets.objects.visibles_par(user).filter(dossier__in=noms)
        complet = bool(self.roles & {Role.RESPONSABLE, Role.INSTRUCTEUR, Role.PRESIDENT, Role.AUDITEUR})
        declarations = list(declarations.select_related("membre__user", "tranchee_par")) if complet else []
        responsable = est_habilite(user, self.seance.vague.appel_id, Role.RESPONSABLE)
        membres = self._membres() if complet else []
        contexte.setdefault("form_tiers", DeportDUnTiersForm(points=points, membres=membres))
        contexte.setdefault("form_presidence", PresidenceForm(membres=membres, seance=self.seance))
        doutes = [d for d in declarations if d.reponse == ReponseInteret.DOUTE]
        actifs = list(deports.actifs().select_related("membre__user", "declare_par"))
        return super().get_context_data(
            complet=complet,
            prepare=self.prepare,
            peut_lever=responsable and self.seance.etat != EtatSeance.OUVERTE,
            doutes=[
                (d, noms[d.dossier_id], self._form("tranche", TrancheForm, d.pk, contexte)) for d in doutes
            ],
            tranches=[(d, noms[d.dossier_id]) for d in declarations if d.tranchee_le],
            indices=self._indices(membres, noms, declarations, actifs) if complet else [],
            deports=[(d, noms[d.dossier_id], self._form("levee", LeveeForm, d.pk, contexte)) for d in actifs],
            leves=[
                (d, noms[d.dossier_id])
                for d in deports.exclude(leve_le=None).select_related("membre__user", "leve_par")
            ],
            suppleances=self._suppleances(contexte) if self.prepare else [],
            **contexte,
        )

    def _membres(self) -> list[Membre]:
        """Those summoned, or who will be; with the vice-chair."""
        siegent = Membre.objects.select_related("user", "college")
        if self.seance.etat == EtatSeance.PREVUE:
            return list(siegent.de_l_appel(self.seance.vague.appel_id).en_exercice().titulaires())
        return list(siegent.filter(convocations__seance=self.seance))

    def _indices(self, membres, noms, declarations, deports) -> list[tuple]:
        """Each hint with what its member answered; those that a recusal settled are in the register itself."""
        dites = {(d.membre_id, d.dossier_id): d.get_reponse_display() for d in declarations}
        clos = {(d.membre_id, d.dossier_id) for d in deports}
        par_cle = {membre.pk: membre for membre in membres}
        return [
            (par_cle[membre], noms[dossier], raisons, dites.get((membre, dossier), "Pas encore déclaré"))
            for (membre, dossier), raisons in indices_de(membres, noms).items()
            if (membre, dossier) not in clos
        ]

    def _suppleances(self, contexte) -> list[tuple]:
        """Titulaires summoned whose substitute may sit in their stead, before the sitting opens."""
        if self.seance.etat != EtatSeance.CONVOQUEE:
            return []
        jour = Q(membre__suppleants__in=Membre.objects.en_exercice())
        convocations = self.seance.convocations.filter(jour).select_related("membre__user").distinct()
        suppleants = {
            m.suppleant_de_id: m
            for m in Membre.objects.en_exercice()
            .filter(suppleant_de__in=[c.membre_id for c in convocations])
            .select_related("user")
        }
        return [
            (c, suppleants[c.membre_id], self._form("suppleance", MotifForm, c.pk, contexte))
            for c in convocations
            if c.membre_id in suppleants
        ]

    @staticmethod
    def _form(nom, classe, cle, contexte):
        saisi = contexte.get("saisi")
        prefixe = f"{nom}-{cle}"
        return saisi if saisi is not None and saisi.prefix == prefixe else classe(prefix=prefixe)

    def faire(self, request):
        """One of the gestures of the register."""
        gestes = {
            "trancher": self._trancher, "lever": self._lever, "deporter": self._deporter,
            "substituer": self._substituer, "presider": self._presider,
        }  # fmt: skip
        geste = gestes.get(request.POST.get("action"))
        return geste(request) if geste else self.afficher(status=409)

    def _ligne(self, lignes, nom: str):
        return get_object_or_404(lignes, pk=self.request.POST.get(nom) or None)

    def _retour(self, phrase: str):
        messages.success(self.request, phrase)
        return redirect("selection:registre", self.seance.pk)

    def _declarations(self):
        vues = DeclarationInterets.objects.visibles_par(self.request.user)
        return vues.filter(dossier__in=self._points().values("dossier")).select_related(
            "membre__user", "dossier"
        )

    def _trancher(self, request):
        declaration = self._ligne(self._declarations(), "declaration")
        form = TrancheForm(request.POST, prefix=f"tranche-{declaration.pk}")
        if not form.is_valid():
            return self.afficher(saisi=form, form=form)
        deport = form.cleaned_data["issue"] == "DEPORT"
        declaration.trancher(deport=deport, motif=form.cleaned_data["motif"], par=request.user)
        suite = "déporté de" if deport else "peut délibérer sur"
        return self._retour(f"{declaration.membre} {suite} {declaration.dossier.nom_projet}.")

    def _lever(self, request):
        deports = Deport.objects.visibles_par(request.user).actifs()
        deport = self._ligne(
            deports.filter(dossier__in=self._points().values("dossier")).select_related("dossier__vague"),
            "deport",
        )
        form = LeveeForm(request.POST, prefix=f"levee-{deport.pk}")
        if not form.is_valid():
            return self.afficher(saisi=form, form=form)
        deport.lever(motif=form.cleaned_data["motif"], par=request.user)
        return self._retour(f"Déport levé : {deport.membre} déclare de nouveau ses intérêts.")

    def _deporter(self, request):
        form = DeportDUnTiersForm(request.POST, points=list(self._points()), membres=self._membres())
        if not form.is_valid():
            return self.afficher(form_tiers=form, form=form)
        donnees = form.cleaned_data
        Deport.declarer_pour(
            donnees["membre"], donnees["point"].dossier, motif=donnees["motif"], par=request.user
        )
        return self._retour(f"{donnees['membre']} ne siège plus sur {donnees['point'].dossier.nom_projet}.")

    def _substituer(self, request):
        convocation = self._ligne(
            self.seance.convocations.select_related("membre", "seance__vague"), "convocation"
        )
        form = MotifForm(request.POST, prefix=f"suppleance-{convocation.pk}")
        if not form.is_valid():
            return self.afficher(saisi=form, form=form)
        suppleants = Membre.objects.en_exercice().filter(suppleant_de=convocation.membre_id)
        suppleant = get_object_or_404(suppleants.select_related("user"))
        convocation.substituer(suppleant, motif=form.cleaned_data["motif"], par=request.user)
        return self._retour(f"{suppleant} est convoqué et siégera à cette séance.")

    def _presider(self, request):
        form = PresidenceForm(request.POST, membres=self._membres(), seance=self.seance)
        if not form.is_valid():
            return self.afficher(form_presidence=form, form=form)
        membre = form.cleaned_data["presidence"]
        self.seance.confier_la_presidence(membre, motif=form.cleaned_data["motif"], par=request.user)
        return self._retour(f"Présidence de la séance : {membre or 'la présidence du comité'}.")


def _longues(prefixe: str) -> tuple:
    return PointOrdreDuJour._meta.get_field("dossier").related_model.longues_reponses(prefixe)
