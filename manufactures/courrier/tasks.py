"""Sending, outside the request: rows are the orders, the sweep finds what the queue lost."""

from celery import shared_task
from django.apps import apps
from django.db import transaction

from manufactures import horloge

LOT = 100


@shared_task
def reprendre() -> None:
    """Send what is due, one short transaction a message: a worker killed midway leaves its row free."""
    modele = apps.get_model("courrier", "Message")  # models.py wakes this task: no import both ways
    instant = horloge.instant_exact()
    for pk in (
        modele.objects.a_envoyer(instant)
        .order_by("prochain_essai_le", "pk")
        .values_list("pk", flat=True)[:LOT]
    ):
        with transaction.atomic():
            ligne = modele.objects.select_related("piece", "destinataire")
            message = (
                ligne.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=pk, etat="A_ENVOYER")
                .first()
            )
            if message is not None and not message.attend_sa_piece(instant):
                message.envoyer()
