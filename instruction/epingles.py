"""Where a proof may be pinned: the answers and tables of the deposited version, what was answered since, the pieces."""

from dataclasses import dataclass

from candidatures.lecture import SectionLue
from manufactures.francais import date_longue

NOM_DU_DEPOT = "depot"  # the instant of the deposit: a proof that no answer gives
DEPOT = "champ-depot"  # its anchor
LIBELLE_DEPOT = "Instant du dépôt"
CITATION_AU_PLUS = 2000


@dataclass(frozen=True)
class Lieu:
    """A place of the deposited version: its name, its words, and the text that a passage is looked for in."""

    nom: str
    libelle: str
    texte: str


def ancre(nom: str) -> str:
    """The anchor of an answer or of a table on the pages that read the version."""
    return f"champ-{nom}"


def lieux_de(sections: list[SectionLue]) -> dict[str, Lieu]:
    """The places of a frozen version, by the name of their field."""
    lieux = {NOM_DU_DEPOT: Lieu(NOM_DU_DEPOT, LIBELLE_DEPOT, "")}
    for section in sections:
        for reponse in section.reponses:
            libelle = f"{section.titre}, {reponse.libelle}"
            lieux[reponse.nom] = Lieu(reponse.nom, libelle, reponse.texte)
        for table in section.tables:
            cellules = "\n".join(" ".join(ligne) for ligne in [table.entetes, *table.lignes])
            texte = f"{table.titre}\n{cellules}" if table.lignes else ""
            lieux[table.nom] = Lieu(table.nom, f"{section.titre}, {table.titre}", texte)
    return lieux


def epingles_de(sections: list[SectionLue], pieces) -> list[tuple[str, list[tuple[str, str]]]]:
    """The same as the choices of a list, grouped by section; each piece is a place of its own."""
    groupes = [("Dépôt", [(DEPOT, LIBELLE_DEPOT)])]
    for section in sections:
        choix = [(ancre(reponse.nom), reponse.libelle) for reponse in section.reponses]
        choix += [(ancre(table.nom), table.titre) for table in section.tables]
        if choix:
            groupes.append((section.titre, choix))
    if pieces:
        groupes.append(("Pièces jointes", [(f"piece-{p.pk}", p.libelle or p.nom) for p in pieces]))
    return groupes


def texte_de_la_reponse(reponse) -> str:
    """What the porteur wrote to a request, in the order of the page: the answer written anew, then the words."""
    return "\n".join(dit for dit in (reponse.redaction, reponse.texte) if dit)


def nommer_la_reponse(reponse) -> str:
    """« Complément du 12 novembre 2026, Titre d'occupation »."""
    sur = reponse.piece.libelle if reponse.piece_id else "réponse d'ensemble"
    return f"Complément du {date_longue(reponse.le)}, {sur}"


def epingles_des_complements(demandes) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices that the answers in words add, once their request is closed; their points were read with them."""
    choix = []
    for demande in demandes:
        if demande.est_ouverte:
            continue
        points = {point.pk: point for point in demande.pieces.all()}
        for reponse in demande.reponses.all():
            if texte_de_la_reponse(reponse):
                reponse.piece = points.get(reponse.piece_id)
                choix.append((f"reponse-{reponse.pk}", nommer_la_reponse(reponse)))
    return [("Compléments reçus", choix)] if choix else []


def situer(texte: str, passage: str, occurrence: int = 0) -> tuple[int, int] | None:
    """Offsets of a passage in a text, or None where it is not there; spaces and line breaks do not count.

    What one selects on a page has the words of the text, not its spaces: both are compared without them. `occurrence`
    tells which one, from 0, where the same words come several times; past the last one, the last.
    """
    places = [rang for rang, lettre in enumerate(texte) if not lettre.isspace()]
    serre = "".join(texte[rang] for rang in places)
    cherche = "".join(passage.split())
    if not cherche:
        return None
    debut, trouve = -1, -1
    for _ in range(max(occurrence, 0) + 1):
        debut = serre.find(cherche, debut + 1)
        if debut < 0:
            break
        trouve = debut
    if trouve < 0:
        return None
    return places[trouve], places[trouve + len(cherche) - 1] + 1
