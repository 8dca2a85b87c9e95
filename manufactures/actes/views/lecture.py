"""One act on screen, for those who may see it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from manufactures.actes.models import Acte, ExemplaireSigne
from manufactures.actes.rendu import rendre_html
from manufactures.droits import exiger, peut
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.registres import DES_PORTEURS


class ActeView(GesteMixin):
    """One act: what it is, its file, its verification; a porteur's first opening is the notification."""

    geste = "lire_acte"
    sur_objet = True

    def get(self, request, numero):
        """The page, also polled while the file is being prepared."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        if roles & DES_PORTEURS:
            acte.noter_lecture(request.user)
        gabarit = "actes/_fichier.html" if request.htmx else "actes/acte.html"
        return render(
            request,
            gabarit,
            {
                "acte": acte,
                "exemplaires": ExemplaireSigne.objects.filter(acte=acte).select_related("classe_par"),
                "peut_relancer": peut("relancer_acte", request.user, acte, roles),
                "peut_corriger": acte.etat != "ANNULE" and peut("corriger_acte", request.user, acte, roles),
                "peut_suivre": peut("suivre_actes", request.user, acte, roles),
            },
        )


class PdfView(GesteMixin):
    """The sealed file, as it was sealed."""

    geste = "lire_acte"
    sur_objet = True

    def get(self, request, numero):
        """The bytes, under the act's number."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        if not acte.fichier:
            return redirect(acte)
        if roles & DES_PORTEURS:
            acte.noter_lecture(request.user)
        reponse = HttpResponse(acte.lire_fichier(), content_type="application/pdf")
        reponse["Content-Disposition"] = f'inline; filename="{acte.numero}.pdf"'
        return reponse


class RelancerView(GesteMixin):
    """Try a failed rendering again."""

    geste = "relancer_acte"
    sur_objet = True

    def post(self, request, numero):
        """Back to the act's page."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        exiger(self.geste, request.user, acte, roles)
        acte.relancer()
        return redirect(acte)


FEUILLES = ("actes/acte.css", "actes/ecran.css")
FEUILLE = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'self'"


class ApercuView(GesteMixin):
    """The words of the act as a page, without its PDF: what the outbox frames in small. Agents only."""

    geste = "suivre_actes"
    sur_objet = True

    def get(self, request, numero):
        """Drawn from the frozen snapshot."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        exiger(self.geste, request.user, acte, roles)
        return montrer_la_feuille(rendre_html(acte.genre, acte.instantane))


def montrer_la_feuille(page: str) -> HttpResponse:
    """An act's own page on screen: its style sheets, nothing else; ours alone may frame it."""
    liens = "".join(f'<link rel="stylesheet" href="{static(nom)}">' for nom in FEUILLES)
    reponse = HttpResponse(page.replace("</head>", f"{liens}</head>", 1))
    reponse["Content-Security-Policy"] = FEUILLE
    reponse["X-Frame-Options"] = "SAMEORIGIN"
    return reponse
