"""The one source of time: the database's clock (SQL function `horloge()`), read once per request or task."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import DateTimeField, Func

__all__ = [
    "PARIS",
    "UTC",
    "Horloge",
    "a",
    "aujourd_hui",
    "avancer",
    "instant_exact",
    "jours_avant",
    "maintenant",
    "oublier",
]

PARIS = ZoneInfo("Europe/Paris")

_lu: ContextVar[datetime | None] = ContextVar("horloge_lue", default=None)
_decale: ContextVar[datetime | None] = ContextVar("horloge_decalee", default=None)


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


class Horloge(Func):
    """The same clock inside a statement: `db_default=Horloge()`."""

    function = "horloge"
    output_field = DateTimeField()


def oublier() -> None:
    """Start of a request or a task: the next `maintenant()` reads the clock again."""
    _lu.set(None)


def aujourd_hui() -> date:
    """Today in Paris."""
    return maintenant().astimezone(PARIS).date()


def jours_avant(instant: datetime) -> int:
    """Whole days of Paris from today to `instant` (negative when past)."""
    return (instant.astimezone(PARIS).date() - aujourd_hui()).days


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
