"""Slots of hearings: cut out of the ranges of a sitting, kept free of what is taken, shared out at the best cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True)
class Creneau:
    """From one instant to another; in which range of the sitting."""

    debut: datetime
    fin: datetime
    plage: int | None = None

    def touche(self, debut: datetime, fin: datetime) -> bool:
        """Some minute of both is the same; one may end when the other begins."""
        return self.debut < fin and debut < self.fin


def decouper(plages: Iterable) -> list[Creneau]:
    """The slots of these ranges, in order: whole ones only, the interval of the range between two."""
    creneaux = []
    for plage in plages:
        duree, pas = timedelta(minutes=plage.duree_min), timedelta(minutes=plage.battement_min)
        debut = plage.debut
        while debut + duree <= plage.fin:
            creneaux.append(Creneau(debut, debut + duree, plage.pk))
            debut += duree + pas
    return sorted(creneaux)


def libres(
    creneaux: Iterable[Creneau], pris: Iterable[tuple[datetime, datetime]], *, apres: datetime
) -> list[Creneau]:
    """Those to come that touch nothing taken."""
    pris = list(pris)
    return [c for c in creneaux if c.debut > apres and not any(c.touche(*autre) for autre in pris)]


def affecter(couts: Sequence[Sequence[float]]) -> list[int]:
    """The column of each row, no column twice, at the least total cost; as many columns as rows, or more.

    The Hungarian method with potentials: one shortest augmenting path a row.
    """
    colonnes = len(couts[0]) if couts else 0
    if len(couts) > colonnes:
        raise ValueError("Plus de lignes que de colonnes.")
    lignes_, colonnes_ = [0.0] * (len(couts) + 1), [0.0] * (colonnes + 1)  # potentials
    tenue = [0] * (colonnes + 1)  # row that holds each column; column 0 stands for the row being placed
    for ligne in range(1, len(couts) + 1):
        tenue[0] = ligne
        _placer(couts, lignes_, colonnes_, tenue)
    rangs = {tenue[colonne]: colonne - 1 for colonne in range(1, colonnes + 1) if tenue[colonne]}
    return [rangs[ligne] for ligne in range(1, len(couts) + 1)]


def _placer(couts, lignes, colonnes, tenue) -> None:
    """Find room for the row of column 0: the cheapest chain of moves, then make them."""
    suite, colonne = range(1, len(colonnes)), 0
    distance, avant = [float("inf")] * len(colonnes), [0] * len(colonnes)
    vues = set()
    while tenue[colonne]:
        vues.add(colonne)
        ligne = tenue[colonne]
        for j in suite:
            reste = couts[ligne - 1][j - 1] - lignes[ligne] - colonnes[j]
            if j not in vues and reste < distance[j]:
                distance[j], avant[j] = reste, colonne
        colonne = min((j for j in suite if j not in vues), key=distance.__getitem__)
        delta = distance[colonne]
        for j in range(len(colonnes)):
            if j in vues:
                lignes[tenue[j]] += delta
                colonnes[j] -= delta
            else:
                distance[j] -= delta
    while colonne:
        tenue[colonne] = tenue[avant[colonne]]
        colonne = avant[colonne]
