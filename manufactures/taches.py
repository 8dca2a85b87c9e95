"""The one helper that wakes Celery: after the commit, and never at the price of the deed."""

import structlog
from django.db import transaction

journal_technique = structlog.get_logger(__name__)


def reveiller(tache, *identifiants) -> None:
    """Send `tache(*identifiants)` once the transaction is committed.

    A broker away is logged, not raised: the row is the order, and the periodic sweep picks it up
    (`delay_on_commit` would raise after the commit).
    """

    def envoyer():
        try:
            tache.apply_async(args=identifiants, retry=False, ignore_result=True)
        except Exception as panne:
            journal_technique.warning("file_injoignable", tache=tache.name, erreur=str(panne))

    transaction.on_commit(envoyer, robust=True)
