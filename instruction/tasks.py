"""What pre-screening does outside the requests."""

from celery import shared_task

from instruction import rappels


@shared_task
def rappeler_les_complements() -> None:
    """Every hour: requests for completions that end in three days or in one, and are not answered in full."""
    rappels.rappeler()
