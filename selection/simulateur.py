"""Three ways to share an envelope among the requests of a sitting: plain arithmetic, no table is read here.

Amounts are whole cents, by kind of subsidy. A request enters with its floors at least, or not at all; its ceilings are
the most it may receive. Same requests, same rules: same answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from math import gcd

from manufactures.francais import compter, pluriel

Montants = Mapping[str, int]
RANG, TAUX, SCORE = "RANG", "TAUX", "SCORE"
DIX_MILLE = 10_000  # a rate is counted in hundredths of a per cent
EURO = 100
SECONDES = 20.0  # a program with as many quotas as kinds of territory ends in the time of a task
ENTIER_DEMI = 0.5


class Insoluble(Exception):  # noqa: N818 (a French noun: nothing satisfies these rules together)
    """No set of projects keeps all the rules; the message says which one cannot hold."""


@dataclass(frozen=True)
class Demande:
    """One request: what it may receive by kind, its rank, its score, and the groups that the quotas count."""

    cle: int
    nom: str
    rang: int
    score: int
    planchers: Montants
    plafonds: Montants
    groupes: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Quota:
    """At least so many, at most so many projects of one group: a kind of territory, a region, a filière."""

    axe: str
    valeur: str
    libelle: str
    minimum: int = 0
    maximum: int | None = None

    def vise(self, demande: Demande) -> bool:
        """The request belongs to the group."""
        return (self.axe, self.valeur) in demande.groupes

    def porte_a(self, nombre: int) -> "Quota":
        """The same quota at this number: its maximum where it has one, else its minimum."""
        if self.maximum is None:
            return replace(self, minimum=nombre)
        return replace(self, maximum=nombre)

    def manque(self, nombre: int, un: str, plusieurs: str, aucun: str) -> str:
        """« Le quota rural demande 4 projets, 2 seulement entrent. »"""
        suite = f"{nombre} seulement {pluriel(nombre, un, plusieurs)}" if nombre else f"aucun {aucun}"
        return f"Le quota {self.libelle} demande {compter(self.minimum, 'projet')}, {suite}."


@dataclass(frozen=True)
class Partage:
    """Who receives what; `taux` by kind, in hundredths of a per cent, where a common rate was applied."""

    montants: dict[int, dict[str, int]]
    reste: dict[str, int]
    score: int
    taux: dict[str, int] = field(default_factory=dict)
    manques: list[str] = field(default_factory=list)  # minima that the way chosen does not reach
    phrases: dict[int, str] = field(default_factory=dict)  # of those left out


def bornes(
    demande: int, propose: int | None, *, plafonds: Iterable[int | None], pourcent: int
) -> tuple[int, int]:
    """Floor and ceiling of one kind: the amount proposed where there is one, else asked, under every ceiling given."""
    plafond = min([demande if propose is None else propose, *(p for p in plafonds if p is not None)])
    return -(-plafond * pourcent // 100), plafond


def somme(montants: Iterable[Montants], nature: str) -> int:
    """Cents of one kind."""
    return sum(m.get(nature, 0) for m in montants)


def depassements(montants: Iterable[Montants], enveloppe: Montants) -> dict[str, int]:
    """Cents over the envelope, by kind; empty when all fits."""
    montants = list(montants)
    exces = {nature: somme(montants, nature) - limite for nature, limite in enveloppe.items()}
    return {nature: cents for nature, cents in exces.items() if cents > 0}


# -- By rank, and at a common rate -------------------------------------------------------------------------------------
def ordre(demandes: list[Demande], quotas: list[Quota]) -> list[Demande]:
    """By rank, save that the best of a group come first, up to its minimum."""
    par_rang = sorted(demandes, key=lambda d: (d.rang, d.cle))
    reserves = {d.cle for q in quotas for d in [d for d in par_rang if q.vise(d)][: q.minimum]}
    return sorted(par_rang, key=lambda d: (d.cle not in reserves, d.rang, d.cle))


def places_par_groupe(quotas: list[Quota]) -> dict[tuple[str, str], int]:
    """The maximum of each group that has one: the least, where two quotas bear on the same."""
    places: dict[tuple[str, str], int] = {}
    for quota in quotas:
        if quota.maximum is not None:
            cle = (quota.axe, quota.valeur)
            places[cle] = min(quota.maximum, places.get(cle, quota.maximum))
    return places


def sous_les_maxima(demandes: Iterable[Demande], quotas: list[Quota]) -> list[Demande]:
    """Those whom no maximum stops, each taking its place in turn."""
    places, passes = places_par_groupe(quotas), []
    for demande in demandes:
        siens = demande.groupes & places.keys()
        if all(places[groupe] for groupe in siens):
            passes.append(demande)
            for groupe in siens:
                places[groupe] -= 1
    return passes


def par_rang(demandes: list[Demande], enveloppe: Montants, quotas: list[Quota]) -> dict[int, dict[str, int]]:
    """Each its ceilings, the last one what remains above its floors; nobody passes before a better rank."""
    reste, montants, places = dict(enveloppe), {}, places_par_groupe(quotas)
    for demande in ordre(demandes, quotas):
        siens = demande.groupes & places.keys()
        if not all(places[groupe] for groupe in siens):
            continue
        if any(demande.planchers.get(nature, 0) > libre for nature, libre in reste.items()):
            break
        for groupe in siens:
            places[groupe] -= 1
        recu = {nature: min(demande.plafonds.get(nature, 0), libre) for nature, libre in reste.items()}
        montants[demande.cle] = recu
        reste = {nature: libre - recu[nature] for nature, libre in reste.items()}
    return montants


def au_taux(demandes: list[Demande], enveloppe: Montants) -> tuple[dict[int, dict[str, int]], dict[str, int]]:
    """The highest rate by kind at which all fit, in whole euros, nobody under its floor: those fit."""

    def recus(nature: str, taux: int) -> list[int]:
        return [max(d.planchers.get(nature, 0), _a_l_euro(d.plafonds.get(nature, 0), taux)) for d in demandes]

    taux, montants = {}, {d.cle: {} for d in demandes}
    for nature, limite in enveloppe.items():
        bas, haut = 0, DIX_MILLE
        while bas < haut:
            milieu = (bas + haut + 1) // 2
            bas, haut = (milieu, haut) if sum(recus(nature, milieu)) <= limite else (bas, milieu - 1)
        taux[nature] = bas
        for demande, recu in zip(demandes, recus(nature, bas), strict=True):
            montants[demande.cle][nature] = recu
    return montants, taux


def _a_l_euro(plafond: int, taux: int) -> int:
    return plafond if taux == DIX_MILLE else plafond * taux // DIX_MILLE // EURO * EURO


def a_servir_ensemble(demandes: list[Demande], enveloppe: Montants, quotas: list[Quota]) -> list[Demande]:
    """As many as the floors allow: the last of the order leave first."""
    retenus = sous_les_maxima(ordre(demandes, quotas), quotas)
    exces = depassements([d.planchers for d in retenus], enveloppe)
    while retenus and any(cents > 0 for cents in exces.values()):
        parti = retenus.pop()
        exces = {nature: cents - parti.planchers.get(nature, 0) for nature, cents in exces.items()}
    return retenus


# -- The best total score ----------------------------------------------------------------------------------------------
def meilleur_ensemble(demandes: list[Demande], enveloppe: Montants, quotas: list[Quota]) -> list[Demande]:
    """The requests of greatest total score whose floors fit, within the quotas; at equal scores, the most projects.

    An exact integer program. HiGHS computes in floating point: each answer is checked in whole cents, and cut off when
    it does not hold.
    """
    import highspy  # slow to load, with numpy: only where a sitting is computed

    demandes = sorted(demandes, key=lambda d: (d.rang, d.cle))
    solveur = highspy.Highs()
    solveur.silent()
    for option, valeur in (
        ("threads", 1),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", ENTIER_DEMI),  # scores are whole: under one, there is no better
        ("mip_feasibility_tolerance", 1e-9),
        ("primal_feasibility_tolerance", 1e-9),
        ("time_limit", SECONDES),
    ):
        solveur.setOptionValue(option, valeur)
    for demande in demandes:
        solveur.addVar(0.0, 1.0)
        indice = solveur.getNumCol() - 1
        solveur.changeColIntegrality(indice, highspy.HighsVarType.kInteger)
        solveur.changeColCost(indice, float(demande.score * (len(demandes) + 1) + 1))
    solveur.changeObjectiveSense(highspy.ObjSense.kMaximize)
    for bas, haut, poids in _lignes(demandes, enveloppe, quotas):
        _ajouter(solveur, bas, haut, poids)
    while True:
        solveur.run()
        etat = solveur.getModelStatus()
        if etat == highspy.HighsModelStatus.kInfeasible:
            raise Insoluble(_pourquoi(demandes, quotas))
        if etat not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise Insoluble("Le calcul n'a pas abouti : retirez un quota, ou partagez par rang.")
        pris = [valeur > ENTIER_DEMI for valeur in list(solveur.getSolution().col_value)]
        retenus = [d for d, dedans in zip(demandes, pris, strict=True) if dedans]
        if not depassements([d.planchers for d in retenus], enveloppe):
            return retenus
        coupe = {i: 1.0 if dedans else -1.0 for i, dedans in enumerate(pris)}
        _ajouter(solveur, -float("inf"), float(sum(pris) - 1), coupe)


def _lignes(demandes: list[Demande], enveloppe: Montants, quotas: list[Quota]):
    """Rows of the program: one a kind, divided by what its floors share, and one a quota."""
    for nature, limite in enveloppe.items():
        poids = {i: d.planchers[nature] for i, d in enumerate(demandes) if d.planchers.get(nature)}
        if poids:
            commun = reduce(gcd, poids.values())
            yield -float("inf"), float(limite // commun), {i: float(p // commun) for i, p in poids.items()}
    for quota in quotas:
        poids = {i: 1.0 for i, d in enumerate(demandes) if quota.vise(d)}
        haut = float("inf") if quota.maximum is None else float(quota.maximum)
        if poids:
            yield float(quota.minimum), haut, poids
        elif quota.minimum:
            raise Insoluble(_pourquoi(demandes, quotas))


def _ajouter(solveur, bas: float, haut: float, poids: dict[int, float]) -> None:
    solveur.addRow(bas, haut, len(poids), list(poids), list(poids.values()))


def _pourquoi(demandes: list[Demande], quotas: list[Quota]) -> str:
    for quota in quotas:
        presents = sum(quota.vise(d) for d in demandes)
        if presents < quota.minimum:
            return quota.manque(presents, "s'y présente", "s'y présentent", "ne s'y présente")
    return "Ces quotas ne tiennent pas ensemble dans cette enveloppe : abaissez un minimum ou le plancher."
