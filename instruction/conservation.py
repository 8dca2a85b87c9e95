"""What goes with a draft that is destroyed, the questions that its porteur asked; and the files of the opinions."""

from django.db.models import F

from instruction.models import AvisTiers, Echange
from manufactures.registres import effacement, fichiers


@fichiers("avis sur")
def avis_de_tiers():
    """What third parties joined to their opinions, named by the dossier's number."""
    joints = AvisTiers.objects.exclude(fichier="")
    return joints.annotate(
        chemin=F("fichier"),
        empreinte=F("fichier_empreinte"),
        taille=F("fichier_taille"),
        de=F("dossier__numero"),
    )


@effacement("dossier")
def messages_du_brouillon(dossiers) -> None:
    """The thread of an abandoned draft."""
    Echange.objects.filter(dossier__in=dossiers).delete()
