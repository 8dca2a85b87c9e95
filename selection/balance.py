"""The wave while one decides: its laureates, the places left over the call, the waiting list, where they come from."""

from collections import Counter
from dataclasses import dataclass

from candidatures.models import Dossier, Site
from candidatures.models.choix import TypeTerritoire
from manufactures.procedure import Etat
from selection.models import Avis, PointOrdreDuJour, SensAvis, TypeSeance

AXES = {"territoire": "Type de territoire", "region": "Région", "filiere": "Filière"}
ENTRENT = (SensAvis.FAVORABLE, SensAvis.RESERVE)
SANS = {"territoire": "Non précisé", "region": "Non précisée"}


@dataclass(frozen=True)
class Part:
    """One group: laureates of the call, of this wave, and dossiers of this agenda still to be judged."""

    libelle: str
    appel: int
    vague: int
    a_juger: int


@dataclass(frozen=True)
class Balance:
    """What is counted, from rows that the reader may know of and from nothing else."""

    objectif: int
    places_de_la_vague: int | None
    laureats: int  # over the waves, those with a favourable opinion not published yet included
    de_la_vague: int
    publies_de_la_vague: int
    a_juger: int
    liste: list[tuple[int, str]]  # rank on the waiting list, name of the project
    axes: dict[str, list[Part]]

    @property
    def places(self) -> int:
        """Left over the call; never under zero on the screen, the excess is said apart."""
        return max(0, self.objectif - self.laureats)

    @property
    def reste_a_la_vague(self) -> int | None:
        """Places of the wave not taken yet; under zero where the committee went beyond; None where it has no number."""
        return None if self.places_de_la_vague is None else self.places_de_la_vague - self.de_la_vague

    @property
    def exces_de_la_vague(self) -> int:
        """Laureates over the wave's own number."""
        return max(0, -(self.reste_a_la_vague or 0))

    @property
    def exces(self) -> int:
        """Laureates over the number that the call announces."""
        return max(0, self.laureats - self.objectif)


def balance_de(user, seance) -> Balance:
    """Five queries: laureates published, opinions that `user` may read, the agenda, places, filières.

    A laureate is public; an opinion counts for whoever may read it: a recused member's sums lack that dossier.
    """
    appel, vague = seance.vague.appel, seance.vague_id
    publies, avis = _publies(vague__appel=appel), _favorables(user, vague__appel=appel)
    points = PointOrdreDuJour.objects.filter(seance=seance, resultat="").laisses_a(user)
    a_juger = set(points.values_list("dossier", flat=True))
    liste = sorted((rang, nom) for _, sa_vague, rang, nom in avis if rang and sa_vague == vague)
    retenus = publies | {dossier: sa_vague for dossier, sa_vague, rang, _ in avis if not rang}
    de_la_vague = {dossier for dossier, sa_vague in retenus.items() if sa_vague == vague}
    return Balance(
        objectif=appel.objectif,
        places_de_la_vague=seance.vague.places,
        laureats=len(retenus),
        de_la_vague=len(de_la_vague),
        publies_de_la_vague=sum(sa_vague == vague for sa_vague in publies.values()),
        a_juger=len(a_juger),
        liste=liste,
        axes=_axes(set(retenus), de_la_vague, a_juger - set(retenus)),
    )


def places_ici(user, seance) -> int | None:
    """Places left to the dossiers of this agenda: those of the wave, less its laureates examined at other sittings.

    Three queries. None where the wave has no number of its own.
    """
    if not seance.vague.places:
        return None
    retenus = set(_publies(vague=seance.vague_id))
    retenus |= {dossier for dossier, _, rang, _ in _favorables(user, vague=seance.vague_id) if not rang}
    ici = set(
        PointOrdreDuJour.objects.filter(seance=seance).laisses_a(user).values_list("dossier", flat=True)
    )
    return max(0, seance.vague.places - len(retenus - ici))


def _publies(**lesquels) -> dict[int, int]:
    """Laureates that everybody knows -> their wave."""
    dossiers = Dossier.objects.filter(laureat_le__isnull=False, **lesquels)
    return dict(dossiers.exclude(etat=Etat.ABANDONNE).values_list("pk", "vague"))


def _favorables(user, **lesquels) -> list[tuple[int, int, int | None, str]]:
    """Opinions that let in, not published yet, that `user` may read: dossier, wave, rank in reserve, name."""
    avis = Avis.objects.visibles_par(user).filter(
        dossier__etat__in=(Etat.AVIS_RENDU, Etat.LISTE_COMPLEMENTAIRE),
        sens__in=ENTRENT,
        **{f"dossier__{nom}": valeur for nom, valeur in lesquels.items()},
    )
    avis = avis.exclude(seance__type=TypeSeance.ARBITRAGE)
    return list(avis.values_list("dossier", "dossier__vague", "rang_complementaire", "dossier__nom_projet"))


def _axes(retenus: set[int], de_la_vague: set[int], a_juger: set[int]) -> dict[str, list[Part]]:
    groupes = _groupes(retenus | a_juger)
    axes = {}
    for axe, titre in AXES.items():
        appel, vague, inscrits = Counter(), Counter(), Counter()
        for dossier, valeur in groupes[axe]:
            appel[valeur] += dossier in retenus
            vague[valeur] += dossier in de_la_vague
            inscrits[valeur] += dossier in a_juger
        parts = [Part(valeur, appel[valeur], vague[valeur], inscrits[valeur]) for valeur in appel]
        axes[titre] = sorted(parts, key=lambda p: (-p.appel, -p.a_juger, p.libelle))
    return axes


def _groupes(dossiers: set[int]) -> dict[str, list[tuple[int, str]]]:
    """By axis, each dossier with its group: of the principal place, and each of its filières."""
    territoires = dict(TypeTerritoire.choices)
    sites = Site.objects.filter(dossier__in=dossiers, principal=True).values_list(
        "dossier", "type_territoire", "commune__departement__region__nom"
    )
    lieux = {dossier: (territoires.get(genre), region) for dossier, genre, region in sites}
    filieres = Dossier.filieres.through.objects.filter(dossier__in=dossiers)
    return {
        "territoire": [(d, lieux.get(d, (None, None))[0] or SANS["territoire"]) for d in dossiers],
        "region": [(d, lieux.get(d, (None, None))[1] or SANS["region"]) for d in dossiers],
        "filiere": list(filieres.values_list("dossier", "filiere__libelle")),
    }
