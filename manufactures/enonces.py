"""Readings composed once: the ORM writes a statement for stand-ins, every later reading only binds its values.

A page of a dossier spends more on writing its few large statements, and PostgreSQL more on planning them, than both
spend on answering. Here a statement is written once a process for each *shape* (which roles the reader may hold), and
planned once a connection; the rows come back as the query set would give them.

A composition takes the reader and scalar values, returns a query set, and lets nothing but these and the clock change
what it returns. The tests compose each reading anew and compare (`settings.ENONCES_VERIFIES`).
"""

import re
from collections.abc import Callable, Hashable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from django.conf import settings
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.expressions import Col, Value
from django.db.models.sql.where import WhereNode

from manufactures import horloge

ECRITS_GARDES = 300
ENTIER_MAX = 2**63 - 1
Valeur = int | str | date | list[int]
# Integers that stand for others: no composition writes them, and each fits the smallest field (Django writes no
# condition that a field's range cannot meet).
PERSONNE, ATTENDUS = 32_503, 32_603


def _refuser(*_):
    raise ImproperlyConfigured("Un énoncé ne calcule pas avec l'instant : liez ce que vous calculez.")


class InstantAttendu(datetime):
    """Where the clock's instant is bound; a composition that reckons with it would freeze what it reckons."""

    astimezone = date = timetuple = __add__ = __radd__ = __sub__ = __rsub__ = _refuser
    __lt__ = __le__ = __gt__ = __ge__ = _refuser


class JourAttendu(date):
    """The same for the day in Paris."""

    __add__ = __radd__ = __sub__ = __rsub__ = __lt__ = __le__ = __gt__ = __ge__ = _refuser


INSTANT, JOUR = InstantAttendu(1, 1, 2, tzinfo=horloge.UTC), JourAttendu(1, 1, 2)
# Known without being told: read only where a statement holds them.
SUS: dict[str, Callable] = {
    "user": lambda user: user.pk,
    "instant": lambda _: horloge.maintenant(),
    "jour": lambda _: horloge.aujourd_hui(),
}
D_OFFICE = {"user": PERSONNE, "instant": INSTANT, "jour": JOUR}
TYPES = {
    list: "%s::bigint[]",
    int: "%s::bigint",
    str: "%s",
    InstantAttendu: "%s::timestamptz",
    JourAttendu: "%s::date",
}


class Curseur(psycopg.Cursor):
    """Binds on the server's side, and has the statement planned once a connection."""

    def execute(self, query, params=None):
        """Run a prepared statement, preparing it where the connection has not yet."""
        super().execute(query, params, prepare=True)
        self._query = Dite(query, params, self.connection)  # what Django's log of queries reads
        return self


@dataclass(frozen=True)
class Dite:
    """What was run, its values in place."""

    texte: str
    parametres: list
    connexion: psycopg.Connection

    @property
    def query(self) -> bytes:
        """The whole statement; written when somebody asks."""
        return psycopg.ClientCursor(self.connexion).mogrify(self.texte, self.parametres).encode()


@ForeignObject.register_lookup
@Field.register_lookup
class Parmi(Lookup):
    """`pk__parmi=cles`: among these keys, however many, in one and the same statement."""

    lookup_name = "parmi"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """A list is one parameter, where `__in` has one a key."""
        champ, parametres = self.process_lhs(compiler, connection)
        return f"{champ} = ANY(%s)", [*parametres, self.rhs]


def _place(valeur):
    """What a value is known by."""
    return tuple(valeur) if isinstance(valeur, list) else valeur


def objets_de(lignes: QuerySet, compilateur, rangees: Callable[[], list[tuple]]) -> list:
    """What the query set gives for rows read in another way, its prefetches made; `compilateur` has written it."""
    compilateur = copy(compilateur)
    compilateur.connection = connections[DEFAULT_DB_ALIAS]
    compilateur.execute_sql = lambda *_, **__: [rangees()]
    lignes = lignes._chain()
    lignes.query.get_compiler = lambda *_, **__: compilateur
    return list(lignes)


