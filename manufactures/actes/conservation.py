"""The files that acts keep: sealed, never deleted here."""

from django.db.models import F

from manufactures.actes.models import Acte
from manufactures.registres import fichiers


@fichiers("acte")
def actes_scelles():
    """Acts with a file; one still to render, failed, or without file by nature keeps none."""
    return Acte.objects.exclude(fichier="").annotate(chemin=F("fichier"), de=F("numero"))
