"""Rapporteurs shared out: equal loads first, then colleges, then territories; never whom an interest keeps away.

Pure: keys in, keys out. What it proposes is shown before anything is written, and each line can be changed by hand.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations


@dataclass(frozen=True)
class Candidat:
    """A member who may report: their college, and what they report on already."""

    cle: int
    college: int
    charge: int = 0


@dataclass(frozen=True)
class ARapporter:
    """An item without rapporteur: its territory, and the members whom something keeps away from it."""

    cle: int
    territoire: str = ""
    ecartes: frozenset[int] = field(default_factory=frozenset)


def repartir(points: Iterable[ARapporter], candidats: Iterable[Candidat]) -> dict[int, int | None]:
    """Item -> member, or None where everybody is kept away."""
    return _Partage(list(points), list(candidats)).rendre()


class _Partage:
    def __init__(self, points: list[ARapporter], candidats: list[Candidat]):
        self.points, self.candidats = points, candidats
        self.admis = {p.cle: [c for c in candidats if c.cle not in p.ecartes] for p in points}
        self.charges = {c.cle: c.charge for c in candidats}
        self.donnes: dict[int, Candidat | None] = {}

    def rendre(self) -> dict[int, int | None]:
        rangs = {point.cle: rang for rang, point in enumerate(self.points)}
        for point in sorted(self.points, key=lambda p: (len(self.admis[p.cle]), rangs[p.cle])):
            self._donner(point)
        while self._equilibrer():
            pass
        while self._meler():
            pass
        return {p.cle: c.cle if (c := self.donnes[p.cle]) else None for p in self.points}

    def _donner(self, point: ARapporter) -> None:
        """To the least loaded, in the college that reports least by seat, who has fewest of this territory."""
        colleges, sieges = Counter(), Counter(c.college for c in self.candidats)
        for candidat in self.candidats:
            colleges[candidat.college] += self.charges[candidat.cle]
        ici = self._par_territoire()

        def poids(candidat: Candidat):
            college = colleges[candidat.college] / sieges[candidat.college]
            return self.charges[candidat.cle], college, ici[candidat.cle, point.territoire], candidat.cle

        choisi = min(self.admis[point.cle], key=poids, default=None)
        self.donnes[point.cle] = choisi
        if choisi:
            self.charges[choisi.cle] += 1

    def _par_territoire(self) -> Counter:
        territoires = {point.cle: point.territoire for point in self.points}
        return Counter((c.cle, territoires[point]) for point, c in self.donnes.items() if c)

    def _equilibrer(self) -> bool:
        """Pass one item on, hand to hand, from a member to another who has two fewer: False once nobody can."""
        for riche in sorted(self.candidats, key=lambda c: -self.charges[c.cle]):
            chemin = self._chemin_vers_plus_leger(riche)
            if chemin:
                for point, vers in chemin:
                    self.donnes[point] = vers
                self.charges[riche.cle] -= 1
                self.charges[chemin[-1][1].cle] += 1
                return True
        return False

    def _chemin_vers_plus_leger(self, riche: Candidat) -> list[tuple[int, Candidat]]:
        vus, file = {riche.cle: []}, deque([riche])
        while file:
            tenant = file.popleft()
            for point, donne in self.donnes.items():
                if donne != tenant:
                    continue
                for autre in self.admis[point]:
                    if autre.cle in vus:
                        continue
                    vus[autre.cle] = [*vus[tenant.cle], (point, autre)]
                    if self.charges[riche.cle] - self.charges[autre.cle] > 1:
                        return vus[autre.cle]
                    file.append(autre)
        return []

    def _meler(self) -> bool:
        """Swap two items where it spreads each one's territories better, at equal loads: False once none does."""
        ici = self._par_territoire()
        for un, deux in combinations(self.points, 2):
            a, b = self.donnes[un.cle], self.donnes[deux.cle]
            if not a or not b or a == b or un.territoire == deux.territoire:
                continue
            if b not in self.admis[un.cle] or a not in self.admis[deux.cle]:
                continue
            avant = ici[a.cle, un.territoire] + ici[b.cle, deux.territoire]
            apres = ici[b.cle, un.territoire] + ici[a.cle, deux.territoire] + 2
            if apres < avant:
                self.donnes[un.cle], self.donnes[deux.cle] = b, a
                return True
        return False