class Enonce:
    """One statement, written: its text, what fills it, and how Django reads its rows."""

    def __init__(self, lignes: QuerySet, attendus: dict):
        self.lignes, self.compilateur = lignes, lignes.query.get_compiler(DEFAULT_DB_ALIAS)
        self.noms = {_place(valeur): nom for nom, valeur in attendus.items()}
        self.texte, self.lies = "", []
        try:
            self.sql, self.parametres = self.compilateur.as_sql()
        except EmptyResultSet:  # this shape of reader sees nothing, whatever is asked
            self.sql, self.parametres = "", ()
            return
        self._ecrire()
        oublies = set(attendus) - set(self.lies) - set(D_OFFICE)
        if oublies:
            raise ImproperlyConfigured(f"Un énoncé ne lie pas {', '.join(sorted(oublies))}.")
        self._alleger()

    def _alleger(self) -> None:
        """Let go of what served to write: columns are read by their types alone, and each reading copies the rest."""
        query, compilateur = self.lignes.query, self.compilateur
        query.where, query.alias_map, query.alias_refcount = WhereNode(), {}, {}
        query.annotations = dict.fromkeys(query.annotations)
        compilateur.select = [
            (lue if isinstance(lue, Col) else Value(None, output_field=lue.output_field), ("", ()), alias)
            for lue, _, alias in compilateur.select
        ]

    def est_lie(self, parametre) -> bool:
        """This parameter is a place to fill."""
        return isinstance(parametre, int | str | date | list) and _place(parametre) in self.noms

    def _ecrire(self) -> None:
        """The text, constants written in it, and the names of the values to bind, in their order."""
        with connections[DEFAULT_DB_ALIAS].cursor() as curseur:
            restants = iter(self.parametres)

            def ecrire(trouve) -> str:
                if trouve[0] == "%%":
                    return "%%"
                valeur = next(restants)
                if self.est_lie(valeur):
                    self.lies.append(self.noms[_place(valeur)])
                    return next(ecrit for genre, ecrit in TYPES.items() if isinstance(valeur, genre))
                return curseur.mogrify("%s", [valeur]).replace("%", "%%")

            self.texte = re.sub("%s|%%", ecrire, self.sql)

    def lire(self, valeurs: dict) -> list:
        """The rows for these values, as the query set gives them, its prefetches made."""
        return objets_de(self.lignes, self.compilateur, lambda: self._rangees(valeurs))

    def _rangees(self, valeurs: dict) -> list[tuple]:
        rangees = self.brutes(valeurs)
        if self.compilateur.has_extra_select:  # columns read only to sort by them
            return [rangee[: self.compilateur.col_count] for rangee in rangees]
        return rangees

    def brutes(self, valeurs: dict, autour: str = "{}") -> list[tuple]:
        """The rows as PostgreSQL gives them, of the statement or of another around it."""
        if not self.sql:
            return []
        with _curseur(connections[DEFAULT_DB_ALIAS]) as curseur:
            curseur.execute(autour.format(self.texte), [valeurs[nom] for nom in self.lies])
            return curseur.fetchall()


def _curseur(connexion):
    """As `connection.cursor()`, of our kind."""
    connexion.close_if_health_check_failed()
    connexion.ensure_connection()
    curseur = Curseur(connexion.connection)
    return (
        connexion.make_debug_cursor(curseur) if connexion.queries_logged else connexion.make_cursor(curseur)
    )


_ecrits: dict[tuple, Enonce] = {}


def lire(composer: Callable[..., QuerySet], user=None, *selon: Hashable, **valeurs: Valeur) -> list:
    """The rows of `composer(user, *selon, **valeurs)`, its statement written once for people of the same roles.

    `composer` is a function of a module, and gets what stands for the reader and the values: it may pass them to the
    query set and nothing else. What else changes the statement, in few ways, is `selon`. Raises ImproperlyConfigured
    where a value is lost, or where the composition reckons with the clock.
    """
    if _introuvable(valeurs):
        return []
    enonce, lies = _preparer(composer, user, selon, valeurs)
    return enonce.lire(lies)


