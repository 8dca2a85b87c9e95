"""Scenarios side by side: a row a project, the totals, the balance by territory and filière."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch

from manufactures.actes.models import Acte
from manufactures.procedure import Etat
from selection.models import LigneScenario, NoteArbitrage, PointOrdreDuJour, Scenario, Seance
from selection.models.arbitrage import NATURES
from selection.models.partage import Groupe, en_euros, groupes_de, progres, score_de
from selection.models.promesses import lignes_libres

COLONNES = 3
ZERO = Decimal("0.00")


@dataclass
class Colonne:
    """One scenario, with its lines by item."""

    scenario: Scenario
    lignes: dict[int, LigneScenario] = field(default_factory=dict)

    @property
    def exclus(self) -> list[LigneScenario]:
        """Those left out, in the order of the agenda."""
        return [ligne for ligne in self.lignes.values() if not ligne.retenu]

    @property
    def retenus(self) -> int:
        """How many enter."""
        return sum(ligne.retenu for ligne in self.lignes.values())

    def total(self, nom: str) -> Decimal:
        """Euros of one kind."""
        return sum((getattr(ligne, nom) for ligne in self.lignes.values()), ZERO)

    @property
    def restes(self) -> list[dict]:
        """By kind: shared, given, left, and the common rate where there is one."""
        lignes = []
        for nature, nom in NATURES.items():
            partage, donne = en_euros(self.scenario.enveloppe.get(nature, 0)), self.total(nom)
            taux = self.scenario.taux.get(nature)
            lignes.append({
                "nature": nature.label, "partage": partage, "donne": donne, "reste": partage - donne,
                "taux": None if taux is None else Decimal(taux) / 100,
            })  # fmt: skip
        return lignes

    @property
    def en_calcul(self) -> bool:
        """Its task has not ended."""
        return self.scenario.calcule_le is None


def points_compares(user, seance: Seance) -> list[PointOrdreDuJour]:
    """Items of the sitting, with what a comparison tells of each."""
    bilans = Prefetch("dossier__actes", Acte.objects.filter(genre="bilan_incubation"))
    points = PointOrdreDuJour.objects.visibles_par(user).filter(seance=seance).avec_le_lieu()
    points = points.select_related("proposition").order_by("rang")
    notes = Prefetch("proposition__notes", NoteArbitrage.objects.select_related("critere"))
    return list(points.prefetch_related(notes, "dossier__filieres", bilans))


def colonnes_de(user, seance: Seance, choisis: list[str]) -> tuple[list[Scenario], list[Colonne]]:
    """All the scenarios, and those compared: the ones chosen, else the adopted one and the latest."""
    tous = list(Scenario.objects.visibles_par(user).filter(seance=seance).select_related("compose_par"))
    compares = [s for s in tous if str(s.pk) in choisis]
    if not compares:
        derniers = sorted(tous, key=lambda s: (s.adopte_le is None, -s.pk))[:COLONNES]
        compares = [s for s in tous if s in derniers]
    colonnes = {s.pk: Colonne(s) for s in compares}
    lignes = LigneScenario.objects.filter(scenario__in=compares).select_related("point__dossier")
    for ligne in lignes.order_by("scenario", "point__rang"):
        colonnes[ligne.scenario_id].lignes[ligne.point_id] = ligne
    return tous, list(colonnes.values())


def rangees(points: list[PointOrdreDuJour], colonnes: list[Colonne]) -> list[dict]:
    """A row a project: where it comes from, what is asked and proposed, what each scenario gives it."""
    return [
        {
            "point": point,
            "proposition": getattr(point, "proposition", None),
            "progres": progres(point),
            "score": Decimal(score_de(point)) / 10,
            "lignes": [colonne.lignes.get(point.pk) for colonne in colonnes],
        }
        for point in points
    ]


def equilibre(points: list[PointOrdreDuJour], colonnes: list[Colonne], presents: list[Groupe]) -> list[dict]:
    """By kind of territory, region and filière: how many ask, how many enter in each scenario, for how much."""
    siens = {point.pk: groupes_de(point) for point in points}
    lignes = []
    for groupe in presents:
        if not groupe.nombre:
            continue
        dedans = {pk for pk, groupes in siens.items() if (groupe.axe, groupe.valeur) in groupes}
        parts = []
        for colonne in colonnes:
            entres = [ligne for pk, ligne in colonne.lignes.items() if pk in dedans and ligne.retenu]
            somme = sum((ligne.investissement + ligne.amorcage for ligne in entres), ZERO)
            parts.append({"nombre": len(entres), "euros": somme} if colonne.lignes else None)
        lignes.append({"axe": groupe.axe, "libelle": groupe.titre, "inscrits": groupe.nombre, "parts": parts})
    return lignes


def jauges(seance: Seance, points: list[PointOrdreDuJour]) -> list[dict]:
    """By kind, for the wave: what is committed, promised to other items, proposed here, and left."""
    # What is signed is committed already; the rest of the sitting is what its proposals say.
    ouverts = [
        p.proposition for p in points if p.dossier.etat == Etat.EN_ARBITRAGE and hasattr(p, "proposition")
    ]
    lignes = []
    for ligne, libre in lignes_libres(seance.vague, points):
        propose = sum((getattr(p, NATURES[ligne.nature]) for p in ouverts), ZERO)
        reste = libre - propose
        part = min(100, max(0, int(100 * (ligne.plafond - reste) / ligne.plafond))) if ligne.plafond else 0
        lignes.append({
            "ligne": ligne, "promis": ligne.reste - libre, "propose": propose, "reste": reste, "part": part,
        })  # fmt: skip
    return lignes
