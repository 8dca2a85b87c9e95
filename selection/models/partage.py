"""What a sitting of arbitration shares: its open items, the envelope left to them, their bounds and groups."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, Sum

from candidatures.models.choix import TypeTerritoire
from manufactures.procedure import Etat
from manufactures.programme.models import Enveloppe
from selection import simulateur
from selection.models.arbitrage import NATURES, depenses_eligibles
from selection.models.choix import EtatScrutin, EtatSeance, TypeSeance
from selection.models.point import PointOrdreDuJour
from selection.models.scrutin import Scrutin
from selection.models.seance import Seance

CENTIMES = 100
SUR_MILLE = 1000
PROPOSE = "PROPOSE"
AVANT_LE_VOTE = (EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
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


def _en_vote() -> Exists:
    return Exists(Scrutin.objects.filter(point=OuterRef("pk")).exclude(etat=EtatScrutin.ANNULE))


def points_a_partager(seance: Seance) -> list[PointOrdreDuJour]:
    """Items whose amounts may still change: no ballot, no result, the dossier still before the committee."""
    points = PointOrdreDuJour.objects.filter(
        ~_en_vote(), seance=seance, resultat="", dossier__etat=Etat.EN_ARBITRAGE
    )
    return list(points.avec_le_lieu().select_related("proposition", "dossier__vague__appel").prefetch_related(
        "proposition__notes__critere", "dossier__filieres"
    ).order_by("rang"))  # fmt: skip


def promis_ailleurs(vague, points) -> dict[str, Decimal]:
    """Euros by kind that other items of the wave will take.

    Voted and not signed yet, under vote, or of a scenario adopted for another sitting.
    """
    autres = PointOrdreDuJour.objects.filter(
        seance__vague=vague,
        seance__type=TypeSeance.ARBITRAGE,
        dossier__etat=Etat.EN_ARBITRAGE,
        proposition__isnull=False,
    ).exclude(dossier__in=[p.dossier_id for p in points])
    adopte = Exists(Seance.objects.filter(pk=OuterRef("seance"), scenarios__adopte_le__isnull=False))
    a_venir = Q(adopte | _en_vote(), resultat="", seance__etat__in=AVANT_LE_VOTE)
    promis = autres.filter(Q(avis__sens="FAVORABLE") | a_venir).exclude(
        avis__decisions__signee_le__isnull=False
    )
    sommes = promis.aggregate(**{nom: Sum(f"proposition__{nom}") for nom in NATURES.values()})
    return {nature: sommes[nom] or Decimal("0.00") for nature, nom in NATURES.items()}


def lignes_libres(seance: Seance, points, *, verrou: bool = False) -> list[tuple[Enveloppe, Decimal]]:
    """Each line of the wave, with what these items may share of it; locked, in the order of their keys, on `verrou`."""
    lignes = Enveloppe.objects.filter(vague=seance.vague_id, nature__in=NATURES).order_by("pk")
    if verrou:
        lignes = lignes.select_for_update(of=("self",))
    lignes = list(lignes)  # before the sums: they are read under the lock
    promis = promis_ailleurs(seance.vague, points)
    return [(ligne, ligne.reste - promis[ligne.nature]) for ligne in lignes]


def enveloppe_libre(seance: Seance, points, *, verrou: bool = False) -> dict[str, Decimal]:
    """What these items may share, by kind."""
    return {ligne.nature: libre for ligne, libre in lignes_libres(seance, points, verrou=verrou)}


def progres(point: PointOrdreDuJour) -> tuple[Decimal, Decimal] | None:
    """Mean of the eight axes at entry and at exit, as the incubation's report froze them; None without a report."""
    bilans = [acte for acte in point.dossier.actes.all() if acte.genre == "bilan_incubation"]
    lignes = bilans[-1].instantane.get("diagnostic") if bilans else None
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
