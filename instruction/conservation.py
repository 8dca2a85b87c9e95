"""What goes with a draft that is destroyed: the questions that its porteur asked."""

from instruction.models import Echange
from manufactures.registres import effacement


@effacement("dossier")
def messages_du_brouillon(dossiers) -> None:
    """The thread of an abandoned draft."""
    Echange.objects.filter(dossier__in=dossiers).delete()
