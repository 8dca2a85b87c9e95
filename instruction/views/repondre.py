"""The porteur's page of a request for completions: each point beside what was deposited there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property

from candidatures.models import Dossier
from instruction.cibles import Passage, passages_du_dossier
from instruction.demandes import montrer
from instruction.forms import ReponseForm
from instruction.models import DemandeComplements
from instruction.models.complements import REPONDENT
from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin
from manufactures.registres import TransitionInterdite, roles_sur


class RepondreView(UneSeuleFois, GesteMixin):
    """The porteur's page: what is asked, an answer a point, « J'ai répondu »."""

    geste = "repondre_complements"
    sur_objet = True
    template_name = "instruction/repondre.html"

    def dispatch(self, request, *args, **kwargs):
        """Read the dossier among those this person sees; the page is its members'."""
        if request.user.is_authenticated:
            self.dossier = get_object_or_404(
                Dossier.objects.visibles_par(request.user).select_related("vague__appel"),
                numero=kwargs["numero"],
            )
            exiger(self.geste, request.user, self.dossier)
            self.repond = bool(roles_sur(self.dossier, request.user) & REPONDENT)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        """The page."""
        return self.afficher()

    def post(self, request, *args, **kwargs):
        """An answer, or the end of the answers."""
        try:
            return self.faire(request)
        except TransitionInterdite as refus:
            self.dossier.refresh_from_db(fields=["etat"])
            messages.error(request, str(refus))
            return self.afficher(status=409)

    def faire(self, request):
        """Send one answer, or say that all is said."""
        ici = reverse("instruction:repondre", args=[self.dossier.numero])
        if request.POST.get("action") == "completer":
            self.dossier.passer("completer", par=request.user)
            messages.success(request, "Réponse transmise : l'ANCT reprend l'examen de votre dossier.")
            return redirect(ici)
        demande = DemandeComplements.ouverte_de(self.dossier)
        if demande is None:
            raise TransitionInterdite("Aucune demande de compléments n'est ouverte sur ce dossier.")
        piece = (
            get_object_or_404(demande.pieces, pk=request.POST.get("piece"))
            if request.POST.get("piece")
            else None
        )
        form = self.formulaire(piece, request.POST, request.FILES)
        if not form.is_valid():
            return self.afficher(form=form)
        try:
            demande.repondre(
                par=request.user,
                texte=form.cleaned_data["texte"],
                redaction=form.cleaned_data.get("redaction", ""),
                fichiers=form.cleaned_data["fichiers"],
                piece=piece,
            )
        except ValidationError as refus:
            form.add_error("fichiers", refus)
            return self.afficher(form=form, status=422)
        messages.success(request, "Réponse ajoutée, avec sa date. Terminez par « J'ai répondu ».")
        return redirect(ici + (f"#point-{piece.pk}" if piece else ""))

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """What was deposited, where the points are pinned."""
        return passages_du_dossier(self.dossier)

    def formulaire(self, piece, *donnees) -> ReponseForm:
        """The form of one point: a pinned answer is written anew from its last words."""
        passage = self.passages.get(piece.cible) if piece is not None and piece.cible else None
        deja = [r.redaction for r in piece.reponses.all() if r.redaction] if passage else []
        return ReponseForm(*donnees, prefix=prefixe(piece), passage=passage, deja=deja[-1] if deja else "")

    def afficher(self, status: int = 200, form=None):
        """The requests of this dossier, the open one with a form a point, beside what was deposited there."""
        demandes = list(
            DemandeComplements.objects.visibles_par(self.request.user)
            .filter(dossier=self.dossier)
            .prefetch_related(
                "pieces__reponses", "reponses__pieces__dossier", "reponses__par", "reponses__piece"
            )
        )
        ouverte = next((d for d in demandes if d.est_ouverte), None)
        montrees = montrer(demandes, lambda: self.passages, peut_juger=False)
        ouvre = ouverte is not None and self.repond and horloge.maintenant() < ouverte.echeance
        points = []
        for montre in next((m.points for m in montrees if m.demande is ouverte), []):
            lie = form is not None and form.prefix == prefixe(montre.point)
            points.append((montre, form if lie else self.formulaire(montre.point) if ouvre else None))
        contexte = {
            "dossier": self.dossier,
            "ouverte": ouverte,
            "points": points,
            "libre": form
            if form is not None and form.prefix == prefixe(None)
            else ReponseForm(prefix=prefixe(None)),
            "autres": next((m.autres for m in montrees if m.demande is ouverte), []),
            "closes": [m for m in reversed(montrees) if not m.demande.est_ouverte],
            "peut_repondre": ouvre,
            "repond": self.repond,
            "form": form,
        }
        return render(self.request, self.template_name, contexte, status=status)


def prefixe(piece) -> str:
    """The prefix of the form of one point."""
    return f"point{piece.pk}" if piece else "libre"
