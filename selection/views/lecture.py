"""The reading room: the dossier as deposited, the pre-screening's opinion, one's marks; the others' after one's own."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.procedure import Role
from selection.forms import formulaires_de_notes
from selection.lus_au_comite import (
    actes_lus,
    grille_lue,
    lectures_lues,
    pieces_lues,
    siege_de,
    suivant_de,
    version_deposee,
)
from selection.models import Deport, Lecture, Membre, NotePersonnelle
from selection.models.lecture import LISIBLES
from selection.preuves import preuves_par_critere
from selection.synthese import score_de, synthese_des
from selection.views.base import PageDeDossier


class LectureView(UneSeuleFois, PageDeDossier):
    """A member reads, marks and keeps notes for themselves; agents and auditors read."""

    geste_du_post = "rendre_lecture"
    template_name = "selection/lecture.html"

    @property
    def membre(self) -> Membre | None:
        """The reader's seat, where they read as a member."""
        return siege_de(self.request.user, self.dossier) if Role.MEMBRE in self.roles else None

    def get_context_data(self, **contexte):
        """The frozen version, the grid's opinion, the marks."""
        user, membre = self.request.user, self.membre
        lectures = lectures_lues(user, self.dossier)
        for une in lectures:
            une.dossier = self.dossier
        lecture = next((une for une in lectures if membre and une.membre_id == membre.pk), None)
        if lecture is None and membre is not None and self.dossier.etat in LISIBLES:
            lecture = Lecture(dossier=self.dossier, membre=membre)
        rendue = lecture is not None and lecture.rendue_le is not None
        masquees = membre is not None and not rendue and not membre.ouvertes
        rendues = [] if masquees else [une for une in lectures if une.rendue_le]
        lignes = synthese_des(note for une in rendues for note in une.notes.all())
        if lecture is not None and not rendue and self.dossier.etat in LISIBLES:
            contexte.setdefault("formulaires", formulaires_de_notes(lecture))
        instruction = grille_lue(user, self.dossier, self.roles)
        preuves = preuves_par_critere(instruction, self.dossier.numero)
        for ligne in instruction.notes.all() if instruction else ():
            ligne.preuves = preuves.get(ligne.critere_id, ())
        for formulaire in contexte.get("formulaires", ()):
            formulaire.preuves = preuves.get(formulaire.critere.pk, ())
        return super().get_context_data(
            version=version_deposee(self.dossier),
            instruction=instruction, membre=membre,
            carnet=self.request.POST.get("carnet", membre.carnet if membre else ""),
            pieces=pieces_lues(self.dossier),
            actes=actes_lus(user, self.dossier, self.roles),
            lecture=lecture if lecture is not None and lecture.pk else None,
            rendue=rendue, masquees=masquees,
            peut_rouvrir=self.dossier.etat in LISIBLES,
            peut_noter=lecture is not None and not rendue and self.dossier.etat in LISIBLES,
            autres=[une for une in rendues if une is not lecture], synthese=lignes, score=score_de(lignes),
            suivant=suivant_de(user, self.dossier, membre), peut_se_deporter=membre is not None, **contexte,
        )  # fmt: skip

    def faire(self, request):
        """Save the marks; hand them in; open them again."""
        membre = get_object_or_404(
            Membre.objects.filter(user=request.user), pk=getattr(self.membre, "pk", None)
        )
        action = request.POST.get("action")
        if "carnet" in request.POST:
            NotePersonnelle.ecrire(self.dossier, membre, request.POST["carnet"], par=request.user)
        if action == "garder":
            messages.success(request, "Notes personnelles enregistrées.")
            return redirect("selection:lecture", self.dossier.numero)
        lecture = Lecture.ouvrir(self.dossier, membre, par=request.user)
        if action == "rouvrir":
            lecture.rouvrir(par=request.user)
            messages.success(request, "Lecture rouverte. Votre première version reste au dossier.")
            return redirect("selection:lecture", self.dossier.numero)
        rendre = action == "rendre"
        formulaires = formulaires_de_notes(lecture, request.POST, rendre=rendre)
        valides = [f.is_valid() for f in formulaires]
        if not all(valides):
            return self.afficher(formulaires=formulaires, form=next(f for f in formulaires if f.errors))
        notes = {f.critere.code: (f.cleaned_data["note"], f.cleaned_data["commentaire"]) for f in formulaires}
        lecture.noter(notes, par=request.user)
        if not rendre:
            messages.success(request, "Notes enregistrées.")
            return redirect("selection:lecture", self.dossier.numero)
        lecture.rendre(par=request.user)
        messages.success(request, "Lecture rendue.")
        suivant = suivant_de(request.user, self.dossier, membre)
        return redirect("selection:lecture", (suivant or self.dossier).numero)


class DeporterView(UneSeuleFois, PageDeDossier):
    """« Signaler un lien découvert »: a recusal at any time closes the dossier at once."""

    geste = "declarer_interets"
    template_name = "selection/deporter.html"

    def faire(self, request):
        """Step back."""
        membre = get_object_or_404(
            Membre.objects.en_exercice().de_l_appel(self.dossier.vague.appel_id), user=request.user
        )
        motif = request.POST.get("motif", "").strip()
        if not motif:
            return self.afficher(motif_manquant=True)
        Deport.ouvrir(membre, self.dossier, motif=motif, source="DECLARATION", par=request.user)
        messages.success(request, "Déport enregistré : ce dossier vous est fermé dans tous vos rôles.")
        return redirect("selection:seances")
