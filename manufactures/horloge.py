"""The one source of time: the database's clock (SQL function `horloge()`), read once per request or task."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import DateTimeField, Func

__all__ = [
    "PARIS",
    "UTC",
    "FinDuJour",
    "Horloge",
    "a",
    "arretee",
    "aujourd_hui",
    "avancer",
    "fin_du_jour",
    "instant_exact",
    "jours_avant",
    "maintenant",
    "noter",
    "oublier",
]

PARIS = ZoneInfo("Europe/Paris")

_lu: ContextVar[datetime | None] = ContextVar("horloge_lue", default=None)
_decale: ContextVar[datetime | None] = ContextVar("horloge_decalee", default=None)
_jour: ContextVar[date | None] = ContextVar("jour_arrete", default=None)


def instant_exact() -> datetime:
    """The database's clock, read anew: for a deadline, under the lock that guards it."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT horloge()")
        return curseur.fetchone()[0]


def maintenant() -> datetime:
    """The instant of this request or task: read once from the database, then the same until it ends."""
    if (decale := _decale.get()) is not None:
        return decale
    if (lu := _lu.get()) is None:
        lu = instant_exact()
        _lu.set(lu)
    return lu


def noter(instant: datetime) -> None:
    """The clock came along with another reading of this request: `maintenant()` need not ask again."""
    if _lu.get() is None and _decale.get() is None:
        _lu.set(instant)


@contextmanager
def arretee(instant: datetime, jour: date) -> Iterator[None]:
    """`maintenant()` and `aujourd_hui()` answer these while a statement is written; the database keeps its clock."""
    jetons = _decale.set(instant), _jour.set(jour)
    try:
        yield
    finally:
        _decale.reset(jetons[0])
        _jour.reset(jetons[1])


class Horloge(Func):
    """The same clock inside a statement: `db_default=Horloge()`."""

    function = "horloge"
    output_field = DateTimeField()

    def get_group_by_cols(self):
        """No column: grouping by an instant read row by row would part every group."""
        return []


class FinDuJour(Func):
    """`fin_du_jour` inside a statement, from a date."""

    template = "((%(expressions)s)::date + time '23:59') AT TIME ZONE 'Europe/Paris'"
    output_field = DateTimeField()


def oublier() -> None:
    """Start of a request or a task: the next `maintenant()` reads the clock again."""
    _lu.set(None)


def aujourd_hui() -> date:
    """Today in Paris."""
    if (jour := _jour.get()) is not None:
        return jour
    return maintenant().astimezone(PARIS).date()


def jours_avant(instant: datetime) -> int:
    """Whole days of Paris from today to `instant` (negative when past)."""
    return (instant.astimezone(PARIS).date() - aujourd_hui()).days


def fin_du_jour(jour: date) -> datetime:
    """The last minute of a day of Paris: when that day's duty is due."""
    return datetime.combine(jour, time(23, 59), tzinfo=PARIS)


@contextmanager
def a(instant: datetime) -> Iterator[None]:
    """Shift the clock for one transaction: the demonstration's loader and the tests only.

    Raises ImproperlyConfigured outside DEMO=1 and the tests.
    """
    if not (settings.DEMO or settings.EN_TEST):
        raise ImproperlyConfigured("L'horloge ne se décale qu'avec DEMO=1.")
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SELECT set_config('manufactures.instant', %s, true)", [instant.isoformat()])
        jeton = _decale.set(instant)
        try:
            yield
        finally:
            _decale.reset(jeton)
        curseur.execute("SELECT set_config('manufactures.instant', '', true)")


def avancer(**duree) -> timedelta:
    """A duration, so that callers need not import datetime beside this module."""
    return timedelta(**duree)
