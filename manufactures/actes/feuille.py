"""The mark of each sheet of a printed act: which act, which page of how many, read back from a scan.

A code in the left margin, beside the foot: a telephone that reads it opens the verification page.
"""

import re
from dataclasses import dataclass

import segno

MM = 72 / 25.4
COTE = 13.5 * MM  # three points of a scan at 150 dpi for each square of the code, less a little
COIN = (4.5 * MM, 4.5 * MM)  # from the left and from the bottom: what printers leave white
_GROUPE = "[2-9A-HJ-NP-Z]{4}"
_ADRESSE = re.compile(rf"/(?:V|VERIFIER)/({_GROUPE}-{_GROUPE}-{_GROUPE})(?:/(\d{{1,3}})-(\d{{1,3}}))?/?$")


@dataclass(frozen=True)
class Feuille:
    """What a code tells; `rang` is 0 where it stands for the whole act."""

    code: str
    rang: int = 0
    total: int = 0


def adresse_de_la_feuille(url_verification: str, rang: int, total: int) -> str:
    """A short address, in capitals: the code takes fewer squares, larger ones at the same size."""
    site, _, code = url_verification.rstrip("/").rpartition("/verifier/")
    return f"{site.upper()}/V/{code}/{rang}-{total}"


def lire_la_feuille(texte: str) -> Feuille | None:
    """What this code says of an act, or None: any other code may stand on a letter."""
    if not (trouve := _ADRESSE.search(texte.upper())):
        return None
    code, rang, total = trouve.groups()
    return Feuille(code, int(rang or 0), int(total or 0))


def dessiner(adresse: str) -> bytes:
    """The code as black squares, in the language of PDF."""
    code = segno.make(adresse, error="l", micro=False, mask=3)  # weighing the eight masks takes 4 ms a page
    lignes = [bytes(ligne) for ligne in code.matrix]
    cote = COTE / len(lignes)
    debut = f"/Artifact BMC q 0 g {cote:.4f} 0 0 {cote:.4f} {COIN[0]:.2f} {COIN[1]:.2f} cm"
    carres = [
        f"{noirs.start()} {len(lignes) - 1 - y} {noirs.end() - noirs.start()} 1 re"
        for y, ligne in enumerate(lignes)
        for noirs in re.finditer(b"\x01+", ligne)
    ]
    return "\n".join([debut, *carres, "f Q EMC"]).encode()
