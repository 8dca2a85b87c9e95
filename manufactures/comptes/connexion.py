"""Sign-in rules of our own, on top of allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class Adaptateur(DefaultAccountAdapter):
    """Links in mails come from SITE_URL, never from the Host header."""

    def get_email_confirmation_url(self, request, emailconfirmation):
        """The confirmation page, under our own address."""
        chemin = super().get_email_confirmation_url(None, emailconfirmation)
        return chemin if chemin.startswith("http") else settings.SITE_URL + chemin
