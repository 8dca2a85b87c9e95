"""What each request needs from the kernel: one reading of the clock, and no copy of a signed-in page."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from manufactures import horloge
from manufactures.procedure import Role

AVEC_SECOND_FACTEUR = {Role.INSTRUCTEUR, Role.RESPONSABLE, Role.PRESIDENT, Role.AUDITEUR, Role.ADMINISTRATEUR}
SANS_EFFET = ("GET", "HEAD", "OPTIONS")


class HorlogeMiddleware:
    """Each request reads the clock once, at its first need."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        horloge.oublier()
        return self.get_response(request)


class PageSigneeMiddleware:
    """Signed-in pages are never stored; agents add a second factor first where `MFA_AGENTS` says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        signe = request.user.is_authenticated
        if (
            signe
            and settings.MFA_AGENTS == "obligatoire"
            and not request.path.startswith(("/compte/", "/static/"))
        ):
            if request.user.roles & AVEC_SECOND_FACTEUR and not request.user.a_un_second_facteur:
                return redirect(reverse("mfa_activate_totp"))
        if signe and request.method not in SANS_EFFET:
            request.user.relire_ses_attaches()
        reponse = self.get_response(request)
        if signe and not reponse.has_header("Cache-Control"):
            reponse["Cache-Control"] = "no-store"
        return reponse
