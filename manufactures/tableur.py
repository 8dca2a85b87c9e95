"""The one writer of spreadsheets: no cell that a spreadsheet would run, rows streamed without being kept.

Exports of the agency open in a French spreadsheet (`;`, decimal comma, byte order mark); open data follow their
schema (`,`, decimal point).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from types import NoneType

from django.http import StreamingHttpResponse

from manufactures.francais import PARIS

# What makes a spreadsheet run a cell, full-width forms included.
DANGEREUX = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
LOT = 500  # rows written at once
MARQUE = "\ufeff"


def neutraliser(texte: str) -> str:
    """A text that no spreadsheet takes for a formula, blanks before it included."""
    if texte[:1].isalnum():
        return texte
    debut = texte.lstrip(" \u00a0")[:1]
    return f"'{texte}" if debut and debut in DANGEREUX else texte


def _nombre(valeur, decimale: str) -> str:
    return format(valeur, "f").replace(".", decimale)


ECRITURES = {  # the value's type says how it is written; anything else is text
    NoneType: lambda valeur, decimale: "",
    bool: lambda valeur, decimale: "oui" if valeur else "non",
    int: lambda valeur, decimale: str(valeur),
    Decimal: _nombre,
    date: lambda valeur, decimale: valeur.isoformat(),
    datetime: lambda valeur, decimale: valeur.astimezone(PARIS).isoformat(" ", "minutes")[:16],
}


def cellule(valeur, decimale: str = ",") -> str:
    """One value as a cell: ISO dates at the hour of Paris, « oui » or « non », text made harmless."""
    ecrire = ECRITURES.get(type(valeur))
    return ecrire(valeur, decimale) if ecrire else neutraliser(str(valeur))


def lignes(
    titres: Iterable[str], rangees: Iterable[Iterable], *, separateur: str = ";", decimale: str = ","
) -> Iterator[str]:
    """The file: its head at once, then a few hundred rows at a time."""
    tampon = io.StringIO(newline="")
    ecrivain = csv.writer(tampon, delimiter=separateur, lineterminator="\r\n")
    ecrivain.writerow(titres)
    yield _vider(tampon)
    for rang, rangee in enumerate(rangees, 1):
        ecrivain.writerow([cellule(valeur, decimale) for valeur in rangee])
        if rang % LOT == 0:
            yield _vider(tampon)
    yield _vider(tampon)


def _vider(tampon: io.StringIO) -> str:
    texte = tampon.getvalue()
    tampon.seek(0)
    tampon.truncate()
    return texte


def reponse_csv(
    nom: str, titres: Iterable[str], rangees: Iterable[Iterable], *, ouvert: bool = False
) -> StreamingHttpResponse:
    """A file to download, streamed; `ouvert`: open data (comma, decimal point, no byte order mark)."""
    if ouvert:
        corps = lignes(titres, rangees, separateur=",", decimale=".")
    else:
        corps = _avec_marque(lignes(titres, rangees))
    return StreamingHttpResponse(
        corps,
        content_type="text/csv; charset=utf-8; header=present",
        headers={"Content-Disposition": f'attachment; filename="{nom}"'},
    )


def _avec_marque(morceaux: Iterator[str]) -> Iterator[str]:
    yield MARQUE
    yield from morceaux
