"""What the figures are held against. Each goal is a count, or a ratio within one run.

The peer is pretalx with as many proposals, measured elsewhere beside the same floor: its times are told in floors, at
18 ms each, so that a limit against the peer becomes a limit in floors.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

PLANCHER_DU_PAIR_MS = 18
REFERENCE = 2_000  # dossiers at which the peer was measured
TABLE_COMPLETE = 20_000  # dossiers at which the memory is held

PUBLIQUES = ("accueil_public", "laureats", "connexion")
LISTES = ("dossiers", "instruction_liste", "instruction_filtre", "instruction_recherche", "expert_mois")
DETAILS = ("section", "instruction_dossier", "comite_dossier", "seance_sondage", "pilotage")
ENREGISTREMENTS = ("enregistrement", "grille_enregistrement")
RECHERCHES = ("instruction_recherche",)


def du_pair(part: float, p50_ms: float) -> float:
    """A share of the peer's time, in floors."""
    return round(part * p50_ms / PLANCHER_DU_PAIR_MS, 1)


# goal, what it is about, pages, highest p50 in floors
VITESSES = (
    (1, "pages publiques", ("accueil_public", "laureats"), 2),
    (2, "liste, filtre et recherche des agents", LISTES[1:4], 3),
    (3, "tableau de qui évalue", ("seance_sondage", "expert_mois"), 3),
    (4, "dossier à instruire, à lire", ("instruction_dossier", "comite_dossier"), 4),
    (5, "liste du porteur", ("dossiers",), du_pair(0.20, 245)),
    (5, "page du formulaire", ("section",), du_pair(0.25, 342)),
    (6, "enregistrement", ENREGISTREMENTS, du_pair(0.33, 363)),
    (7, "tableau de pilotage", ("pilotage",), du_pair(0.20, 936)),
)
REQUETES = {PUBLIQUES: 8, LISTES: 12, DETAILS: 15, ENREGISTREMENTS: 20}


@dataclass(frozen=True)
class Mesure:
    """One figure, and what it may be at most (at least, for a throughput)."""

    page: str
    valeur: float
    limite: float
    au_moins: bool = False

    @property
    def tenue(self) -> bool:
        """Within its limit."""
        return self.valeur >= self.limite if self.au_moins else self.valeur <= self.limite


@dataclass(frozen=True)
class Constat:
    """One goal: held when all its figures are; nobody judges one without figures."""

    objectif: int
    texte: str
    mesures: tuple[Mesure, ...]

    @property
    def verdict(self) -> str:
        """In one word."""
        if not self.mesures:
            return "non mesuré"
        return "tenu" if all(mesure.tenue for mesure in self.mesures) else "manqué"

    def en_json(self) -> dict:
        """For machines."""
        return {
            "objectif": self.objectif,
            "texte": self.texte,
            "verdict": self.verdict,
            "mesures": [
                {"page": m.page, "valeur": round(m.valeur, 3), "limite": m.limite, "tenue": m.tenue}
                for m in self.mesures
            ],
        }


def racine(page: str) -> str:
    """The page of the contract: « instruction_liste » from « instruction_liste:2 »."""
    return page.partition(":")[0]


def juger(lignes: list[dict], lettres: dict | None, memoires: dict[int, float]) -> list[Constat]:
    """Every goal that one run can judge, in order."""
    table = {(ligne["page"], ligne["dossiers"], ligne["clients"]): ligne for ligne in lignes}
    return [
        *_vitesses(table),
        Constat(8, "requêtes SQL par page, au plus", tuple(_requetes(table))),
        Constat(8, "mêmes requêtes à toutes les tailles (écart)", tuple(_constance(table))),
        Constat(9, "lignes lues, au plus 4 fois les lignes montrées plus 50", tuple(_lignes(table))),
        Constat(10, f"p95, de {_extremes(table)} dossiers", tuple(_platitude(table))),
        Constat(11, "réponses par seconde, de 1 à 4 clients", tuple(_simultaneite(table))),
        Constat(12, "une lettre, contre la même lettre nue", tuple(_lettres(lettres))),
        Constat(18, "mémoire d'un ouvrier, en Mo", tuple(_memoire(memoires))),
    ]


