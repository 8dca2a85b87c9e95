"""The agenda made from the admissible dossiers, then its rapporteurs: both are seen before anything is done."""

from django.contrib import messages
from django.shortcuts import redirect

from manufactures.comptes.unicite import UneSeuleFois
from selection.composition import (
    Ordre,
    Rapporteurs,
    admissibles,
    avec_le_lieu,
    filtrer,
    ranger,
)
from selection.forms import FiltreDAgendaForm, RapporteursForm
from selection.models import EtatSeance
from selection.views.base import PageDeSeance

MONTRES = 100  # at most so many dossiers on the page


class ComposerView(UneSeuleFois, PageDeSeance):
    """Filters, order and groups in the address; a group goes on the agenda in one gesture, in the order seen."""

    geste = "creer_seance"
    template_name = "selection/composer.html"

    def _choisis(self, donnees):
        """The filters asked, the dossiers they leave, and how many there are."""
        form = FiltreDAgendaForm(donnees)
        dossiers = filtrer(admissibles(self.request.user, self.seance), **form.filtres)
        return form, dossiers

    def get_context_data(self, **contexte):
        """What may be added, by group, and the agenda as it stands."""
        form, dossiers = self._choisis(self.request.GET)
        lus = list(avec_le_lieu(dossiers)[: MONTRES + 1])
        return super().get_context_data(
            form=form, groupes=ranger(lus[:MONTRES], form.ordre_dit, form.groupement_dit), tronque=len(lus) > MONTRES,
            montres=MONTRES, filtres=form.filtres, ordres=Ordre.choices, ordre_dit=form.ordre_dit,
            points=self.seance.points.visibles_par(self.request.user).avec_le_lieu(),
            peut_preparer=self.seance.etat == EtatSeance.PREVUE, **contexte,
        )  # fmt: skip

    def faire(self, request):
        """Put on the agenda, in the order of the page; or put the agenda itself in order."""
        if request.POST.get("action") == "ordonner":
            return self._ordonner(request)
        cles = [int(cle) for cle in request.POST.getlist("dossiers") if cle.isdecimal()]
        trouves = {
            dossier.pk: dossier for dossier in admissibles(request.user, self.seance).filter(pk__in=cles)
        }
        if not trouves:
            return self.afficher(rien_choisi=True)
        for cle in cles:
            if cle in trouves:
                self.seance.inscrire(trouves.pop(cle), par=request.user)
        messages.success(request, "Ordre du jour complété.")
        return redirect("selection:ordre_du_jour", self.seance.pk)

    def _ordonner(self, request):
        ordre = request.POST.get("ordre")
        ordre = ordre if ordre in Ordre else Ordre.NOM
        points = self.seance.points.all().select_related("dossier__commune_siege__departement")
        points = points.prefetch_related("dossier__sites__commune__departement", "dossier__filieres")
        par_dossier = {point.dossier_id: point.pk for point in points}
        ranges = ranger([point.dossier for point in points], ordre)
        cles = [par_dossier[dossier.pk] for _, dossiers in ranges for dossier in dossiers]
        self.seance.ordonner(cles, par=request.user)
        messages.success(request, "Ordre du jour rangé.")
        return redirect("selection:ordre_du_jour", self.seance.pk)


class RapporteursView(UneSeuleFois, PageDeSeance):
    """Who reports on what: proposed in balance, changed by hand, named when one says so and not before."""

    geste = "creer_seance"
    template_name = "selection/rapporteurs.html"

    def _rapporteurs(self) -> Rapporteurs:
        points = self.seance.points.visibles_par(self.request.user).avec_le_lieu().order_by("rang")
        return Rapporteurs(self.request.user, self.seance, list(points))

    def get_context_data(self, **contexte):
        """The items with who is proposed, and what each member would hold."""
        rapporteurs = contexte.pop("rapporteurs", None) or self._rapporteurs()
        tout = self.request.GET.get("tout") == "1"
        proposes = rapporteurs.proposer(tout=tout)
        initial = {f"point-{cle}": "" if membre is None else str(membre) for cle, membre in proposes.items()}
        contexte.setdefault("form", RapporteursForm(initial=initial, rapporteurs=rapporteurs))
        return super().get_context_data(
            charges=rapporteurs.charges(proposes),
            indices=rapporteurs.indices_dits(),
            presidence_rapporte=rapporteurs.presidence_rapporte, tout=tout,
            sans=[point for point in rapporteurs.points if proposes[point.pk] is None],
            deja=sum(bool(point.rapporteur_id) for point in rapporteurs.points),
            peut_nommer=self.seance.etat in (EtatSeance.PREVUE, EtatSeance.CONVOQUEE), **contexte,
        )  # fmt: skip

    def faire(self, request):
        """Name them, as the page says."""
        rapporteurs = self._rapporteurs()
        form = RapporteursForm(request.POST, rapporteurs=rapporteurs)
        if not form.is_valid():
            return self.afficher(form=form, rapporteurs=rapporteurs)
        nombre = self.seance.nommer_rapporteurs(form.choix, par=request.user)
        accord = "rapporteur enregistré" if nombre == 1 else "rapporteurs enregistrés"
        messages.success(request, f"{nombre} {accord}." if nombre else "Rien n'a changé.")
        return redirect("selection:ordre_du_jour", self.seance.pk)
