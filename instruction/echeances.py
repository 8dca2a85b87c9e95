"""When a step of this stage is due: the sentence of the ball says it."""

from datetime import datetime

from instruction.models import DemandeComplements
from manufactures.procedure import Etat
from manufactures.registres import echeance


@echeance("dossier")
def reponse_attendue(dossier) -> datetime | None:
    """The due date of the open request, while the porteur has the ball."""
    if dossier.etat != Etat.A_COMPLETER:
        return None
    demande = DemandeComplements.ouverte_de(dossier)
    return demande.echeance if demande else None