def lire_autour(autour: str, composer, user=None, *selon: Hashable, **valeurs: Valeur) -> list[tuple]:
    """The bare rows of `autour`, the composed statement in place of its « {} »: what query sets cannot say."""
    if _introuvable(valeurs):
        return []
    enonce, lies = _preparer(composer, user, selon, valeurs)
    return enonce.brutes(lies, autour)


def _introuvable(valeurs: dict) -> bool:
    """A number that no column holds: no row is of it."""
    return any(isinstance(valeur, int) and abs(valeur) > ENTIER_MAX for valeur in valeurs.values())


def joindre(objets: Iterable[Model], relation: str, lignes: Iterable[Model]) -> None:
    """Give each object its rows of a reverse relation, read apart: as a prefetch would, without composing it."""
    objets = list(objets)
    retour = objets[0]._meta.get_field(relation) if objets else None
    siennes = {objet.pk: [] for objet in objets}
    for ligne in lignes:
        siennes[getattr(ligne, retour.field.attname)].append(ligne)
    for objet in objets:
        lues = getattr(objet, relation).get_queryset()
        lues._result_cache, lues._prefetch_done = siennes[objet.pk], True
        for ligne in siennes[objet.pk]:
            setattr(ligne, retour.field.name, objet)
        objet.__dict__.setdefault("_prefetched_objects_cache", {})[retour.cache_name] = lues


def _preparer(composer, user, selon: tuple, valeurs: dict) -> tuple[Enonce, dict]:
    forme = (composer, user and user.portrait, selon, tuple(valeurs))
    enonce = _ecrits.get(forme)
    if enonce is None:
        if len(_ecrits) >= ECRITS_GARDES:
            _ecrits.clear()
        enonce = _ecrits[forme] = _ecrire(composer, user, selon, valeurs)
    lies = valeurs | {nom: dire(user) for nom, dire in SUS.items() if nom in enonce.lies}
    if settings.ENONCES_VERIFIES:
        _verifier(enonce, composer(*_qui(user), *selon, **valeurs), lies, composer.__qualname__)
    return enonce, lies


def _qui(user) -> tuple:
    return (user,) if user else ()


def _ecrire(composer, user, selon: tuple, valeurs: dict) -> Enonce:
    attendus = {nom: _attendu(rang, valeur) for rang, (nom, valeur) in enumerate(valeurs.items())}
    attendue = user and user.attendue(PERSONNE, INSTANT)
    with horloge.arretee(INSTANT, JOUR):
        lignes = composer(*_qui(attendue), *selon, **attendus)
        return Enonce(lignes, D_OFFICE | attendus)


def _attendu(rang: int, valeur):
    """What stands for a value of this type."""
    if isinstance(valeur, str):
        return f"\ue000{rang}\ue000"
    if isinstance(valeur, int) and not isinstance(valeur, bool):
        return ATTENDUS + rang
    if isinstance(valeur, list):
        return [ATTENDUS + rang]
    if isinstance(valeur, date) and not isinstance(valeur, datetime):
        return JourAttendu(1, 2, 1 + rang)
    raise ImproperlyConfigured(f"Un énoncé ne lie pas {valeur!r}.")


def _verifier(enonce: Enonce, lignes: QuerySet, lies: dict, nom: str) -> None:
    """What was written once is what would be written now."""
    try:
        sql, parametres = lignes.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    except EmptyResultSet:
        sql, parametres = "", ()
    ecrits = [lies[enonce.noms[_place(p)]] if enonce.est_lie(p) else p for p in enonce.parametres]
    if (sql, list(parametres)) != (enonce.sql, ecrits):
        raise ImproperlyConfigured(f"L'énoncé de {nom} dépend d'autre chose que de ce qu'il lie.")
