"""What the agents' pages share: the dossier read through its looks, the roles held on it, how a refusal is told."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from candidatures.models import Dossier
from instruction.models.double_lecture import voilee
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import liste_des_roles, peut
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite, lire

AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}


def avec_la_grille(dossiers):
    """With the call, the place, who examines, and what is known of its SIRET, in one query."""
    return dossiers.select_related(
        "vague__appel", "recherche__commune__departement", "instruction__instructeur", "verification_siret"
    )


def dossiers_lus(_user):
    """What every page of the agency reads of a dossier."""
    return avec_la_grille(Dossier.objects.sans_reponses())


class DossierDeLAgence(UneSeuleFois, GesteMixin, ContextMixin, TemplateResponseMixin):
    """A page about one deposited dossier, seen from the agency: 404 for whoever may not know it, 403 for the others.

    A refused deed shows the page as it now is, with the sentence on top, status 409: nothing has changed.
    """

    geste = "lire_instruction"
    sur_objet = True
    geste_du_post = ""
    sans_voile = False  # the page itself hides what a second reader may not see yet

    def dispatch(self, request, *args, **kwargs):
        """Read the dossier through what this person sees, then check the deed on it."""
        if request.user.is_authenticated:
            try:
                self.dossier, self.roles = lire(dossiers_lus, request.user, numero=kwargs["numero"])
            except Dossier.DoesNotExist:
                raise Http404 from None
            self.grille = getattr(self.dossier, "instruction", None)
            self.exiger(self.geste)
            if self.grille is not None and not self.sans_voile and voilee(self.grille, request.user):
                if request.method == "GET" and request.resolver_match.url_name == "dossier":
                    return redirect("instruction:seconde_lecture", self.dossier.numero)
                raise GesteInterdit(
                    "Vous lisez ce dossier en second\u00a0: la première grille s'ouvre à vous quand les deux lectures "
                    "sont remises."
                )
        return super().dispatch(request, *args, **kwargs)

    def exiger(self, geste: str) -> None:
        """The deed's row, against the roles already read on this dossier. Raises GesteInterdit."""
        if not peut(geste, self.request.user, self.dossier, self.roles):
            raise GesteInterdit(f"Vous voyez ce dossier mais ce geste revient à : {liste_des_roles(geste)}.")

    @property
    def tient_la_grille(self) -> bool:
        """The reader may write: the agent of this dossier, or a responsable."""
        if self.grille is None or self.grille.instructeur_id is None:
            return False
        sien = self.grille.instructeur_id == self.request.user.pk and Role.INSTRUCTEUR in self.roles
        return sien or Role.RESPONSABLE in self.roles

    def get(self, request, *args, **kwargs):
        """The page."""
        return self.afficher()

    def post(self, request, *args, **kwargs):
        """The deed, then where it leads; or the page again with what is to be corrected."""
        if self.geste_du_post:
            self.exiger(self.geste_du_post)
        try:
            return self.faire(request)
        except TransitionInterdite as refus:
            return self.refuser(refus)

    def faire(self, request):
        """The deed of this page."""
        raise NotImplementedError

    def afficher(self, status: int = 200, **contexte):
        """Render the page, with what the deed left."""
        return self.render_to_response(self.get_context_data(**contexte), status=status)

    def refuser(self, refus: TransitionInterdite):
        """The page as it now is, the sentence on top."""
        self.dossier.refresh_from_db(fields=["etat"])
        messages.error(self.request, str(refus))
        return self.afficher(status=409)

    def get_context_data(self, **contexte):
        """What every page of the agency shows of a dossier."""
        return super().get_context_data(
            dossier=self.dossier,
            grille=self.grille,
            tient_la_grille=self.tient_la_grille,
            roles=self.roles,
            **contexte,
        )
