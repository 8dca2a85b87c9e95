"""For whoever finds a weakness: where to write (RFC 9116)."""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpResponse

from manufactures import horloge
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin

VALABLE = timedelta(days=180)


class SecurityTxtView(GesteMixin):
    """/.well-known/security.txt, never out of date."""

    geste = PUBLIC

    def get(self, request):
        """Who answers, until when, in which languages."""
        jusqu_au = (horloge.maintenant() + VALABLE).replace(microsecond=0)
        adresse = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        lignes = {
            "Contact": f"mailto:{adresse}",
            "Expires": jusqu_au.isoformat().replace("+00:00", "Z"),
            "Preferred-Languages": "fr, en",
            "Canonical": f"{settings.SITE_URL}/.well-known/security.txt",
            "Policy": f"{settings.SITE_URL}/mentions-legales/",
        }
        corps = "".join(f"{nom}: {valeur}\n" for nom, valeur in lignes.items())
        return HttpResponse(corps, content_type="text/plain; charset=utf-8")
