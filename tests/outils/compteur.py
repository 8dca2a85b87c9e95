"""Counts what a page asks of the database: its queries, and the rows it fetched."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

POINTS_DE_REPRISE = re.compile(r"\s*(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\b")


@dataclass
class Compte:
    """What was asked, in order: each query with the rows it returned or changed."""

    lignes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def requetes(self) -> int:
        """How many queries; the savepoints of the tests' own transaction are not the page's."""
        return len(self.lignes)

    @property
    def rangees(self) -> int:
        """Rows fetched by the SELECTs."""
        return sum(n for sql, n in self.lignes if sql.lstrip(" (").upper().startswith(("SELECT", "WITH")))

    def __str__(self):
        dites = (
            f"{rang:3} {n:6} {' '.join(sql.split())[:400]}" for rang, (sql, n) in enumerate(self.lignes, 1)
        )
        return "\n".join([f"{self.requetes} requêtes, {self.rangees} rangées", *dites])


@contextmanager
def compter():
    """`with compter() as compte: …`; a server-side cursor (`iterator()`) counts as one query without rows."""
    compte = Compte()

    def noter(execute, sql, params, many, context):
        resultat = execute(sql, params, many, context)
        if not POINTS_DE_REPRISE.match(sql):
            compte.lignes.append((sql, max(context["cursor"].rowcount, 0)))
        return resultat

    with connection.execute_wrapper(noter):
        yield compte