def _tailles(table) -> list[int]:
    return sorted({taille for _, taille, _ in table})


def _vitesses(table) -> Iterator[Constat]:
    tailles = _tailles(table)
    taille = REFERENCE if REFERENCE in tailles else max(tailles, default=0)
    for numero, texte, pages, limite in VITESSES:
        mesures = tuple(
            Mesure(page, table[page, taille, 1]["ratio_plancher"], limite)
            for page in dict.fromkeys(page for page, _, _ in table)
            if racine(page) in pages and (page, taille, 1) in table
        )
        yield Constat(numero, f"{texte}, en planchers", mesures)


def _requetes(table) -> Iterator[Mesure]:
    comptes = defaultdict(int)
    for (page, _, _), ligne in table.items():
        comptes[page] = max(comptes[page], ligne["requetes"])
    for page, compte in comptes.items():
        for pages, limite in REQUETES.items():
            if racine(page) in pages:
                yield Mesure(page, compte, limite)


def _constance(table) -> Iterator[Mesure]:
    comptes = defaultdict(set)
    for (page, _, _), ligne in table.items():
        comptes[page].add(ligne["requetes"])
    if len(_tailles(table)) > 1:
        for page, vus in comptes.items():
            yield Mesure(page, max(vus) - min(vus), 0)


def _lignes(table) -> Iterator[Mesure]:
    pires: dict[str, Mesure] = {}
    for (page, _, _), ligne in table.items():
        if racine(page) in ENREGISTREMENTS:
            continue
        mesure = Mesure(page, ligne["lignes"], 4 * ligne["affichees"] + 50)
        if page not in pires or mesure.valeur - mesure.limite > pires[page].valeur - pires[page].limite:
            pires[page] = mesure
    yield from pires.values()


def _extremes(table) -> str:
    tailles = _tailles(table)
    return f"{tailles[0]} à {tailles[-1]}" if tailles else ""


def _platitude(table) -> Iterator[Mesure]:
    tailles = _tailles(table)
    if len(tailles) < 2:  # noqa: PLR2004 -- a slope needs two points
        return
    suivies = (*LISTES, *DETAILS, *ENREGISTREMENTS, "laureats")
    for page in dict.fromkeys(page for page, _, _ in table):
        petite, grande = table.get((page, tailles[0], 1)), table.get((page, tailles[-1], 1))
        if racine(page) in suivies and petite and grande and _comparables(petite, grande):
            limite = 2 if racine(page) in RECHERCHES else 1.3
            yield Mesure(page, grande["p95_ms"] / petite["p95_ms"], limite)


def _comparables(petite: dict, grande: dict) -> bool:
    """Whether both show about as many rows: a last page of three rows says nothing of one of twenty-five."""
    return abs(petite["affichees"] - grande["affichees"]) <= max(petite["affichees"], grande["affichees"]) / 4


def _simultaneite(table) -> Iterator[Mesure]:
    taille = max(_tailles(table), default=0)
    for page in dict.fromkeys(page for page, _, _ in table):
        seul, quatre = table.get((page, taille, 1)), table.get((page, taille, 4))
        if seul and quatre:
            yield Mesure(page, quatre["par_seconde"] / seul["par_seconde"], 1.5, au_moins=True)


def _lettres(lettres: dict | None) -> Iterator[Mesure]:
    if lettres:
        yield Mesure("lettres", lettres["ratio"], 1.3)


def _memoire(memoires: dict[int, float]) -> Iterator[Mesure]:
    grandes = [taille for taille in memoires if taille >= TABLE_COMPLETE] or list(memoires)[-1:]
    for taille in grandes:
        yield Mesure(f"{taille} dossiers", memoires[taille], 150)
