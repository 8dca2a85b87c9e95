"""What the committee's pages share: the sitting or the dossier read through its looks, and how a refusal is told."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.views.generic.base import ContextMixin, TemplateResponseMixin
from icalendar import Calendar, Event

from candidatures.models import Dossier, Site
from manufactures import enonces
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite
from selection.models import Membre, Seance

SECRETARIAT = {Role.RESPONSABLE, Role.PRESIDENT}


def seances_lues(_user):
    """Sittings, with what their pages tell."""
    return Seance.objects.select_related("vague__appel", "secretaire", "pv")


def dossiers_lus(_user):
    """Dossiers, with what their pages tell."""
    return Dossier.objects.select_related("vague__appel", "commune_siege__departement")


def sites_lus(dossier: int):
    """Its places."""
    return Site.objects.filter(dossier=dossier).select_related("commune__departement")


class PageDuComite(GesteMixin, ContextMixin, TemplateResponseMixin):
    """A page with its deeds: a refused one shows the page as it now is, the sentence on top, status 409."""

    geste_du_post = ""
    roles = None  # those held on the page's object, where it has one

    def get(self, request, *args, **kwargs):
        """The page."""
        return self.afficher()

    def post(self, request, *args, **kwargs):
        """The deed, then where it leads; or the page again with what is to be corrected."""
        if self.geste_du_post:
            exiger(self.geste_du_post, request.user, self.objet_du_droit(), self.roles)
        try:
            return self.faire(request)
        except TransitionInterdite as refus:
            messages.error(request, str(refus))
            self.relire()
            return self.afficher(status=409)

    def objet_du_droit(self):
        """The object on which the deed is checked, or None."""
        return None

    def relire(self):
        """Forget what the refused deed may have left on the objects."""

    def faire(self, request):
        """The deed of this page; a page without any takes no post."""
        return self.http_method_not_allowed(request)

    def afficher(self, status: int = 200, **contexte):
        """Render the page."""
        return self.render_to_response(self.get_context_data(**contexte), status=status)


class PageDeSeance(PageDuComite):
    """A page about one sitting: 404 for whoever may not know it."""

    geste = "lire_seance"
    sur_objet = True

    def dispatch(self, request, *args, **kwargs):
        """Read the sitting among those this person sees, then check the deed on it."""
        if request.user.is_authenticated:
            self.kwargs_de_seance = kwargs
            self.relire()
            exiger(self.geste, request.user, self.seance, self.roles)
        return super().dispatch(request, *args, **kwargs)

    def relire(self):
        """The sitting and the roles held on it, anew."""
        self.seance, self.roles = lire_ou_404(seances_lues, self.request.user, pk=self.kwargs_de_seance["pk"])

    def objet_du_droit(self):
        """Deeds are checked on the sitting."""
        return self.seance

    @property
    def membre(self) -> Membre | None:
        """The reader's seat at this sitting, or None."""
        return (
            Membre.objects.filter(convocations__seance=self.seance, user=self.request.user)
            .select_related("user")
            .first()
        )

    def get_context_data(self, **contexte):
        """What every page of a sitting shows."""
        return super().get_context_data(
            seance=self.seance, roles=self.roles, membre=self.membre, est_secretariat=bool(self.roles & SECRETARIAT),
            est_president=Role.PRESIDENT in self.roles, **contexte,
        )  # fmt: skip


class PageDeDossier(PageDuComite):
    """A page about one dossier before the committee: 404 for whoever may not know it, a recused member included."""

    geste = "lire_au_comite"
    sur_objet = True

    def dispatch(self, request, *args, **kwargs):
        """Read the dossier among those this person sees, then check the deed on it."""
        if request.user.is_authenticated:
            self.numero = kwargs["numero"]
            self.relire()
            exiger(self.geste, request.user, self.dossier, self.roles)
        return super().dispatch(request, *args, **kwargs)

    def relire(self):
        """The dossier and the roles held on it, anew."""
        self.dossier, self.roles = lire_ou_404(dossiers_lus, self.request.user, numero=self.numero)
        enonces.joindre([self.dossier], "sites", enonces.lire(sites_lus, dossier=self.dossier.pk))

    def objet_du_droit(self):
        """Deeds are checked on the dossier."""
        return self.dossier

    def get_context_data(self, **contexte):
        """What every page of a dossier shows."""
        return super().get_context_data(dossier=self.dossier, roles=self.roles, **contexte)


def agenda(
    nom: str, *, uid: str, titre: str, debut: datetime, fin: datetime, lieu: str, adresse: str
) -> HttpResponse:
    """One event as an iCalendar file."""
    calendrier = Calendar()
    calendrier.add("prodid", "-//Manufactures de proximite//FR")
    calendrier.add("version", "2.0")
    evenement = Event()
    evenement.add("uid", uid)
    evenement.add("summary", titre)
    evenement.add("dtstamp", debut)
    evenement.add("dtstart", debut)
    evenement.add("dtend", fin)
    evenement.add("location", lieu)
    evenement.add("url", adresse)
    calendrier.add_component(evenement)
    reponse = HttpResponse(calendrier.to_ical(), content_type="text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="{nom}.ics"'
    return reponse
