"""When the database is away: a plain-language page that touches neither database nor session."""

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

PANNES = (OperationalError, InterfaceError)  # unreachable, cut, or too slow to answer (locks, time limits)
REESSAYER_S = "60"

journal_technique = structlog.get_logger(__name__)


def est_une_panne(exception: BaseException | None) -> bool:
    """The database, and not our code, failed to answer."""
    return isinstance(exception, PANNES)


def page_indisponible() -> HttpResponse:
    """503, with the words of a person who waits."""
    reponse = HttpResponse(render_to_string("503.html", {"MARQUE": settings.MARQUE}), status=503)
    reponse["Retry-After"] = REESSAYER_S
    reponse["Cache-Control"] = "no-store"
    return reponse


class PanneMiddleware:
    """A view that finds the database away answers 503; other middlewares end in `views.incident`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Only what the database caused."""
        if not est_une_panne(exception):
            return None
        journal_technique.error("base_injoignable", chemin=request.path, erreur=str(exception))
        return page_indisponible()
