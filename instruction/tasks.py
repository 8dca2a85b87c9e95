"""What pre-screening does outside the requests."""

from celery import shared_task

from instruction import alertes, rappels
from instruction.controles import passage


@shared_task
def rappeler_les_complements() -> None:
    """Every hour: requests for completions that end in three days or in one, and are not answered in full."""
    rappels.rappeler()


@shared_task
def rappeler_les_avis() -> None:
    """Every hour: opinions of third parties that are due in five days and have not come."""
    rappels.rappeler_les_avis()


@shared_task
def alerter_du_delai() -> None:
    """Every hour: dossiers on which silence becomes a refusal in thirty, fifteen or five days."""
    alertes.alerter()


@shared_task(acks_late=True)
def controler(pk: int) -> None:
    """Look at one dossier for its agents; run again, it sees that it is done."""
    passage.passer(pk)


@shared_task
def reprendre_les_controles() -> None:
    """Every five minutes: the queue may have lost a message; the register of companies may have answered since."""
    for pk in passage.a_reprendre():
        controler.apply_async(args=[pk], retry=False)
