"""One lot: who is in it, under which keys, when; what its sittings and its cohort share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from manufactures.demonstration.peuplement import temps
from manufactures.demonstration.peuplement.familles import Famille
from manufactures.demonstration.peuplement.identites import Personne
from manufactures.demonstration.peuplement.moules import Moule
from manufactures.demonstration.peuplement.plan import Lot, Membre
from manufactures.demonstration.peuplement.tirages import Identite, Tirages
from manufactures.demonstration.selection import PAR_POINT
from manufactures.programme.models import Vague


@dataclass
class Copie:
    """One mould being filled."""

    moule: Moule
    membre: Membre | None = None
    bases: dict[str, int] = field(default_factory=dict)
    identite: Identite | None = None
    instants: list[datetime] = field(default_factory=list)
    valeurs: list[str] = field(default_factory=list)
    numeros: list[tuple[int, int]] = field(default_factory=list)  # of its acts: year, rank
    codes: list[str] = field(default_factory=list)

    def cle(self, table: str, rang: int) -> str:
        """Key of a row of this copy."""
        return str(self.bases[table] + rang)


@dataclass
class Livre:
    """What one lot leaves to the next: euros engaged, and the chains of the journal that cross lots."""

    engage: dict[int, dict[str, Decimal]] = field(default_factory=dict)  # wave -> kind -> euros
    plafonds: dict[tuple[int, str], Decimal] = field(default_factory=dict)  # wave, kind -> ceiling
    chaines: dict[str, tuple[int, str]] = field(
        default_factory=dict
    )  # thread -> rank and digest of its last line


@dataclass
class Tableau:
    """A lot on the workbench."""

    lot: Lot
    famille: Famille
    vague: Vague
    suite: Vague
    partages: dict[str, Copie] = field(default_factory=dict)
    membres: list[Copie] = field(default_factory=list)
    representants: dict[int, Copie] = field(default_factory=dict)
    agendas: dict[str, list[Copie]] = field(default_factory=dict)  # sitting -> its items, in order
    rangs: dict[tuple[int, str], int] = field(
        default_factory=dict
    )  # rank of a dossier, sitting's short name -> item
    equipe: dict[int, Personne] = field(default_factory=dict)
    examines: int = 0  # dossiers of the wave on which the committee gives an opinion
    evenements: dict[tuple[str, int], int] = field(
        default_factory=dict
    )  # lines of a sitting's thread, renumbered

    def toutes(self) -> list[Copie]:
        """Shared objects first."""
        return [*self.partages.values(), *self.membres]

    def representant(self, recit: int) -> Copie:
        """The copy that stands for a story which another row names; any laureate where the lot has none of it."""
        if recit not in self.representants:
            accueil = [copie for copie in self.membres if "accompagnement_inscription" in copie.moule.nombres]
            self.representants[recit] = accueil[0]
        return self.representants[recit]


def esquisser(lot: Lot, famille: Famille, vagues: tuple[Vague, Vague]) -> Tableau:
    """Who, on which agenda, when: all that the plan alone decides."""
    tableau = Tableau(lot, famille, *vagues)
    for membre in lot.membres:
        copie = Copie(famille.moule(membre.recit), membre)
        tableau.membres.append(copie)
        tableau.representants.setdefault(membre.recit, copie)
    for nom in sorted({nom for copie in tableau.membres for nom in copie.moule.partages}):
        tableau.partages[nom] = Copie(famille.moules[nom])
    _inscrire(tableau)
    for copie in tableau.toutes():
        copie.instants = _instants(tableau, copie)
    return tableau


def habiller(tableau: Tableau, tirages: Tirages, allouer: Callable[[dict[str, int]], dict[str, int]]) -> None:
    """Keys, codes and people, before a line is written: rows of a lot name each other."""
    for copie in tableau.toutes():
        copie.bases = allouer(copie.moule.nombres)
        copie.codes = [tirages.code() for _ in copie.moule.actes]
    for copie in tableau.membres:
        copie.identite = tirages.identite(copie.membre.recit, _jours(tableau.famille, copie))
    if any(nom.startswith("promotion") for nom in tableau.partages):
        tableau.equipe = tirages.equipe_du_lot()


def _inscrire(tableau: Tableau) -> None:
    """The agenda of each sitting: the lot's members of its stories, in the lot's order."""
    for nom, recits in tableau.famille.agendas.items():
        inscrits = [copie for copie in tableau.membres if copie.membre.recit in recits]
        tableau.agendas[nom] = inscrits
        for rang, copie in enumerate(inscrits, 1):
            tableau.rangs[copie.membre.rang, tableau.famille.seances[nom].cle] = rang


def _jours(famille: Famille, copie: Copie) -> dict[int, list[int]]:
    """Days logged by each expert of this copy."""
    jours: dict[int, list[int]] = {}
    for qui, instant in famille.journees.get(copie.membre.recit, ()):
        jours.setdefault(qui, []).append(copie.instants[instant].toordinal())
    return jours


# -- When ----------------------------------------------------------------------------------------------------------
def instants_des_actes(tableau: Tableau) -> list[datetime]:
    """When each act of the lot is ordered, in the order in which the lot takes its numbers."""
    return [copie.instants[instant] for copie in tableau.toutes() for instant in copie.moule.actes]


def _instants(tableau: Tableau, copie: Copie) -> list[datetime]:
    famille, moule, g = (
        tableau.famille,
        copie.moule,
        temps.naif(tableau.vague.cloture) - tableau.famille.fermeture,
    )
    sur_place = timedelta(0)  # what was there before the wave stays
    glissements = [sur_place, g, g, g + tableau.lot.jeu]
    if copie.membre is not None:
        glissements[1:3] = g + copie.membre.depot, g + copie.membre.examen
    fixes = _fixes(tableau)
    nouveaux = [
        fixes.get(local) or local + glissements[temps.phase(local, famille.fermeture)]
        for local in moule.instants
    ]
    debuts = {nom: seance.debut + g + tableau.lot.jeu for nom, seance in famille.seances.items()}
    seance = famille.seances.get(moule.nom)
    if seance and seance.close in moule.instants:
        nouveaux[moule.instants[seance.close]] = debuts[moule.nom] + PAR_POINT * (
            len(tableau.agendas[moule.nom]) + 1
        )
    if copie.membre is not None:
        for instant, nom in famille.points.get(copie.membre.recit, ()):
            rang = tableau.rangs[copie.membre.rang, famille.seances[nom].cle]
            nouveaux[instant] = debuts[nom] + PAR_POINT * rang
    return nouveaux


def _fixes(tableau: Tableau) -> dict[datetime, datetime]:
    """Instants of the waves' calendar, which nothing moves."""
    famille, vague, suite = tableau.famille, tableau.vague, temps.naif(tableau.suite.cloture)
    decision = vague.decision_prevue - vague.cloture
    return {
        famille.fermeture + decision: temps.naif(vague.decision_prevue),
        famille.fermeture: temps.naif(vague.cloture),
        famille.fermeture - (vague.cloture - vague.ouverture): temps.naif(vague.ouverture),
        famille.suite: suite,
        datetime.combine(famille.suite.date(), temps.MIDI): suite,
    }
