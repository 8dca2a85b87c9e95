"""What time does by itself: silence confirms a day."""

from celery import shared_task

from accompagnement.models import EtatJournee, Journee
from manufactures import horloge
from manufactures.registres import TransitionInterdite


@shared_task
def reputer_confirmees() -> int:
    """Days left unanswered past the call's delay are confirmed; run again, it finds nothing more to do."""
    confirmees = 0
    jour = horloge.aujourd_hui()
    attente = Journee.objects.filter(etat=EtatJournee.A_CONFIRMER).select_related(
        "mission__dossier__vague__appel"
    )
    for journee in attente:
        if journee.limite_de_confirmation >= jour:
            continue
        try:
            journee.confirmer(par=None)
        except TransitionInterdite:  # answered meanwhile
            continue
        confirmees += 1
    return confirmees
