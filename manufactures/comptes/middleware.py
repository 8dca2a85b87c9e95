"""What each request needs from the kernel: one reading of the clock, walls, and no copy of a signed-in page."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from manufactures import horloge
from manufactures.comptes import sessions

SANS_EFFET = ("GET", "HEAD", "OPTIONS")


class HorlogeMiddleware:
    """Each request reads the clock once, at its first need; each page says what it never asks of a browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        horloge.oublier()
        reponse = self.get_response(request)
        reponse["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return reponse


class PageSigneeMiddleware:
    """Signed-in pages are never stored; agents add a second factor first where `MFA_AGENTS` says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        signe = request.user.is_authenticated
        if signe and not request.path.startswith(("/compte/", "/static/")) and sans_second_facteur(request):
            return redirect(reverse("mfa_index"))
        if signe and request.method not in SANS_EFFET:
            request.user.relire_ses_attaches()
        reponse = self.get_response(request)
        if request.user.is_authenticated:
            sessions.prolonger(request.session)
        if signe and not reponse.has_header("Cache-Control"):
            reponse["Cache-Control"] = "no-store"
        return reponse


def sans_second_facteur(request) -> bool:
    """This role asks for one, and the person neither has one nor used ProConnect's at this sign-in."""
    return (
        settings.MFA_AGENTS == "obligatoire"
        and bool(request.user.roles & sessions.AVEC_SECOND_FACTEUR)
        and not request.user.a_un_second_facteur
        and not request.session.get(sessions.FACTEUR_DU_FOURNISSEUR)
    )
