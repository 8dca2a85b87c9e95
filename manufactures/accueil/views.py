"""Home of each role, help, and the pages of refusals and failures."""

import sys
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseForbidden, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.accueil import sante
from manufactures.accueil.aide import cycles_racontes
from manufactures.accueil.contexte import NOMS_DES_ROLES
from manufactures.accueil.panne import est_une_panne, page_indisponible
from manufactures.attentes import attendu_de
from manufactures.comptes.roles import CLE_DE_SESSION, role_actif, roles_possibles
from manufactures.courrier.models import Message
from manufactures.cycles import lire_les_echeances
from manufactures.droits import CONNECTE, PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.personnes.refus import noter_le_refus
from manufactures.procedure import Role
from manufactures.programme.models import Vague
from manufactures.registres import DES_PORTEURS

AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}
MESSAGES_MONTRES = 5
DOSSIERS_MONTRES = 10
TACHES_MONTREES = 25
NOUVELLE_VISITE = timedelta(hours=4)  # under this, one still visits

journal_technique = structlog.get_logger(__name__)


def noter_visite(user):
    """Remember this visit; returns the instant of the one before, or None at the first."""
    instant = horloge.maintenant()
    if user.visite_le is None or instant - user.visite_le > NOUVELLE_VISITE:
        user.visite_precedente_le, user.visite_le = user.visite_le, instant
        champs = {"visite_precedente_le": user.visite_precedente_le, "visite_le": instant}
        get_user_model().objects.filter(pk=user.pk).update(**champs)
    return user.visite_precedente_le


class AccueilView(GesteMixin):
    """What waits for me, what is late, what changed since I last came: one page, worded for the role."""

    geste = CONNECTE

    def get(self, request):
        """The same number of queries whatever the number of lines."""
        role = role_actif(request)
        depuis = noter_visite(request.user)
        contexte = {
            "role": role,
            "depuis": depuis,
            **self._a_faire(request),
            "nouvelles": self._nouvelles(request.user, depuis),
            "aujourd_hui": horloge.aujourd_hui(),
        }
        if role in AGENTS:
            return render(request, "accueil/bureau.html", contexte)
        if role in DES_PORTEURS:
            contexte |= self._dossiers(request.user)
        return render(request, "accueil/accueil.html", contexte)

    @staticmethod
    def _a_faire(request) -> dict:
        """One page of what waits; past the last page, the first one again."""
        demandee = request.GET.get("page", "")
        page = int(demandee) if demandee.isdecimal() and demandee != "0" else 1
        attendu = attendu_de(request.user, depuis=(page - 1) * TACHES_MONTREES, au_plus=TACHES_MONTREES)
        if page > 1 and not attendu.taches:
            page, attendu = 1, attendu_de(request.user, au_plus=TACHES_MONTREES)
        pages = Paginator(range(attendu.nombre), TACHES_MONTREES)
        return {
            "taches": attendu.taches,
            "nombre": attendu.nombre,
            "en_retard": attendu.en_retard,
            "page_obj": pages.page(page),
        }

    @staticmethod
    def _dossiers(user) -> dict:
        """One's own, the last written first; the rest is one link away."""
        siens = Dossier.objects.visibles_par(user, *DES_PORTEURS).sans_reponses()
        dossiers = list(siens.select_related("vague")[: DOSSIERS_MONTRES + 1])
        return {
            "dossiers": lire_les_echeances(dossiers[:DOSSIERS_MONTRES]),
            "autres_dossiers": len(dossiers) > DOSSIERS_MONTRES,
            "vague": Vague.objects.ouvertes(horloge.maintenant()).exists(),
        }

    @staticmethod
    def _nouvelles(user, depuis):
        messages = Message.objects.visibles_par(user).only("objet", "lien", "cree_le")
        if depuis is not None:
            messages = messages.filter(cree_le__gt=depuis)
        return list(messages.order_by("-cree_le", "-pk")[:MESSAGES_MONTRES])


class AgirCommeView(GesteMixin):
    """Whoever holds several roles reads under one of them at a time."""

    geste = CONNECTE

    def post(self, request):
        """A role that is not theirs changes nothing."""
        choisi = request.POST.get("role", "")
        if choisi in roles_possibles(request.user):
            request.session[CLE_DE_SESSION] = choisi
        return redirect("accueil:accueil")


class AideView(GesteMixin):
    """How the procedure goes, drawn and told from its own tables."""

    geste = PUBLIC

    def get(self, request):
        """The drawing, and one table a cycle."""
        return render(request, "accueil/aide.html", {"cycles": cycles_racontes(), "roles": NOMS_DES_ROLES})


# -- Refusals and failures --------------------------------------------------------------------------------
def demande_incomprise(request, exception=None):
    """400, or 413 where the request weighs more than any form of ours sends."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(render_to_string("413.html", {"MARQUE": settings.MARQUE}), status=413)
    return HttpResponseBadRequest(render_to_string("400.html", {"MARQUE": settings.MARQUE}))


def page_inconnue(request, exception=None):
    """404: the same for what does not exist and for what one may not know."""
    return HttpResponseNotFound(render_to_string("404.html", {}, request))


def geste_interdit(request, exception=None):
    """403: one sees the thing, the deed is somebody else's; the sentence says whose."""
    noter_le_refus(request)
    phrase = str(exception) if exception and str(exception) else ""
    return HttpResponseForbidden(render_to_string("403.html", {"exception": phrase}, request))


def incident(request):
    """500, or 503 where the database is what failed; the number is the one of the technical log."""
    cause = sys.exc_info()[1]
    if est_une_panne(cause):
        journal_technique.error("base_injoignable", chemin=request.path, erreur=str(cause))
        return sante.repondre() if request.path == "/sante/" else page_indisponible()
    numero = uuid.uuid4().hex[:8].upper()
    journal_technique.error("incident", numero=numero, chemin=request.path, erreur=repr(cause), exc_info=True)
    page = render_to_string("500.html", {"incident": numero, "MARQUE": settings.MARQUE})
    return HttpResponse(page, status=500)
