"""What is kept of the messages: that they were sent, when, to whom; their words for a time only."""

from django.db.models import Q

from manufactures.courrier.models import EtatMessage, Message
from manufactures.registres import Regle, conservation


@conservation("messages")
class CorpsDesMessages(Regle):
    """Bodies of mails sent, or given up, long ago."""

    def lignes(self, limite):
        """Sent or given up before the limit, and still with their words."""
        finis = Q(etat=EtatMessage.ENVOYE, envoye_le__lt=limite) | Q(
            etat=EtatMessage.ECHEC, cree_le__lt=limite
        )
        return Message.objects.filter(finis).exclude(corps_texte="", corps_html="")

    def detruire(self, lignes):
        """The words go, the row stays."""
        lignes.update(corps_texte="", corps_html="")
        return ()
