"""Marks corrected for severity: what a harsh reader takes from a dossier, told apart from what the dossier is worth.

A score over 100 is read as "worth of the dossier + habit of the reader + chance"; both are found by least squares
over all the readings together. Plain numbers in and out; an aid to a human deliberation, it decides nothing.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from manufactures.francais import compter

PARTAGEES_AU_MOINS = 3  # under as many dossiers read with others, a reader's severity is a guess
# Student's quantile at 0.90, by degrees of freedom: two dossiers are told apart where their gap passes four chances in
# five. Beyond the last one, the normal law's.
STUDENT = (
    (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372)
    + (1.363, 1.356, 1.350, 1.345, 1.341, 1.337, 1.333, 1.330, 1.328, 1.325)
    + (1.323, 1.321, 1.319, 1.318, 1.316, 1.315, 1.314, 1.313, 1.311, 1.310)
)
NORMALE = 1.282


@dataclass(frozen=True)
class Lue:
    """One reading handed in: who read what, and the score over 100."""

    lecteur: int
    dossier: int
    score: float


@dataclass(frozen=True)
class Ligne:
    """One dossier in the ranking, raw and corrected."""

    dossier: int
    scores: tuple[float, ...]  # the readings, lowest first
    brut: float
    corrige: float
    ecart: float  # between two readings at most, once severity is taken away: what readers truly disagree on
    rang_brut: int
    rang: int
    rang_haut: (
        int | None
    )  # the best and the worst rank that chance leaves possible; None: nothing measures it
    rang_bas: int | None

    @property
    def lectures(self) -> int:
        """How many readings."""
        return len(self.scores)

    @property
    def basse(self) -> float:
        """The lowest score."""
        return self.scores[0]

    @property
    def haute(self) -> float:
        """The highest score."""
        return self.scores[-1]


@dataclass(frozen=True)
class Classement:
    """All dossiers read, the best corrected score first; what is worth knowing before one trusts it, in sentences."""

    lignes: tuple[Ligne, ...]
    severites: dict[int, float]  # reader -> points over 100 given more than the others; measured ones only
    est_corrige: bool
    phrases: tuple[str, ...]

    def par_desaccord(self) -> list[Ligne]:
        """The dossiers where readers disagree most first."""
        return sorted(self.lignes, key=lambda ligne: (-round(ligne.ecart, 1), ligne.rang))

    def par_note_brute(self) -> list[Ligne]:
        """In the order of the plain means."""
        return sorted(self.lignes, key=lambda ligne: (ligne.rang_brut, ligne.rang))


def score_sur_cent(notes: Iterable[tuple[int, int, int]]) -> float | None:
    """Weighted mean of (weight, mark, scale) over 100, or None where the weights leave nothing."""
    notes = list(notes)
    total = sum(poids for poids, _, _ in notes)
    return (
        math.fsum(poids * note / echelle for poids, note, echelle in notes) * 100 / total if total else None
    )


def classer(lues: Iterable[Lue], *, sans: Iterable[int] = ()) -> Classement:
    """Rank what was read, raw and corrected; `sans`: as if these readers had read nothing."""
    ecartes = set(sans)
    gardees = sorted((u for u in lues if u.lecteur not in ecartes), key=lambda u: (u.dossier, u.lecteur))
    groupes = [_Groupe(lues) for lues in _groupes(gardees)]
    libertes = sum(groupe.libertes for groupe in groupes)
    bruit = math.sqrt(max(0.0, sum(g.residus for g in groupes)) / libertes) if libertes else None
    severites = {lecteur: s for g in groupes if g.est_mesure for lecteur, s in g.severites.items()}
    return Classement(
        lignes=tuple(_lignes(groupes, bruit, libertes)),
        severites=severites,
        est_corrige=any(round(s, 1) for s in severites.values()),
        phrases=tuple(_phrases(gardees, groupes)),
    )


# -- Least squares ---------------------------------------------------------------------------------------------------
class _Groupe:
    """Readings that common readers tie together: inside such a group severities compare, between two they never do.

    The worths are eliminated: what remains is one equation a reader, fixed by a mean severity of zero.
    """

    def __init__(self, lues: list[Lue]):
        self.par_dossier: dict[int, dict[int, float]] = defaultdict(dict)
        for lue in lues:
            self.par_dossier[lue.dossier][lue.lecteur] = lue.score
        self.lecteurs = sorted({lue.lecteur for lue in lues})
        self.moyennes = {d: math.fsum(n.values()) / len(n) for d, n in self.par_dossier.items()}
        self.libertes = max(0, len(lues) - len(self.par_dossier) - len(self.lecteurs) + 1)
        self.est_mesure = len(self.lecteurs) > 1 and self.libertes > 0
        self.inverse = _inverser(self._equations()) if self.est_mesure else []
        self.severites = self._severites(lues) if self.est_mesure else dict.fromkeys(self.lecteurs, 0.0)
        self.corriges = {
            d: self.moyennes[d] - math.fsum(self.severites[r] for r in notes) / len(notes)
            for d, notes in self.par_dossier.items()
        }
        self.residus = math.fsum(
            (score - self.severites[r] - self.corriges[d]) ** 2
            for d, notes in self.par_dossier.items()
            for r, score in notes.items()
        )

    def _equations(self) -> list[list[float]]:
        rangs = {lecteur: rang for rang, lecteur in enumerate(self.lecteurs)}
        taille = len(rangs)
        matrice = [[1 / taille] * taille for _ in rangs]
        for notes in self.par_dossier.values():
            for un in notes:
                matrice[rangs[un]][rangs[un]] += 1
                for autre in notes:
                    matrice[rangs[un]][rangs[autre]] -= 1 / len(notes)
        return matrice

    def _severites(self, lues: list[Lue]) -> dict[int, float]:
        ecarts = dict.fromkeys(self.lecteurs, 0.0)
        nombres = dict.fromkeys(self.lecteurs, 0)
        for lue in lues:
            ecarts[lue.lecteur] += lue.score - self.moyennes[lue.dossier]
            nombres[lue.lecteur] += 1
        trouvees = [
            math.fsum(a * ecarts[r] for a, r in zip(ligne, self.lecteurs, strict=True))
            for ligne in self.inverse
        ]
        # The mean of all readings stays what it was: severity moves points between dossiers, it makes none.
        niveau = sum(s * nombres[r] for s, r in zip(trouvees, self.lecteurs, strict=True)) / len(lues)
        return {r: s - niveau for s, r in zip(trouvees, self.lecteurs, strict=True)}

    def variances(self) -> dict[tuple[int, int], float]:
        """For two dossiers of the group, the variance of the gap of their worths, over that of one reading."""
        if not self.est_mesure:
            return {}
        rangs = {lecteur: rang for rang, lecteur in enumerate(self.lecteurs)}
        lus = {d: [rangs[r] for r in notes] for d, notes in self.par_dossier.items()}
        portes = {
            d: [sum(self.inverse[rang][r] for r in lu) / len(lu) for rang in range(len(rangs))]
            for d, lu in lus.items()
        }
        produit = {(d, e): sum(portes[d][r] for r in lus[e]) / len(lus[e]) for d in lus for e in lus}
        return {
            (d, e): 1 / len(lus[d]) + 1 / len(lus[e]) + produit[d, d] + produit[e, e] - 2 * produit[d, e]
            for d in lus
            for e in lus
        }


def _groupes(lues: list[Lue]) -> list[list[Lue]]:
    """Readings by connected groups of readers and dossiers, the largest first."""
    chef: dict[tuple[str, int], tuple[str, int]] = {}

    def tete(noeud):
        while chef.setdefault(noeud, noeud) != noeud:
            noeud = chef[noeud]
        return noeud

    for lue in lues:
        chef[tete(("lecteur", lue.lecteur))] = tete(("dossier", lue.dossier))
    groupes = defaultdict(list)
    for lue in lues:
        groupes[tete(("dossier", lue.dossier))].append(lue)
    return sorted(groupes.values(), key=len, reverse=True)


def _inverser(matrice: list[list[float]]) -> list[list[float]]:
    """Gauss and Jordan, with the largest pivot; as many rows as readers."""
    taille = len(matrice)
    lignes = [[*ligne, *(float(i == j) for j in range(taille))] for i, ligne in enumerate(matrice)]
    for colonne in range(taille):
        pivot = max(range(colonne, taille), key=lambda i: abs(lignes[i][colonne]))
        lignes[colonne], lignes[pivot] = lignes[pivot], lignes[colonne]
        tete = lignes[colonne][colonne]
        lignes[colonne] = [x / tete for x in lignes[colonne]]
        for i in range(taille):
            facteur = lignes[i][colonne]
            if i != colonne and facteur:
                lignes[i] = [x - facteur * y for x, y in zip(lignes[i], lignes[colonne], strict=True)]
    return [ligne[taille:] for ligne in lignes]


# -- Ranks -----------------------------------------------------------------------------------------------------------
def _lignes(groupes: list[_Groupe], bruit: float | None, libertes: int) -> list[Ligne]:
    bruts = {d: m for g in groupes for d, m in g.moyennes.items()}
    corriges = {d: c for g in groupes for d, c in g.corriges.items()}
    departages = _departages(groupes, bruit, libertes)
    battus, devant = Counter(d for d, _ in departages), Counter(e for _, e in departages)
    lignes = []
    for groupe in groupes:
        for dossier, notes in groupe.par_dossier.items():
            sans_severite = [score - groupe.severites[r] for r, score in notes.items()]
            lignes.append(
                Ligne(
                    dossier=dossier,
                    scores=tuple(sorted(notes.values())),
                    brut=bruts[dossier],
                    corrige=corriges[dossier],
                    ecart=max(sans_severite) - min(sans_severite),
                    rang_brut=_rang(bruts, dossier),
                    rang=_rang(corriges, dossier),
                    rang_haut=None if bruit is None else 1 + devant[dossier],
                    rang_bas=None if bruit is None else len(bruts) - battus[dossier],
                )
            )
    return sorted(lignes, key=lambda ligne: (-ligne.corrige, -ligne.brut, ligne.dossier))


def _rang(scores: dict[int, float], dossier: int) -> int:
    """From 1; equal on the screen, equal in rank."""
    return 1 + sum(round(autre, 1) > round(scores[dossier], 1) for autre in scores.values())


def _departages(groupes: list[_Groupe], bruit: float | None, libertes: int) -> list[tuple[int, int]]:
    """The pairs (ahead, behind) that chance does not explain."""
    if bruit is None:
        return []
    seuil = (STUDENT[libertes - 1] if libertes <= len(STUDENT) else NORMALE) * bruit
    return [
        (d, e)
        for groupe in groupes
        for (d, e), variance in groupe.variances().items()
        if groupe.corriges[d] - groupe.corriges[e] > max(seuil * math.sqrt(max(0.0, variance)), 1e-9)
    ]


# -- In words --------------------------------------------------------------------------------------------------------
def _phrases(lues: list[Lue], groupes: list[_Groupe]) -> list[str]:
    """What a reader of the ranking should know: too few readings, groups apart, a correction that changes nothing."""
    if not lues:
        return ["Aucune lecture n'est rendue : il n'y a rien à classer."]
    mesures = [groupe for groupe in groupes if groupe.est_mesure]
    if not mesures:
        return [
            "Trop peu de lectures : il faut plusieurs dossiers lus par les mêmes personnes pour mesurer la sévérité. "
            "Les notes restent brutes, et aucun intervalle n'entoure les rangs."
        ]
    phrases = []
    if len(groupes) > 1:
        phrases.append(
            f"Les lectures forment {len(groupes)} groupes sans lecteur commun : d'un groupe à l'autre, "
            "la sévérité ne se compare pas et les rangs ne sont pas sûrs."
        )
    seules = sum(len(notes) == 1 for groupe in groupes for notes in groupe.par_dossier.values())
    if seules:
        ont = "n'a" if seules == 1 else "n'ont"
        phrases.append(
            f"{compter(seules, 'dossier')} {ont} qu'une lecture : ce rang tient à une seule personne."
        )
    peu_sures = sum(n < PARTAGEES_AU_MOINS for n in _partagees(groupes).values())
    if peu_sures:
        partagent = "partage" if peu_sures == 1 else "partagent"
        phrases.append(
            f"{compter(peu_sures, 'lecteur')} {partagent} moins de trois dossiers avec d'autres : la "
            "correction y est peu sûre."
        )
    if len(groupes) == 1 and len(lues) == len(groupes[0].lecteurs) * len(groupes[0].par_dossier):
        phrases.append("Les mêmes personnes ont lu tous les dossiers : la correction ne change aucun rang.")
    return phrases


def _partagees(groupes: list[_Groupe]) -> dict[int, int]:
    """Reader -> dossiers that somebody else read too."""
    return {
        lecteur: sum(lecteur in notes and len(notes) > 1 for notes in groupe.par_dossier.values())
        for groupe in groupes
        for lecteur in groupe.lecteurs
    }
