"""Acts on screen: one's own, and the public verification that tells nothing personal."""

import hashlib

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from manufactures import horloge
from manufactures.actes.forms import ComparaisonForm, VerificationForm
from manufactures.actes.genres import GENRES
from manufactures.actes.models import Acte
from manufactures.actes.sceau import verifier_sceau
from manufactures.droits import PUBLIC, exiger
from manufactures.droits_web import GesteMixin, lire_ou_404
from manufactures.procedure import Role
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
            {"acte": acte, "peut_relancer": bool(roles & {Role.RESPONSABLE, Role.INSTRUCTEUR})},
        )


class PdfView(GesteMixin):
    """The sealed file, as it was sealed."""

    geste = "lire_acte"
    sur_objet = True

    def get(self, request, numero):
        """The bytes, under the act's number."""
        acte, roles = lire_ou_404(Acte.objects.all(), request.user, numero=numero)
        if not acte.est_scelle:
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


class VerifierView(GesteMixin):
    """Entry page: a printed code, or the PDF."""

    geste = PUBLIC

    def get(self, request):
        """The empty form."""
        return render(request, "actes/verifier.html", {"form": VerificationForm()})

    def post(self, request):
        """A code leads to its page; a file is compared by digest, then forgotten."""
        form = VerificationForm(request.POST, request.FILES)
        if not form.is_valid():
            return render(request, "actes/verifier.html", {"form": form}, status=422)
        if form.cleaned_data["code"]:
            return redirect("actes:verification", code=form.cleaned_data["code"])
        empreinte = hashlib.sha256(form.cleaned_data["fichier"].read()).hexdigest()
        acte = publics().filter(empreinte=empreinte).first()
        if acte is None:
            return render(request, "actes/verifier.html", {"form": form, "fichier_inconnu": True}, status=404)
        return render(request, "actes/verification.html", page_publique(acte) | {"comparaison": "identique"})


class VerificationView(GesteMixin):
    """What the public may know of an act: nature, number, date, digest, seal; no name, no amount."""

    geste = PUBLIC

    def get(self, request, code):
        """The verdict is the title."""
        return self._montrer(request, code, {"form": ComparaisonForm()})

    def post(self, request, code):
        """Compare the file one holds."""
        form = ComparaisonForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._montrer(request, code, {"form": form}, status=422)
        empreinte = hashlib.sha256(form.cleaned_data["fichier"].read()).hexdigest()
        acte = publics().filter(code=code.upper()).first()
        verdict = "identique" if acte and acte.empreinte == empreinte else "different"
        return self._montrer(request, code, {"form": ComparaisonForm(), "comparaison": verdict})

    @staticmethod
    def _montrer(request, code, contexte, status=200):
        acte = publics().filter(code=code.upper()).first()
        if acte is None:
            return render(request, "actes/verification.html", {"code": code} | contexte, status=404)
        return render(request, "actes/verification.html", page_publique(acte) | contexte, status=status)


def publics():
    """Acts that verification may answer for: an act under embargo answers like an unknown code."""
    return Acte.objects.diffuses(horloge.maintenant())


def page_publique(acte: Acte) -> dict:
    """The public facts of an act; the seal is checked on the stored file."""
    sceau = None
    if acte.est_scelle:
        try:
            sceau = verifier_sceau(acte.lire_fichier())
        except FileNotFoundError as perte:
            raise Http404 from perte
    genre = GENRES[acte.genre]
    return {"acte": acte, "nature": genre.nature_publique, "sceau": sceau}
