"""The archive of a dossier that is over: one package, streamed."""

from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import render

from candidatures.archive import flux
from candidatures.views.base import DossierMixin
from manufactures.journal.models import consigner
from manufactures.procedure import est_final


class ArchiveView(DossierMixin):
    """Acts, versions, pieces and journal of a closed dossier, with what verifies them offline."""

    geste = "exporter_archive"

    def get(self, request, numero):
        """The package, as it is made; a dossier under way has none yet."""
        if not est_final("dossier", self.dossier.etat):
            contexte = {
                "phrase": "Ce dossier n'est pas terminé : son archive s'édite à la fin du parcours.",
                "retour": self.dossier.get_absolute_url(),
                "retour_texte": "Revenir au dossier",
            }
            return render(request, "409.html", contexte, status=409)
        with transaction.atomic():
            consigner(self.dossier.fil, "exporter", par=request.user, objet="archive du dossier")
        reponse = StreamingHttpResponse(flux(self.dossier), content_type="application/zip")
        reponse["Content-Disposition"] = f'attachment; filename="archive-{self.dossier.numero}.zip"'
        reponse["X-Content-Type-Options"] = "nosniff"
        reponse["Cache-Control"] = "private, no-store"
        return reponse
