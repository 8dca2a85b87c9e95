"""Dates of the history, wherever a text says one, and what they become in a copy: in the same order."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from manufactures.francais import JOURS, MOIS
from manufactures.horloge import PARIS

# Phases of a dossier, by days after the closing of its wave: each has its own shift, and gaps between them absorb it.
AVANT, DEPOT, EXAMEN, COMITE = range(4)
DEBUT_DE_VAGUE, DEBUT_DU_COMITE = timedelta(days=-43), timedelta(days=29)
MIDI = time(12, 0)
_ESPACE = "[ \u00a0\u202f]"
_NOMS = {nom: rang for rang, noms in enumerate(MOIS, 1) for nom in noms}
_MOIS = "|".join(re.escape(nom) for nom in sorted(_NOMS, key=len, reverse=True))
INSTANT = r"(?P<instant>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d(?::?\d\d)?|Z))"
DATE = r"(?P<date>(?<![\d-])20\d\d-\d\d-\d\d(?![\d-]))"
BARRES = r"(?P<barres>(?<!\d)\d\d/\d\d/20\d\d(?!\d))"
EN_LETTRES = (
    rf"(?P<lettres>(?:(?:{'|'.join(JOURS)}){_ESPACE})?(?:1er|[12]?\d|3[01]){_ESPACE}(?:{_MOIS}){_ESPACE}20\d\d"
    rf"(?: à \d{{1,2}}{_ESPACE}h{_ESPACE}\d\d)?)"
)
_LETTRES = re.compile(
    rf"(?:(?P<semaine>{'|'.join(JOURS)})(?P<e0>{_ESPACE}))?(?P<jour>1er|\d+)(?P<e1>{_ESPACE})(?P<mois>{_MOIS})"
    rf"(?P<e2>{_ESPACE})(?P<an>\d{{4}})(?P<heure> à (?P<h>\d+)(?P<e3>{_ESPACE})h(?P<e4>{_ESPACE})(?P<m>\d\d))?"
)


def naif(instant: datetime) -> datetime:
    """The hour of Paris, without its zone: hours stay what they are across a change of season."""
    return instant.astimezone(PARIS).replace(tzinfo=None)


def en_utc(local: datetime) -> datetime:
    """Back to an instant."""
    return local.replace(tzinfo=PARIS).astimezone(UTC)


@dataclass(frozen=True)
class Dit:
    """A date as a text says it: the local instant, and the way of saying it."""

    local: datetime
    maniere: tuple
    jour_seul: bool = False


def lire_instant(texte: str) -> Dit:
    """An ISO instant, in the zone and with the separator of its text."""
    instant = datetime.fromisoformat(texte)
    if texte[10] == " ":
        maniere = "base"
    elif instant.utcoffset() == timedelta(0):
        maniere = "utc"
    else:
        maniere = "paris"
    return Dit(naif(instant), (maniere,))


def lire_date(texte: str) -> Dit:
    """An ISO day."""
    return Dit(datetime.combine(date.fromisoformat(texte), MIDI), ("jour",), jour_seul=True)


def lire_barres(texte: str) -> Dit:
    """« 08/12/2021 »."""
    return Dit(datetime.combine(datetime.strptime(texte, "%d/%m/%Y"), MIDI), ("barres",), jour_seul=True)  # noqa: DTZ007


def lire_lettres(texte: str) -> Dit:
    """A French date, with or without its weekday and its hour."""
    dit = _LETTRES.fullmatch(texte)
    nom = dit["mois"]
    abrege = nom != MOIS[_NOMS[nom] - 1][0]
    jour = date(int(dit["an"]), _NOMS[nom], int(dit["jour"].removesuffix("er")))
    heure = time(int(dit["h"]), int(dit["m"])) if dit["heure"] else MIDI
    maniere = ("lettres", dit["e0"], dit["e1"], abrege, dit["e2"], dit["e3"], dit["e4"])
    return Dit(datetime.combine(jour, heure), maniere, jour_seul=not dit["heure"])


def _en_lettres(local: datetime, e0, e1, abrege, e2, e3, e4) -> str:  # noqa: PLR0917 (the blanks of the text read)
    semaine = f"{JOURS[local.weekday()]}{e0}" if e0 else ""
    jour = "1er" if local.day == 1 else local.day
    heure = f" à {local.hour}{e3}h{e4}{local.minute:02}" if e3 else ""
    return f"{semaine}{jour}{e1}{MOIS[local.month - 1][abrege]}{e2}{local.year}{heure}"


MANIERES = {
    "base": lambda local: en_utc(local).isoformat(" "),
    "micro": lambda local: en_utc(local).isoformat(timespec="microseconds"),
    "utc": lambda local: en_utc(local).isoformat(),
    "paris": lambda local: local.replace(tzinfo=PARIS).isoformat(),
    "jour": lambda local: local.date().isoformat(),
    "barres": lambda local: f"{local:%d/%m/%Y}",
    "lettres": _en_lettres,
}


def dire(maniere: tuple, local: datetime) -> str:
    """The new instant, said the same way."""
    return MANIERES[maniere[0]](local, *maniere[1:])


def phase(local: datetime, fermeture: datetime) -> int:
    """Which shift moves this instant."""
    ecart = local - datetime.combine(fermeture.date(), time())
    if ecart < DEBUT_DE_VAGUE:
        return AVANT
    if ecart < timedelta(0):
        return DEPOT
    return EXAMEN if ecart < DEBUT_DU_COMITE else COMITE
