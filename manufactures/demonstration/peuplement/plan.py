"""How many dossiers of each kind, gathered in which lots: a lot has its sittings and its cohort, and its own days."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from manufactures.demonstration.peuplement import temps
from manufactures.demonstration.peuplement.decor import AGES, DUREE_VAGUE
from manufactures.demonstration.peuplement.moules import Moule
from manufactures.demonstration.peuplement.recits import PAR_RANG

# Parts of a hundred dossiers, by the age of their wave.
PARTS = dict(zip(AGES, (13, 12, 8, 10, 14, 13, 16, 14), strict=True))
SIEGENT_AU_PLUS = 40  # items of a sitting
MARGE = timedelta(hours=1)
JEU = 3  # days by which things may stand before or after those of the history
DEMI_HEURE = 30
PRIX = range(500, 1300, 10)  # what one unit of the history's sums becomes, in euros


@dataclass(slots=True)
class Membre:
    """A dossier to come: its story, the days it is moved by, its price, its rank in its sittings."""

    recit: int
    depot: timedelta
    examen: timedelta
    prix: int
    rang: int = 0


@dataclass
class Lot:
    """Dossiers that share sittings and a cohort."""

    age: int
    jeu: timedelta
    membres: list[Membre] = field(default_factory=list)


def repartir(nombre: int, poids: dict) -> dict:
    """So many in proportion to the weights, exactly: the largest remainders first."""
    total = sum(poids.values())
    parts = {cle: nombre * part // total for cle, part in poids.items()}
    restes = sorted(poids, key=lambda cle: (-(nombre * poids[cle] % total), str(cle)))
    for cle in restes[: nombre - sum(parts.values())]:
        parts[cle] += 1
    return parts


def compter(nombre: int, etats: dict[tuple[int, int], str]) -> dict[tuple[int, int], int]:
    """How many copies of each mould (age, story): one of each state first, then in proportion."""
    un_par_etat = {}
    for cle, etat in etats.items():
        un_par_etat.setdefault(etat, cle)
    premiers = Counter(list(un_par_etat.values())[:nombre])
    comptes = Counter(premiers)
    reste = nombre - sum(premiers.values())
    for age, n in repartir(reste, PARTS).items():
        poids = {cle: PAR_RANG[cle[1]].poids for cle in etats if cle[0] == age}
        comptes.update(repartir(n, poids))
    return {cle: n for cle, n in comptes.items() if n}


def composer(nombre: int, etats: dict, familles: dict, alea: Random) -> list[Lot]:
    """Every lot, oldest wave first, and in a wave in the order of their sittings."""
    comptes, lots = compter(nombre, etats), []
    for age in AGES:
        recits = [recit for (a, recit), n in sorted(comptes.items()) if a == age for _ in range(n)]
        alea.shuffle(recits)
        assis = sum(bool(PAR_RANG[recit].avis) for recit in recits) or len(recits)
        parts = max(1, -(-assis // SIEGENT_AU_PLUS))
        jeux = sorted(alea.randint(*familles[age].jeu) for _ in range(parts))
        de_l_age = [Lot(age, timedelta(days=jeu)) for jeu in jeux]
        for rang, recit in enumerate(recits):
            de_l_age[rang % parts].membres.append(_membre(recit, familles[age].bornes[recit], alea))
        lots += [_ranger(lot) for lot in de_l_age if lot.membres]
    return lots


def _ranger(lot: Lot) -> Lot:
    """Those who sit come first, in the order of the agenda."""
    lot.membres.sort(key=lambda membre: not PAR_RANG[membre.recit].avis)
    for rang, membre in enumerate(lot.membres, 1):
        membre.rang = rang
    return lot


def _membre(recit: int, bornes: tuple, alea: Random) -> Membre:
    depot, examen = bornes
    return Membre(recit, _tirer(depot, alea), _tirer(examen, alea), alea.choice(PRIX))


def _tirer(bornes: tuple[timedelta, timedelta], alea: Random) -> timedelta:
    """Whole days and some minutes between two bounds."""
    bas, haut = bornes
    jours = alea.randint(-(-bas // timedelta(days=1)), haut // timedelta(days=1)) if haut > bas else 0
    ecart = timedelta(days=jours, minutes=alea.randint(-DEMI_HEURE, DEMI_HEURE))
    return min(max(ecart, bas), haut) if bas <= haut else timedelta(0)


def bornes(moule: Moule, fermeture: datetime, jour: datetime) -> tuple:
    """By how much the deposit, then the examination, may move: inside the wave, and never past the present day."""
    phases = par_phase([moule], fermeture)
    ouverture = fermeture - DUREE_VAGUE + MARGE * 3
    depots = [d for d in phases.get(temps.DEPOT, ()) if d < jour] or [ouverture]
    avant = min(jour, datetime.combine(fermeture.date(), time())) - MARGE
    depot = (ouverture - min(depots), avant - max(depots))
    examens = [d for d in phases.get(temps.EXAMEN, ()) if d < jour]
    if not examens:
        return depot, (timedelta(0), timedelta(0))
    fin = min(jour, fermeture + temps.DEBUT_DU_COMITE - timedelta(days=1)) - MARGE
    examen = (
        max(fermeture + MARGE * 20 - min(examens), -timedelta(days=JEU)),
        min(fin - max(examens), timedelta(days=JEU)),
    )
    return depot, examen


def jeu(moules: Iterable[Moule], fermeture: datetime, jour: datetime) -> tuple[int, int]:
    """Days by which a lot's sittings may come sooner or later: what is past stays past, what is to come, to come."""
    instants = par_phase(moules, fermeture).get(temps.COMITE, ())
    passes = [jour - d for d in instants if d < jour]
    a_venir = [d - jour - timedelta(days=1) for d in instants if d >= jour]
    plus_tot = min((ecart // timedelta(days=1) for ecart in a_venir), default=JEU)
    plus_tard = min((ecart // timedelta(days=1) for ecart in passes), default=JEU)
    return -max(min(plus_tot, JEU), 0), max(min(plus_tard, JEU), 0)


def par_phase(moules: Iterable[Moule], fermeture: datetime) -> dict[int, list[datetime]]:
    """Instants of these moulds, by phase."""
    phases: dict[int, list[datetime]] = {}
    for moule in moules:
        for local in moule.instants:
            phases.setdefault(temps.phase(local, fermeture), []).append(local)
    return phases
