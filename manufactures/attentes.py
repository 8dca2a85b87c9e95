"""What waits for whom: stages say it as rows to look for, and a home page asks for all of them in one query.

A stage registers functions of the user; each yields `Attente`s (one line a row) or `Compte`s (one line for many rows).
They become the branches of one UNION ALL, sorted, counted and cut by the database: a home page costs the same whatever
waits, and fetches no more rows than it shows.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from manufactures import horloge

COLONNES = ("attente_rang", "attente_echeance", "attente_objet", "attente_faits")


@dataclass(frozen=True)
class Tache:
    """One line of a home page: what to do, on what, by when, and the one button."""

    libelle: str
    url: str
    objet: str
    bouton: str = "Ouvrir"
    echeance: datetime | None = None

    @property
    def en_retard(self) -> bool:
        """The due instant is past."""
        return self.echeance is not None and self.echeance < horloge.maintenant()


class Attente:
    """Rows that wait, and how each is told: `dire(ligne) -> Tache`.

    `objet` and `echeance` are fields or expressions of these rows; the lines are sorted by them. `faits` are the other
    values that `dire` needs. All are read on `ligne`, dates and instants among the facts as ISO 8601. Only the
    `plafond` first rows come, if there is one.
    """

    def __init__(self, lignes: QuerySet, dire: Callable, *, objet, echeance=None, plafond=None, **faits):
        self.lignes, self.dire = lignes, dire
        self.objet, self.echeance, self.plafond, self.faits = objet, echeance, plafond, faits

    def en_sql(self, rang: int) -> tuple[str, tuple]:
        """This branch of the union. Raises EmptyResultSet where no row can be."""
        lignes = self.lignes.order_by().annotate(
            attente_rang=Value(rang),
            attente_echeance=Cast(self.echeance or Value(None), DateTimeField()),
            attente_objet=Cast(self.objet, TextField()),
            attente_faits=JSONObject(**self.faits),
        )
        if self.plafond:
            lignes = lignes.order_by("attente_echeance", "attente_objet")[: self.plafond]
        return lignes.values_list(*COLONNES).query.sql_with_params()


class Compte(Attente):
    """One line for many rows: `ligne.n` says how many they are, those `au_dela` of the first ones where it is given."""

    def __init__(self, lignes: QuerySet, dire: Callable, *, objet: str, au_dela: int = 0):
        super().__init__(lignes, dire, objet=objet)
        self.au_dela = au_dela

    def en_sql(self, rang: int) -> tuple[str, tuple]:
        """This branch of the union: no row where nothing is counted."""
        sql, parametres = self.lignes.order_by().values_list("pk").query.sql_with_params()
        compte = (
            f"SELECT %s::int, NULL::timestamptz, %s::text, jsonb_build_object('n', count(*) - %s)"  # noqa: S608
            f" FROM ({sql}) lignes HAVING count(*) > %s"  # compiled by the ORM
        )
        return compte, (rang, self.objet, self.au_dela, *parametres, self.au_dela)


_a_faire: list[Callable] = []


def a_faire(fonction):
    """Register `f(user) -> Iterable[Attente]`; it asks the database nothing itself."""
    _a_faire.append(fonction)
    return fonction


@dataclass(frozen=True)
class Attendu:
    """Lines of a home page, in order, and how many there are in all."""

    taches: list[Tache]
    nombre: int = 0
    en_retard: int = 0


def _ligne(echeance, objet, faits) -> SimpleNamespace:
    if isinstance(faits, str):
        faits = json.loads(faits, parse_float=Decimal)
    return SimpleNamespace(echeance=echeance, objet=objet, **faits)


def attendu_de(user, *, depuis: int = 0, au_plus: int | None = None, fonctions=None) -> Attendu:
    """What waits for this person, the most urgent first, without due date last: one query."""
    fonctions = _a_faire if fonctions is None else fonctions
    attentes = [attente for fonction in fonctions for attente in fonction(user)]
    branches, parametres = [], []
    for rang, attente in enumerate(attentes):
        try:
            sql, siens = attente.en_sql(rang)
        except EmptyResultSet:
            continue
        branches.append(f"({sql})")
        parametres += siens
    if not branches:
        return Attendu([])
    union = (
        "SELECT rang, echeance, objet, faits, count(*) OVER (), count(*) FILTER (WHERE echeance < %s) OVER ()"  # noqa: S608
        f" FROM ({' UNION ALL '.join(branches)}) attentes (rang, echeance, objet, faits)"  # compiled by the ORM
        " ORDER BY echeance NULLS LAST, objet, rang LIMIT %s OFFSET %s"
    )
    with connection.cursor() as curseur:
        curseur.execute(union, [horloge.maintenant(), *parametres, au_plus, depuis])
        lignes = curseur.fetchall()
    taches = [
        attentes[rang].dire(_ligne(echeance, objet, faits)) for rang, echeance, objet, faits, *_ in lignes
    ]
    return Attendu(taches, *(lignes[0][4:] if lignes else ()))


def taches_pour(user, fonctions: Iterable[Callable] | None = None) -> list[Tache]:
    """Everything that waits for this person."""
    return attendu_de(user, fonctions=fonctions).taches
