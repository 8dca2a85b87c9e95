"""The procedure told to people, from its tables: what the help page and its tests read."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from manufactures.accueil.dessin import TITRES, svg
from manufactures.actes.genres import GENRES
from manufactures.procedure import (
    CYCLES,
    ETATS_DU_CYCLE,
    Libelle,
    Partie,
    balle,
    libelle_pour,
)

PRESENTATIONS = {
    "dossier": "De l'idée à la fin de l'accompagnement. Un dossier n'a qu'un état à la fois, et une seule "
    "partie doit jouer.",
    "convention": "Elle commence quand une subvention est attribuée. Elle avance à côté du dossier.",
    "mission": "Chaque intervention d'un expert est commandée, réalisée, confirmée, puis payée par l'agence.",
}


@dataclass(frozen=True)
class EtatRaconte:
    """A state: its label for each reader, and who plays."""

    nom: str
    neutre: str
    porteur: Libelle
    agent: Libelle
    comite: Libelle
    expert: Libelle
    joueur: str


@dataclass(frozen=True)
class PasRaconte:
    """A row of the table: what is done, from where to where, by whom, and what follows."""

    libelle: str
    depuis: list[str]
    vers: str
    roles: list[str]
    actes: list[str]
    prevenu: bool


@dataclass(frozen=True)
class CycleRaconte:
    """One cycle: its drawing and its two tables."""

    nom: str
    titre: str
    presentation: str
    dessin: SafeString
    etats: list[EtatRaconte]
    pas: list[PasRaconte]


def _etats(cycle: str) -> list[EtatRaconte]:
    etats = []
    for etat in ETATS_DU_CYCLE[cycle]:
        tenant = balle(cycle, etat).tenant
        libelles = [libelle_pour(cycle, etat, partie) for partie in Partie]
        etats.append(EtatRaconte(etat.value, etat.label, *libelles, tenant.label if tenant else "personne"))
    return etats


def _pas(cycle: str) -> list[PasRaconte]:
    etats = ETATS_DU_CYCLE[cycle]
    return [
        PasRaconte(
            libelle=transition.libelle,
            depuis=[etats(e).label for e in transition.depuis],
            vers=etats(transition.vers).label,
            roles=[role.label for role in transition.roles],
            actes=[GENRES[genre].libelle for genre in transition.actes],
            prevenu=bool(transition.courrier),
        )
        for transition in CYCLES[cycle].values()
    ]


def cycles_racontes() -> list[CycleRaconte]:
    """The three cycles."""
    return [
        CycleRaconte(nom, TITRES[nom], PRESENTATIONS[nom], mark_safe(svg(nom)), _etats(nom), _pas(nom))
        for nom in CYCLES
    ]
