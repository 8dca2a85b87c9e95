"""Ask for completions, judge what came, give more time: the agency's pages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property

from instruction.cibles import Passage, passages_du_dossier
from instruction.forms import DemandeForm, PiecesReclamees, ProlongerForm
from instruction.forms.complements import IncompletForm, MotsForm, avec_un_point
from instruction.models import DemandeComplements, Jugement, PieceReclamee, Reponse, fin_de_journee
from instruction.suites import clore_comme_incomplet, indispensables_manquants
from instruction.views.base import DossierDeLAgence
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

LONGUEUR_LIBELLE = 200
POINTS_LIBRES = 2
POINTS = "points"  # the prefix of their forms
MESSAGE_PROPOSE = (
    "Votre dossier est en cours d'examen. Pour vérifier qu'il respecte le cahier des charges, "
    "nous avons besoin des éléments ci-dessous."
)


def points_a_redemander(dossier):
    """The points of older requests judged short, and not asked again since."""
    return PieceReclamee.objects.filter(
        demande__dossier=dossier, jugement=Jugement.REDEMANDE, reprises=None
    ).order_by("demande", "rang")


def points_proposes(grille, passage: Passage | None = None) -> list[dict]:
    """The passage that one came from, one point a judgment « à redemander », one a rule « à demander », two free."""
    points = []
    if passage is not None:
        points.append({"cible": passage.cle, "libelle": passage.libelle[:LONGUEUR_LIBELLE]})
    for ancien in points_a_redemander(grille.dossier):
        points.append(
            {
                "libelle": ancien.libelle,
                "cible": ancien.cible,
                "reference": ancien.reference,
                "raison": ancien.mots,
                "indispensable": ancien.indispensable,
                "regle": ancien.regle_id,
                "reprend": ancien.pk,
            }
        )
    references = {critere.pk: critere.reference for critere in grille.criteres}
    for verdict in grille.verdicts.filter(reponse=Reponse.A_DEMANDER).select_related("critere"):
        long = len(verdict.motif) > LONGUEUR_LIBELLE
        points.append(
            {
                "libelle": verdict.critere.libelle if long else verdict.motif,
                "reference": f"cahier des charges, article {references[verdict.critere_id]}"
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

    @cached_property
    def passages(self) -> dict[str, Passage]:
        """Where a point may be pinned."""
        return passages_du_dossier(self.dossier)

    def les_points(self, data=None, initial=None):
        """The forms of the points."""
        return PiecesReclamees(
            data,
            prefix=POINTS,
            initial=initial,
            form_kwargs={"passages": self.passages, "a_redemander": points_a_redemander(self.dossier)},
        )

    def get_context_data(self, **contexte):
        """The forms, or why no request can be sent; the passages by section, to be chosen from."""
        if "form" not in contexte:
            contexte["form"] = DemandeForm(initial={"texte": MESSAGE_PROPOSE})
            passage = self.passages.get(self.request.GET.get("cible", ""))
            contexte["points"] = self.les_points(
                initial=points_proposes(self.grille, passage) if self.grille else []
            )
        contexte["possible"] = (
            self.tient_la_grille and self.dossier.etat == Etat.EN_INSTRUCTION and not self.grille.sens
        )
        contexte["passages"] = list(self.passages.values())
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Pin one more point, show the letter, or send it."""
        passage = self.passages.get(request.POST.get("epingler", ""))
        if passage is not None:
            data = avec_un_point(request.POST, POINTS, passage.cle, passage.libelle)
            return self.afficher(form=DemandeForm(data), points=self.les_points(data))
        form, points = DemandeForm(request.POST), self.les_points(request.POST)
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


class JugerView(DossierDeLAgence):
    """Say of one point that it is done, that it is to be asked again, or unsay it."""

    geste_du_post = "demander_complements"
    template_name = "instruction/redemander.html"
    JUGEMENTS = {"fait": Jugement.FAIT, "redemander": Jugement.REDEMANDE, "annuler": ""}

    @cached_property
    def point(self) -> PieceReclamee:
        """Of this very dossier."""
        points = PieceReclamee.objects.select_related("demande")
        return get_object_or_404(points, demande__dossier=self.dossier, pk=self.kwargs["pk"])

    def get_context_data(self, **contexte):
        """What is still missing, to be written."""
        contexte.setdefault("form", MotsForm(initial={"mots": self.point.mots}))
        return super().get_context_data(point=self.point, **contexte)

    def faire(self, request):
        """Write the judgment; words go with « redemander »."""
        action = request.POST.get("action", "")
        if action not in self.JUGEMENTS:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        mots = ""
        if action == "redemander":
            form = MotsForm(request.POST)
            if not form.is_valid():
                return self.afficher(form=form)
            mots = form.cleaned_data["mots"]
        self.point.demande.juger(self.point, self.JUGEMENTS[action], par=request.user, mots=mots)
        page = reverse("instruction:dossier", args=[self.dossier.numero])
        return redirect(f"{page}#point-{self.point.pk}")


class EcheanceView(DossierDeLAgence):
    """The date is past: examine as it is, give more time, or close as incomplete, on one page."""

    geste_du_post = "demander_complements"
    template_name = "instruction/echeance.html"

    @cached_property
    def demande(self) -> DemandeComplements | None:
        """The open request, with what came and what did not."""
        ouvertes = DemandeComplements.objects.filter(dossier=self.dossier, close_le=None)
        return ouvertes.prefetch_related("pieces__reponses", "pieces__regle").first()

    @property
    def manquants(self) -> list[PieceReclamee]:
        """What is indispensable and did not come."""
        return indispensables_manquants(self.demande) if self.demande else []

    def get_context_data(self, **contexte):
        """What came, what did not, the three ways on."""
        if self.demande is not None:
            contexte.setdefault("form", ProlongerForm(demande=self.demande))
            contexte.setdefault("form_incomplet", self.incomplet())
        return super().get_context_data(demande=self.demande, manquants=self.manquants, **contexte)

    def incomplet(self, data=None) -> IncompletForm:
        """The rules of the grid, those of the missing points ticked."""
        codes = [point.regle.code for point in self.manquants if point.regle]
        regles = self.grille.regles if self.grille else []
        return IncompletForm(data, regles=regles, initial={"regles": list(dict.fromkeys(codes))})

    def faire(self, request):
        """One of the three."""
        if self.demande is None:
            raise TransitionInterdite("Aucune demande de compléments n'est ouverte sur ce dossier.")
        action = request.POST.get("action", "")
        if action == "prolonger":
            form = ProlongerForm(request.POST, demande=self.demande)
            if not form.is_valid():
                return self.afficher(form=form)
            self.demande.prolonger(par=request.user, echeance=form.cleaned_data["echeance"])
            messages.success(request, "Délai prolongé : le porteur est prévenu.")
        elif action == "continuer":
            self.dossier.passer("constater_echeance", par=request.user)
            messages.success(request, "L'examen reprend avec ce qui a été reçu.")
        elif action == "incomplet":
            form = self.incomplet(request.POST)
            if not form.is_valid():
                return self.afficher(form_incomplet=form)
            clore_comme_incomplet(self.dossier, par=request.user, codes=form.cleaned_data["regles"])
            messages.success(
                request, "Dossier constaté incomplet : écrivez le refus, une autre personne le signera."
            )
            return redirect("instruction:refus", self.dossier.numero)
        else:
            raise TransitionInterdite("Choisissez l'une des trois suites.")
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
