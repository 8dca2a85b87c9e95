"""Puts rows into the database in bulk, in the one transaction of the run."""

from collections.abc import Iterable

from django.db import connection

from manufactures.demonstration.peuplement.releve import Table

DERNIERES = (
    "candidatures_dossier",
)  # triggers on their lines find nothing to rewrite, theirs reads everything once


class Registre:
    """Keys given out, table by table, from ranges taken at once on the sequences."""

    def __init__(self, tables: list[Table], besoins: dict[str, int]):
        self.tables = {table.nom: table for table in tables}
        self.prochaines = {nom: self._prendre(self.tables[nom], n) for nom, n in besoins.items() if n}

    @staticmethod
    def _prendre(table: Table, nombre: int) -> int:
        """First key of a range that nobody else will be given."""
        if not table.auto:
            return 0
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_get_serial_sequence(%s, %s)", [table.nom, table.cle])
            sequence = curseur.fetchone()[0]
            curseur.execute(f"SELECT setval('{sequence}', nextval('{sequence}') + %s)", [nombre])
            return curseur.fetchone()[0] - nombre

    def allouer(self, nombres: dict[str, int]) -> dict[str, int]:
        """First keys of a copy's rows, for each table."""
        bases = {nom: self.prochaines[nom] for nom in nombres}
        for nom, nombre in nombres.items():
            self.prochaines[nom] += nombre
        return bases


def copier(tables: dict[str, Table], rangees: dict[str, Iterable[str]]) -> None:
    """COPY each table's rows; the keys between them are checked at the end, whatever the order."""
    noms = sorted(rangees, key=lambda nom: (nom in DERNIERES, nom))
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL DEFERRED")
        for nom in noms:
            colonnes = ", ".join(f'"{colonne}"' for colonne in tables[nom].colonnes)
            with curseur.copy(f'COPY "{nom}" ({colonnes}) FROM STDIN') as copie:
                copie.write("".join(rangees[nom]))
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
