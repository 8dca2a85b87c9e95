"""Idempotency: a double click, a resend or a retry has one effect and one answer."""

import hashlib
import uuid
from http import HTTPStatus

from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from manufactures.comptes.models import RequeteUnique

DEJA_AUTREMENT = (
    "Cette demande a déjà été envoyée avec d'autres réponses. Rechargez la page avant de recommencer."
)


def _empreinte(request) -> str:
    """Digest of what was posted, the security token apart."""
    condense = hashlib.sha256()
    for nom in sorted(request.POST):
        if nom != "csrfmiddlewaretoken":
            condense.update(repr((nom, request.POST.getlist(nom))).encode())
    for nom in sorted(request.FILES):
        condense.update(repr((nom, [(f.name, f.size) for f in request.FILES.getlist(nom)])).encode())
    return condense.hexdigest()


class UneSeuleFois:
    """View mixin: the whole POST is one transaction, kept under its `cle_unique`.

    The same key with the same content answers the same redirect; with another content, 422. A POST that fails (form
    errors, refusal) leaves no key behind. A form without a key is served as usual.
    """

    def dispatch(self, request, *args, **kwargs):
        """Wrap POST only."""
        if request.method != "POST" or not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        try:
            cle = uuid.UUID(request.POST.get("cle_unique", ""))
        except ValueError:
            with transaction.atomic():
                return self._annuler_si_refuse(super().dispatch(request, *args, **kwargs))
        return self._repondre(request, cle, args, kwargs)

    def _repondre(self, request, cle, args, kwargs) -> HttpResponse:
        identite = {"user": request.user, "cle": cle, "chemin": request.path[:300]}
        empreinte = _empreinte(request)
        with transaction.atomic():
            try:
                with transaction.atomic():
                    requete = RequeteUnique.objects.create(**identite, empreinte=empreinte)
            except IntegrityError:
                return self._rejouer(request, RequeteUnique.objects.get(**identite), empreinte)
            reponse = super().dispatch(request, *args, **kwargs)
            if isinstance(reponse, HttpResponseRedirect):
                RequeteUnique.objects.filter(pk=requete.pk).update(reponse=reponse.url[:500])
                return reponse
            return self._annuler_si_refuse(reponse, requete)

    @staticmethod
    def _annuler_si_refuse(reponse, requete=None):
        """A refusal (4xx) changes nothing; a form shown again leaves its key free."""
        if reponse.status_code >= HTTPStatus.BAD_REQUEST:
            if hasattr(reponse, "render") and not reponse.is_rendered:
                reponse.render()
            transaction.set_rollback(True)
        elif requete is not None:
            requete.delete()
        return reponse

    @staticmethod
    def _rejouer(request, requete, empreinte) -> HttpResponse:
        if requete.empreinte != empreinte:
            return render(request, "409.html", {"phrase": DEJA_AUTREMENT}, status=422)
        return HttpResponseRedirect(requete.reponse)
