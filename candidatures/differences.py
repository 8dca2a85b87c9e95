"""What changed between two texts, word by word, short enough to be read at a glance."""

import difflib
import re
from dataclasses import dataclass

EGAL, RETIRE, AJOUTE, COUPE = "egal", "retire", "ajoute", "coupe"
MOTS = re.compile(r"\s*\S+")
AUTOUR = 12  # words kept on each side of a change


@dataclass(frozen=True)
class Morceau:
    """A run of words: kept, taken away, added, or left out because nothing changed there."""

    genre: str
    texte: str


def couper(texte: str) -> list[str]:
    """The words of a text, each with the blanks before it."""
    return MOTS.findall(texte.strip())


def comparer(vieux: list[str], neufs: list[str]) -> difflib.SequenceMatcher:
    """Two texts word by word; a new line counts, a space does not."""
    cles = ([mot.lstrip(" ") for mot in mots] for mots in (vieux, neufs))
    return difflib.SequenceMatcher(None, *cles, autojunk=False)


def differences(avant: str, apres: str) -> list[Morceau]:
    """The runs of words from one text to the other; what stays the same is shortened."""
    vieux, neufs = couper(avant), couper(apres)
    trame = comparer(vieux, neufs)
    gestes = trame.get_opcodes()
    morceaux: list[Morceau] = []
    for rang, (geste, a1, a2, b1, b2) in enumerate(gestes):
        if geste == "equal":
            morceaux += _abreger(neufs[b1:b2], debut=rang == 0, fin=rang == len(gestes) - 1)
            continue
        if a2 > a1:
            morceaux.append(Morceau(RETIRE, "".join(vieux[a1:a2])))
        if b2 > b1:
            morceaux.append(Morceau(AJOUTE, "".join(neufs[b1:b2])))
    return morceaux


def _abreger(mots: list[str], *, debut: bool, fin: bool) -> list[Morceau]:
    """The words beside a change; those between are left out."""
    tete, queue = 0 if debut else AUTOUR, 0 if fin else AUTOUR
    if len(mots) <= tete + queue + 1:
        return [Morceau(EGAL, "".join(mots))]
    bouts = (
        Morceau(EGAL, "".join(mots[:tete])),
        Morceau(COUPE, "…"),
        Morceau(EGAL, "".join(mots[-queue:] if queue else [])),
    )
    return [bout for bout in bouts if bout.texte]
