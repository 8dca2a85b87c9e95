"""Where a proof may be pinned: the passages of the deposited version, by their anchors on the split view."""

from candidatures.lecture import SectionLue

DEPOT = "champ-depot"


def ancre(nom: str) -> str:
    """The anchor of an answer or of a table."""
    return f"champ-{nom}"


def epingles_de(sections: list[SectionLue], pieces) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices of a verdict's proof, grouped by section; each piece is a place of its own."""
    groupes = [("Dépôt", [(DEPOT, "Instant du dépôt")])]
    for section in sections:
        choix = [(ancre(reponse.nom), reponse.libelle) for reponse in section.reponses]
        choix += [(ancre(table.nom), table.titre) for table in section.tables]
        if choix:
            groupes.append((section.titre, choix))
    if pieces:
        groupes.append(("Pièces jointes", [(f"piece-{p.pk}", p.libelle or p.nom) for p in pieces]))
    return groupes
