"""The files that acts keep, sealed and never deleted here; those of scans, which only pass."""

from django.db.models import F

from manufactures.actes.models import Acte, ExemplaireSigne, ImageDeSignature, Numerisation
from manufactures.actes.signes import FINIES
from manufactures.registres import Regle, conservation, fichiers


@fichiers("acte")
def actes_scelles():
    """Acts with a file; one still to render, failed, or without file by nature keeps none."""
    return Acte.objects.exclude(fichier="").annotate(chemin=F("fichier"), de=F("numero"))


@fichiers("exemplaire signé")
def exemplaires_signes():
    """Copies signed by hand: they stay as long as their act."""
    return ExemplaireSigne.objects.annotate(chemin=F("fichier"), de=F("acte__numero"))


@fichiers("image de signature")
def images_de_signature():
    """Former ones too: acts bear them."""
    return ImageDeSignature.objects.annotate(chemin=F("fichier"), de=F("delegation__reference"))


@fichiers("numérisation")
def numerisations():
    """Scans not yet dealt with."""
    return Numerisation.objects.exclude(fichier="").annotate(chemin=F("fichier"), de=F("nom"))


@conservation("numerisations")
class NumerisationsDelaissees(Regle):
    """Scans that nobody finished: what was filed stays with the acts, the rest goes."""

    def lignes(self, limite):
        """Sent before the limit, and still kept."""
        return Numerisation.objects.filter(depose_le__lt=limite).exclude(etat__in=FINIES)

    def detruire(self, lignes):
        """File and pictures; the row says that there was one."""
        for numerisation in lignes:
            numerisation.delaisser()
        return ()
