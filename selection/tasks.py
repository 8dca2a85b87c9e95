"""The publication of the decisions, at their instant."""

from celery import shared_task

from selection.models import Decision


@shared_task
def publier_decisions() -> None:
    """Twice a minute: what is signed, set and due is published; run again, it finds nothing left."""
    Decision.publier_les_dues()
