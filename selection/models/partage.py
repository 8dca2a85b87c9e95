"""What a sitting of arbitration shares: its open items, the envelope left to them, their bounds and groups."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import slugify

from candidatures.models.choix import TypeTerritoire
from manufactures.procedure import Etat
from manufactures.programme.models import Region
from selection import simulateur
from selection.models.arbitrage import NATURES, depenses_eligibles
from selection.models.point import PointOrdreDuJour
from selection.models.promesses import en_vote, lignes_libres
from selection.models.seance import Seance

CENTIMES = 100
SUR_MILLE = 1000
PROPOSE = "PROPOSE"
QUOTAS = {
    TypeTerritoire.PETITE_OU_MOYENNE_VILLE: "des petites et moyennes villes",
    TypeTerritoire.RURAL: "rural",
    TypeTerritoire.QPV: "des quartiers prioritaires",
    TypeTerritoire.AUTRE: "des autres territoires",
}


def en_centimes(montant: Decimal) -> int:
    """Whole cents."""
    return int(montant * CENTIMES)


def en_euros(cents: int) -> Decimal:
    """Euros and cents."""
    return (Decimal(cents) / CENTIMES).quantize(Decimal("0.01"))


def points_a_partager(seance: Seance) -> list[PointOrdreDuJour]:
    """Items whose amounts may still change: no ballot, no result, still before the committee, of this wave."""
    points = PointOrdreDuJour.objects.filter(
        ~en_vote(),
        seance=seance,
        resultat="",
        dossier__etat=Etat.EN_ARBITRAGE,
        dossier__vague=seance.vague_id,
    )
    return list(points.avec_le_lieu().select_related("proposition", "dossier__vague__appel").prefetch_related(
        "proposition__notes__critere", "dossier__filieres"
    ).order_by("rang"))  # fmt: skip


def enveloppe_libre(seance: Seance, points, *, verrou: bool = False) -> dict[str, Decimal]:
    """What these items may share, by kind."""
    return {ligne.nature: libre for ligne, libre in lignes_libres(seance.vague, points, verrou=verrou)}


def progres(point: PointOrdreDuJour) -> tuple[Decimal, Decimal] | None:
    """Mean of the eight axes at entry and at exit, as the incubation's report froze them; None without a report."""
    bilans = [acte for acte in point.dossier.actes.all() if acte.genre == "bilan_incubation"]
    dernier = bilans[-1] if bilans else None
    if dernier is None:
        return None
    lignes = dernier.diagnostic if hasattr(dernier, "diagnostic") else dernier.instantane.get("diagnostic")
    if not lignes:
        return None
    return tuple(
        (Decimal(sum(ligne[moment] or 0 for ligne in lignes)) / len(lignes)).quantize(Decimal("0.1"))
        for moment in ("entree", "sortie")
    )


def score_de(point: PointOrdreDuJour) -> int:
    """On a thousand: the marks of the arbitration grid by weight; zero where nothing is marked."""
    proposition = getattr(point, "proposition", None)
    notes = list(proposition.notes.all()) if proposition else []
    poids = sum(note.critere.poids * note.critere.echelle for note in notes)
    return SUR_MILLE * sum(note.note * note.critere.poids for note in notes) // poids if poids else 0


def groupes_de(point: PointOrdreDuJour) -> frozenset[tuple[str, str]]:
    """Kind of territory and region of the main place, and the filières."""
    dossier = point.dossier
    site = next((s for s in dossier.sites.all() if s.principal), None)
    groupes = {("filiere", filiere.libelle) for filiere in dossier.filieres.all()}
    if site and site.type_territoire:
        groupes.add(("territoire", site.type_territoire))
    if site and site.commune:
        groupes.add(("region", str(site.commune.departement.region_id)))
    return frozenset(groupes)


@dataclass(frozen=True)
class Groupe:
    """What a quota may bear on: a kind of territory, a region, a filière; how many projects here are of it."""

    axe: str
    valeur: str
    titre: str
    libelle: str  # after « le quota »
    nombre: int = 0

    @property
    def cle(self) -> str:
        """End of the names of its two fields."""
        return self.valeur if self.axe == "territoire" else f"{self.axe}_{slugify(self.valeur)}"


def groupes_presents(points) -> list[Groupe]:
    """Each kind of territory, then the regions and filières that these items come from, the most numerous first."""
    comptes = Counter(groupe for point in points for groupe in groupes_de(point))
    regions = Region.objects.in_bulk([valeur for axe, valeur in comptes if axe == "region"])
    groupes = [
        Groupe("territoire", t.value, t.label, QUOTAS[t], comptes["territoire", t.value]) for t in QUOTAS
    ]
    autres = []
    for (axe, valeur), nombre in comptes.items():
        if axe == "region":
            nom = regions[valeur].nom
            autres.append(Groupe(axe, valeur, nom, f"de la région {nom}", nombre))
        elif axe == "filiere":
            titre = valeur[:1].upper() + valeur[1:]
            autres.append(Groupe(axe, valeur, titre, f"de la filière {valeur.lower()}", nombre))
    return groupes + sorted(autres, key=lambda g: (g.axe != "region", -g.nombre, g.titre))


def demandes_de(points, *, base: str, plancher: int) -> list[simulateur.Demande]:
    """The requests of these items, best score first, the agenda's order between equals."""
    depenses = depenses_eligibles([p.dossier_id for p in points])
    par_rang = sorted(points, key=lambda p: (-score_de(p), p.rang))
    demandes = []
    for rang, point in enumerate(par_rang, start=1):
        bornes = {}
        for nature, nom in NATURES.items():
            proposition, appel = getattr(point, "proposition", None), point.dossier.vague.appel
            plafond_appel = getattr(appel, f"plafond_{nom}")
            depense = (
                getattr(proposition, f"depense_{nom}")
                if proposition
                else depenses.get(point.dossier_id, {}).get(nature, Decimal(0))
            )
            bornes[str(nature)] = simulateur.bornes(
                en_centimes(getattr(point.dossier, f"demande_{nom}")),
                en_centimes(getattr(proposition, nom)) if proposition and base == PROPOSE else None,
                plafonds=[
                    en_centimes(depense),
                    None if plafond_appel is None else en_centimes(plafond_appel),
                ],
                pourcent=plancher,
            )
        demandes.append(
            simulateur.Demande(
                cle=point.pk,
                nom=point.dossier.nom_projet,
                rang=rang,
                score=score_de(point),
                planchers={nature: b[0] for nature, b in bornes.items()},
                plafonds={nature: b[1] for nature, b in bornes.items()},
                groupes=groupes_de(point),
            )
        )
    return demandes
