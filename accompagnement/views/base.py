"""What the pages of the support share: an object found among what one may see, deeds posted by their name."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from accompagnement.regards import dossiers_suivis_par
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger, peut
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.registres import TransitionInterdite, roles_sur

INCONNUE = "Cette action n'existe pas. Rechargez la page."


def projets_suivis(user):
    """What the pages of a followed project read of it."""
    dossiers = dossiers_suivis_par(user).select_related(
        "vague__appel", "forme_juridique", "commune_siege__departement"
    )
    return dossiers.select_related(
        "inscription__promotion", "credit_jours", "convention", "coordonnees_bancaires"
    )


class Page(UneSeuleFois, GesteMixin, ContextMixin, TemplateResponseMixin):
    """A page and its deeds: `action` names the method `faire_<action>`, which returns where to go next, or None.

    A refused deed shows the page as it now is with the sentence on top (409): nothing has changed. A form to correct
    is shown again as it was typed: the method leaves it in `self.formulaires` and returns None.
    """

    sur_objet = True
    roles = None  # those held on the page's object
    actions: tuple[str, ...] = ()

    def dispatch(self, request, *args, **kwargs):
        """Read the object through what this person sees (404), then check the deed on it (403)."""
        self.formulaires: dict = {}
        if request.user.is_authenticated:
            self.objet = self.trouver()
            if self.objet is not None:
                if self.roles is None:
                    self.roles = roles_sur(self.objet, request.user)
                exiger(self.geste, request.user, self.objet, self.roles)
        return super().dispatch(request, *args, **kwargs)

    def trouver(self):
        """The object of the page, or None for a page of no object."""
        return None

    def lire(self, lignes, **cles):
        """The page's object among `lignes`, with the roles held on it. Raises Http404."""
        objet, self.roles = lire_ou_404(lignes, self.request.user, **cles)
        return objet

    def peut(self, geste: str, objet=None) -> bool:
        """The reader holds this deed on the page's object, or on another."""
        if objet is None or objet is self.objet:
            return peut(geste, self.request.user, self.objet, self.roles)
        return peut(geste, self.request.user, objet)

    def get(self, request, *args, **kwargs):
        """The page."""
        return self.afficher()

    def post(self, request, *args, **kwargs):
        """The deed, then where it leads; or the page again."""
        action = request.POST.get("action", "")
        if action not in self.actions:
            return self.refuser(INCONNUE)
        try:
            suite = getattr(self, f"faire_{action}")()
        except (TransitionInterdite, ValidationError) as refus:
            return self.refuser(
                " ".join(refus.messages) if isinstance(refus, ValidationError) else str(refus)
            )
        return HttpResponseRedirect(suite) if suite else self.afficher()

    def afficher(self, status: int = 200):
        """Render the page."""
        return self.render_to_response(self.get_context_data(), status=status)

    def refuser(self, phrase: str):
        """The page as it now is, the sentence on top."""
        if self.objet is not None:
            self.objet.refresh_from_db()
            self.roles = roles_sur(self.objet, self.request.user)
        messages.error(self.request, phrase)
        return self.afficher(status=409)

    def valider(self, nom: str, formulaire):
        """The form, bound and valid; None after keeping it for the page when something is to be corrected."""
        self.formulaires[nom] = formulaire
        return formulaire if formulaire.is_valid() else None

    def formulaire(self, nom: str, classe, **options):
        """The form to show: the one just posted where it is to be corrected, else a new one."""
        return self.formulaires.get(nom) or classe(**options)

    def fautif(self):
        """The form to be corrected, for the alert on top, or None."""
        return next((f for f in self.formulaires.values() if not f.is_valid()), None)

    def dire(self, phrase: str) -> None:
        """What was done, on the next page."""
        messages.success(self.request, phrase)


class PageDuProjet(Page):
    """A page of one followed project: its people, its agents, the auditors."""

    geste = "suivre_projet"

    def trouver(self):
        """The dossier, among those that this person follows here."""
        return self.lire(projets_suivis, numero=self.kwargs["numero"])

    @property
    def dossier(self):
        """The page's dossier."""
        return self.objet

    def get_context_data(self, **contexte):
        """The dossier, everywhere."""
        return super().get_context_data(dossier=self.objet, roles=self.roles, **contexte)


class PasserPage(Page):
    """Where the buttons of a cycle post: the step, then the object's page; a refused one says its sentence (409)."""

    http_method_names = ("post",)
    template_name = "409.html"
    retour_texte = ""

    def post(self, request, *args, **kwargs):
        """Take the step."""
        try:
            self.objet.passer(
                request.POST.get("action", ""), par=request.user, motif=request.POST.get("motif", "")
            )
        except TransitionInterdite as refus:
            contexte = {
                "phrase": str(refus),
                "retour": self.objet.get_absolute_url(),
                "retour_texte": self.retour_texte,
            }
            return self.render_to_response(contexte, status=409)
        return HttpResponseRedirect(self.objet.get_absolute_url())
