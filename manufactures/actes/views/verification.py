"""The public verification: it tells nothing personal."""

import hashlib

from django.shortcuts import redirect, render

from manufactures.actes.forms import ComparaisonForm, VerificationForm
from manufactures.actes.frein import FreinMixin, freiner, trop
from manufactures.actes.verification import examiner, page_publique, publics
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin


class VerifierView(FreinMixin, GesteMixin):
    """Entry page: a printed code, or the PDF."""

    geste = PUBLIC

    def get(self, request):
        """The empty form."""
        return render(request, "actes/verifier.html", {"form": VerificationForm()})

    def post(self, request):
        """A code leads to its page; a file is compared by digest, examined where nobody knows it, then forgotten."""
        form = VerificationForm(request.POST, request.FILES)
        if not form.is_valid():
            return render(request, "actes/verifier.html", {"form": form}, status=422)
        if form.cleaned_data["code"]:
            return redirect("actes:verification", code=form.cleaned_data["code"])
        empreinte, contenu = _lire(form)
        acte = publics().filter(empreinte=empreinte).first()
        if acte is not None:
            contexte = page_publique(acte) | {"comparaison": "identique", "reste_ici": contenu is None}
            return render(request, "actes/verification.html", contexte)
        contexte = {"form": VerificationForm()} | _examen(contenu)
        return render(request, "actes/verifier.html", contexte, status=404)


class VerificationView(FreinMixin, GesteMixin):
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
        empreinte, contenu = _lire(form)
        acte = publics().filter(code=code.upper()).first()
        if acte is not None and acte.empreinte == empreinte:
            contexte = {"comparaison": "identique", "reste_ici": contenu is None}
        else:
            contexte = {"comparaison": "different"} | _examen(contenu)
        return self._montrer(request, code, {"form": ComparaisonForm()} | contexte)

    @staticmethod
    def _montrer(request, code, contexte, status=200):
        acte = publics().filter(code=code.upper()).first()
        if acte is None:
            if request.method == "GET" and trop(request):
                return freiner(request)
            return render(request, "actes/verification.html", {"code": code} | contexte, status=404)
        return render(request, "actes/verification.html", page_publique(acte) | contexte, status=status)


def _lire(form) -> tuple[str, bytes | None]:
    """The digest to look for, and the bytes where they were sent."""
    if fichier := form.cleaned_data["fichier"]:
        contenu = fichier.read()
        return hashlib.sha256(contenu).hexdigest(), contenu
    return form.cleaned_data["empreinte"], None


def _examen(contenu: bytes | None) -> dict:
    """An unknown file is examined; an unknown digest asks for the file, if one wants to know more."""
    return {"examen": "EMPREINTE", "phrase": ""} if contenu is None else examiner(contenu)
