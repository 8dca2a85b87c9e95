"""Outside the requests: what the retention table lets the night do alone."""

import structlog
from celery import shared_task
from django.conf import settings

from manufactures.journal.conservation import purger

journal_technique = structlog.get_logger(__name__)


@shared_task
def menage() -> None:
    """Expired sessions and keys of answers already given: nobody reads them any more."""
    genres = [genre for genre, ligne in settings.CONSERVATION.items() if ligne.get("nuit")]
    for constat in purger(genres):
        journal_technique.info("menage", genre=constat.genre, nombre=constat.nombre)
