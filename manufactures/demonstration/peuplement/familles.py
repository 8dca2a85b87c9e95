"""A family: the history as it stood at one age of its wave, moulded; its copies people the wave of that age."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from accompagnement.models import Mission
from candidatures.instantanes import ajouter_mois
from manufactures.demonstration.peuplement import plan, temps
from manufactures.demonstration.peuplement.moules import Fonte, Moule
from manufactures.demonstration.peuplement.recits import PAR_RANG, PART_AMORCAGE, PART_INVESTISSEMENT
from manufactures.demonstration.peuplement.releve import MOT, Releve
from manufactures.demonstration.peuplement.retouches import RETOUCHES
from manufactures.demonstration.peuplement.seances import seance_du_rang
from manufactures.demonstration.peuplement.signes import COMMUN, PREMIER, RANG_DE_VAGUE
from manufactures.programme.models import NatureAide
from selection.models import Decision, SensDecision
from selection.models.arbitrage import NATURES

POINTS, SEANCES, JOURNEES = "selection_pointordredujour", "selection_seance", "accompagnement_journee"


@dataclass
class Seance:
    """A sitting of the history."""

    cle: str
    debut: datetime
    close: datetime | None = None


@dataclass
class Famille:
    """The moulds of one age."""

    age: int
    fermeture: datetime  # of the history's wave, at the hour of Paris
    suite: datetime  # closing of its next wave
    moules: dict[str, Moule]
    etats: dict[int, str]
    seances: dict[str, Seance] = field(default_factory=dict)  # by owner
    agendas: dict[str, set[int]] = field(default_factory=dict)  # sitting -> stories of its items
    points: dict[int, list[tuple[int, str]]] = field(
        default_factory=dict
    )  # story -> instant of an item, its sitting
    journees: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # story -> who, day
    depots: dict[int, int] = field(default_factory=dict)  # story -> instant of its deposit
    bornes: dict[int, tuple] = field(
        default_factory=dict
    )  # story -> by how much its deposit, its examination move
    jeu: tuple[int, int] = (0, 0)  # days by which a lot's sittings move

    attributions: dict[int, dict[str, Decimal]] = field(
        default_factory=dict
    )  # story -> kind -> the history's euros

    def moule(self, recit: int) -> Moule:
        """Of one story."""
        return self.moules[f"recit-{recit:02d}"]

    def engage(self, membre: plan.Membre, nature: str, *, propose: bool = False) -> Decimal:
        """Euros that a copy takes on its wave's envelope, or that the committee proposes for it."""
        if propose:
            parts = {NatureAide.INVESTISSEMENT: PART_INVESTISSEMENT, NatureAide.AMORCAGE: PART_AMORCAGE}
            recit = PAR_RANG[membre.recit]
            echelle = recit.echelle if recit.subvention else 0
            return Decimal(str(parts.get(nature, 0) * echelle)) * membre.prix
        euros = self.attributions.get(membre.recit, {}).get(nature, Decimal(0))
        return euros if nature == NatureAide.INGENIERIE else euros / PREMIER * membre.prix


def fondre(releve: Releve, age: int, scene, gens: dict[str, tuple]) -> Famille:
    """Mould what was read; `gens` names the history's people by their key."""
    fonte = Fonte(releve, age, gens, RETOUCHES)
    fonte.points = _points_par_seance(releve)
    dossiers = [ligne for ligne in releve.lignes if ligne.table.nom == "candidatures_dossier"]
    depots = {
        ligne.proprietaire: ligne.valeurs["depose_le"] for ligne in dossiers if ligne.valeurs["depose_le"]
    }
    depots = {nom: temps.lire_instant(texte).local for nom, texte in depots.items()}
    mois = scene.appel.delai_silence_mois
    fonte.implicites = {nom: ajouter_mois(depot.date(), mois) for nom, depot in depots.items()}
    vague, suite = scene.vagues[1], scene.vagues[2]
    famille = Famille(
        age=age,
        fermeture=temps.naif(vague.cloture),
        suite=temps.naif(suite.cloture),
        moules=fonte.couler(),
        etats={int(ligne.proprietaire[-2:]): ligne.valeurs["etat"] for ligne in dossiers},
    )
    famille.depots = {int(nom[-2:]): famille.moules[nom].instant(depot) for nom, depot in depots.items()}
    _lire_les_seances(famille, releve)
    _lire_les_journees(famille, releve, gens)
    famille.attributions = {int(cle[-2:]): _attribue(pk) for cle, pk in scene.dossiers.items()}
    jour = datetime.combine((famille.fermeture + timedelta(days=age)).date(), time())
    famille.jeu = plan.jeu(famille.moules.values(), famille.fermeture, jour)
    famille.bornes = {r: plan.bornes(famille.moule(r), famille.fermeture, jour) for r in famille.etats}
    return famille


