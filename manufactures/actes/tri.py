"""From pages read in the order of the scan to letters: pages of one act together, each copy apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field

SUITE = "une page sans code"
INCOMPLETE = "il manque une page"
ANNULE = "l'acte est annulé"


@dataclass
class Lettre:
    """One copy of one act: the ranks of its pages in the scan, in the order of the letter."""

    acte: int
    pages: list[int] = field(default_factory=list)
    rangs: set[int] = field(default_factory=set)  # pages of the act that are there
    total: int = 0
    suite: bool = False

    @property
    def doute(self) -> str:
        """Why somebody looks before it is filed; nothing where each page said its place and none is missing."""
        incomplete = self.total and self.rangs != set(range(1, self.total + 1))
        return ", ".join([SUITE] * self.suite + [INCOMPLETE] * bool(incomplete))


def composer(pages: Iterable) -> list[Lettre]:
    """Letters out of pages (`rang`, `acte_id`, `feuille`, `total`, `blanche`), in the order where they begin.

    A page that is already in a copy begins another one. A page without code goes on the letter before it: whether it
    does is for somebody to see. A page of an act that the reader does not know stops the letter before it.
    """
    lettres: list[Lettre] = []
    places: dict[tuple[int, int], tuple[int, int]] = {}
    courante = None
    for page in pages:
        if page.blanche:
            continue
        if page.code and page.acte_id is None:
            courante = None
        elif page.acte_id is not None:
            courante = _lettre_de(lettres, page, courante)
            places[id(courante), page.rang] = (page.feuille or len(places), 0)
        elif courante is not None:
            courante.suite = True
            precedente = places[id(courante), courante.pages[-1]]
            places[id(courante), page.rang] = (precedente[0], precedente[1] + 1)
        if courante is not None:
            courante.pages.append(page.rang)
    for lettre in lettres:
        lettre.pages.sort(key=lambda rang, lettre=lettre: places[id(lettre), rang])
    return lettres


def _lettre_de(lettres, page, courante):
    """The copy that still lacks this page, or a new one."""
    siennes = [lettre for lettre in lettres if lettre.acte == page.acte_id]
    if page.feuille:
        siennes = [lettre for lettre in siennes if page.feuille not in lettre.rangs]
    elif siennes:
        siennes = [courante] if courante in siennes else siennes[-1:]
    lettre = siennes[0] if siennes else Lettre(page.acte_id)
    if not siennes:
        lettres.append(lettre)
    lettre.total = max(lettre.total, page.total)
    if page.feuille:
        lettre.rangs.add(page.feuille)
    return lettre
