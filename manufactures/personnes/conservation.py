"""The last address of whoever was erased: kept until the mail that says so has left, and no longer."""

from manufactures.courrier.models import EtatMessage, Message
from manufactures.personnes.effacement import DOMAINE
from manufactures.registres import Regle, conservation

PLUS_D_ADRESSE = f"adresse@{DOMAINE}"


@conservation("adresses_effacees")
class AdressesEffacees(Regle):
    """Of the mails that announced an erasure, once sent or given up."""

    exemple = "fil"

    def lignes(self, limite):
        """Out of the way since the limit, and still with the address."""
        partis = Message.objects.filter(cle="effacement_fait", cree_le__lte=limite)
        return partis.exclude(etat=EtatMessage.A_ENVOYER).exclude(adresse=PLUS_D_ADRESSE)

    def detruire(self, lignes):
        """The address and the words go, the row says that the person was told."""
        lignes.update(adresse=PLUS_D_ADRESSE, corps_texte="", corps_html="", erreur="")
        return ()
