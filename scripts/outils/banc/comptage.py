"""What a request asks of the database: queries, and rows that really came back.

A constant number of queries is not enough: one of them may fetch every row.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection


@dataclass
class Compte:
    """Counted so far."""

    requetes: int = 0
    lignes: int = 0


@contextmanager
def compter():
    """Count what this connection does; the rows of a server-side cursor are counted as they are fetched."""
    compte = Compte()

    def envelopper(execute, sql, params, many, context):
        resultat = execute(sql, params, many, context)
        curseur = context["cursor"].cursor
        compte.requetes += 1
        if getattr(curseur, "name", ""):
            curseur.fetchmany = _compter_les_lots(curseur.fetchmany, compte)
        elif curseur.description is not None:
            compte.lignes += max(curseur.rowcount, 0)
        return resultat

    with connection.execute_wrapper(envelopper):
        yield compte


def _compter_les_lots(fetchmany, compte: Compte):
    def lire(*arguments):
        lot = fetchmany(*arguments)
        compte.lignes += len(lot)
        return lot

    return lire
