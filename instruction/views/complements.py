"""Ask for completions, give more time, answer: the agency's pages and the porteur's."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from candidatures.models import Dossier
from instruction.forms import DemandeForm, PiecesReclamees, ProlongerForm, ReponseForm
from instruction.models import DemandeComplements, Reponse, fin_de_journee
from instruction.models.complements import REPONDENT
from instruction.views.base import DossierDeLAgence
from manufactures import horloge
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite, roles_sur

LONGUEUR_LIBELLE = 200
POINTS_LIBRES = 2
MESSAGE_PROPOSE = (
    "Votre dossier est en cours d'examen. Pour vérifier qu'il respecte le cahier des charges, "
    "nous avons besoin des éléments ci-dessous."
)


def points_proposes(grille) -> list[dict]:
    """One point a rule « à demander », and two free ones."""
    points = []
    for verdict in grille.verdicts.filter(reponse=Reponse.A_DEMANDER).select_related("critere"):
        long = len(verdict.motif) > LONGUEUR_LIBELLE
        points.append(
            {
                "libelle": verdict.critere.libelle if long else verdict.motif,
                "reference": f"cahier des charges, article {verdict.critere.article}"
                if verdict.critere.article
                else "",
                "raison": verdict.motif
                if long
                else f"la règle « {verdict.critere.libelle} » ne peut pas être vérifiée sans cet élément",
                "indispensable": True,
                "regle": verdict.critere.pk,
            }
        )
    return points + [{}] * POINTS_LIBRES


class ComplementsView(DossierDeLAgence):
    """The request, built from the verdicts, read as the porteur will read it, then sent."""

    geste_du_post = "demander_complements"
    template_name = "instruction/complements.html"

    def get_context_data(self, **contexte):
        """The forms, or why no request can be sent."""
        if "form" not in contexte:
            contexte["form"] = DemandeForm(initial={"texte": MESSAGE_PROPOSE})
            contexte["points"] = PiecesReclamees(
                prefix="points", initial=points_proposes(self.grille) if self.grille else []
            )
        contexte["possible"] = (
            self.tient_la_grille and self.dossier.etat == Etat.EN_INSTRUCTION and not self.grille.sens
        )
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Show the letter, or send it."""
        form, points = DemandeForm(request.POST), PiecesReclamees(request.POST, prefix="points")
        if not (form.is_valid() & points.is_valid()):
            return self.afficher(form=form, points=points)
        echeance = fin_de_journee(form.cleaned_data["echeance"])
        retenues = points.retenues()
        if request.POST.get("action") != "demander_complements":
            return self.afficher(form=form, points=points, apercu=retenues, echeance=echeance)
        DemandeComplements.envoyer(
            self.dossier,
            par=request.user,
            texte=form.cleaned_data["texte"],
            pieces=retenues,
            echeance=echeance,
        )
        messages.success(
            request, f"Demande envoyée à {self.dossier.raison_sociale or self.dossier.nom_projet}."
        )
        return redirect("instruction:dossier", self.dossier.numero)


class ProlongerView(DossierDeLAgence):
    """Give the porteur more time."""

    geste_du_post = "demander_complements"
    template_name = "instruction/prolonger.html"

    def get_context_data(self, **contexte):
        """The open request, and the form."""
        demande = DemandeComplements.ouverte_de(self.dossier)
        if demande is not None:
            contexte.setdefault("form", ProlongerForm(demande=demande))
        return super().get_context_data(demande=demande, **contexte)

    def faire(self, request):
        """Move the due date; the porteur is told in the exchange."""
        demande = DemandeComplements.ouverte_de(self.dossier)
        if demande is None:
            raise TransitionInterdite("Aucune demande de compléments n'est ouverte sur ce dossier.")
        form = ProlongerForm(request.POST, demande=demande)
        if not form.is_valid():
            return self.afficher(form=form)
        demande.prolonger(par=request.user, echeance=form.cleaned_data["echeance"])
        messages.success(request, "Délai prolongé : le porteur est prévenu.")
        return redirect("instruction:dossier", self.dossier.numero)


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
        form = ReponseForm(request.POST, request.FILES, prefix=prefixe(piece))
        if not form.is_valid():
            return self.afficher(form=form)
        try:
            demande.repondre(
                par=request.user,
                texte=form.cleaned_data["texte"],
                fichiers=form.cleaned_data["fichiers"],
                piece=piece,
            )
        except ValidationError as refus:
            form.add_error("fichiers", refus)
            return self.afficher(form=form, status=422)
        messages.success(request, "Réponse ajoutée, avec sa date. Terminez par « J'ai répondu ».")
        return redirect(ici + (f"#point-{piece.pk}" if piece else ""))

    def afficher(self, status: int = 200, form=None):
        """The requests of this dossier, the open one with a form a point."""
        demandes = list(
            DemandeComplements.objects.visibles_par(self.request.user)
            .filter(dossier=self.dossier)
            .prefetch_related(
                "pieces__reponses__pieces", "pieces__reponses__par", "reponses__pieces", "reponses__par"
            )
        )
        ouverte = next((d for d in demandes if d.est_ouverte), None)
        points = []
        if ouverte is not None:
            for piece in ouverte.pieces.all():
                lie = form is not None and form.prefix == prefixe(piece)
                points.append((piece, form if lie else ReponseForm(prefix=prefixe(piece))))
        ouvre = ouverte is not None and self.repond and horloge.maintenant() < ouverte.echeance
        contexte = {
            "dossier": self.dossier,
            "ouverte": ouverte,
            "points": points,
            "libre": form
            if form is not None and form.prefix == prefixe(None)
            else ReponseForm(prefix=prefixe(None)),
            "autres": [r for r in ouverte.reponses.all() if r.piece_id is None] if ouverte else [],
            "closes": [d for d in reversed(demandes) if not d.est_ouverte],
            "peut_repondre": ouvre,
            "repond": self.repond,
            "form": form,
        }
        return render(self.request, self.template_name, contexte, status=status)


def prefixe(piece) -> str:
    """The prefix of the form of one point."""
    return f"point{piece.pk}" if piece else "libre"