def _attribue(dossier: int) -> dict[str, Decimal]:
    """Euros engaged by the deeds: the award once signed, the missions once ordered."""
    sommes = dict.fromkeys(NatureAide, Decimal(0))
    signees = Decision.objects.filter(dossier=dossier, sens=SensDecision.ATTRIBUTION, annulee_le=None)
    for decision in signees.exclude(signee_le=None):
        for nature, nom in NATURES.items():
            sommes[nature] += getattr(decision, f"montant_{nom}")
    for mission in Mission.objects.filter(dossier=dossier).exclude(commandee_le=None):
        sommes[NatureAide.INGENIERIE] += mission.ttc(mission.jours_engages)
    return sommes


def _points_par_seance(releve: Releve) -> dict[str, int]:
    comptes: dict[str, int] = {}
    for ligne in releve.lignes:
        if ligne.table.nom == POINTS:
            nom = f"seance-{ligne.valeurs['seance_id']}"
            comptes[nom] = comptes.get(nom, 0) + 1
    return comptes


def _lire_les_seances(famille: Famille, releve: Releve) -> None:
    """Each sitting with its hours, each item with its instant, so that a copy's items follow each other."""
    for ligne in releve.lignes:
        if ligne.table.nom == SEANCES:
            close = ligne.valeurs["close_le"]
            famille.seances[ligne.proprietaire] = Seance(
                "",
                temps.lire_instant(ligne.valeurs["debut"]).local,
                close and temps.lire_instant(close).local,
            )
    for ligne in releve.lignes:
        if ligne.table.nom == POINTS:
            nom, recit = f"seance-{ligne.valeurs['seance_id']}", int(ligne.proprietaire[-2:])
            famille.seances[nom].cle = seance_du_rang(int(ligne.valeurs["rang"]))
            famille.agendas.setdefault(nom, set()).add(recit)
            if conclu := ligne.valeurs["conclu_le"]:
                instant = famille.moule(recit).instant(temps.lire_instant(conclu).local)
                famille.points.setdefault(recit, []).append((instant, nom))


def _lire_les_journees(famille: Famille, releve: Releve, gens: dict[str, tuple]) -> None:
    """Days logged, by expert: a copy's expert must be free on each of them."""
    for ligne in releve.lignes:
        if ligne.table.nom == JOURNEES:
            recit = int(ligne.proprietaire[-2:])
            jour = famille.moule(recit).instant(temps.lire_date(ligne.valeurs["date"]).local)
            famille.journees.setdefault(recit, []).append((gens[ligne.valeurs["expert_id"]][1], jour))


def nommer_les_gens(scene) -> dict[str, tuple]:
    """Keys of the history's people, of its wave and of the next: what they become depends on the copy."""
    noms = {}
    for adresse, compte in scene.gens.items():
        if trouve := MOT.match(adresse):
            noms[str(compte.pk)] = int(trouve[1]), int(trouve[2]) // 10 * 10
    for rang, vague in scene.vagues.items():
        noms[str(vague.pk)] = COMMUN, RANG_DE_VAGUE + rang - 1
    return noms
