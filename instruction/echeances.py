"""When a step of this stage is due: the sentence of the ball says it."""

from instruction.models import DemandeComplements, EtatDemande
from manufactures.procedure import Etat
from manufactures.registres import echeance


@echeance("dossier")
def reponse_attendue(dossiers):
    """The due date of the open request, while the porteur has the ball."""
    attendus = [dossier.pk for dossier in dossiers if dossier.etat == Etat.A_COMPLETER]
    if attendus:
        ouvertes = DemandeComplements.objects.filter(dossier__in=attendus, etat=EtatDemande.OUVERTE)
        yield ouvertes.values_list("dossier", "echeance")
