"""Where a point of a request may be pinned: the passages of the deposited version, with what stands there."""

from dataclasses import dataclass

from candidatures.lecture import SectionLue, TableLue, lire
from candidatures.models import Piece, VersionDeposee
from instruction.epingles import ancre

LONGUEUR_ENDROIT = 200


@dataclass(frozen=True)
class Passage:
    """One answer, one table or one file of what was deposited."""

    cle: str
    section: str
    libelle: str
    texte: str = ""
    table: TableLue | None = None
    piece: Piece | None = None

    @property
    def endroit(self) -> str:
        """« Projet, Besoin du territoire »: as the porteur reads it."""
        return f"{self.section}, {self.libelle}"[:LONGUEUR_ENDROIT]

    @property
    def se_reecrit(self) -> bool:
        """An answer in words, that the porteur may write anew."""
        return self.table is None and self.piece is None


def passages(sections: list[SectionLue], pieces) -> dict[str, Passage]:
    """Every passage of a frozen version by its anchor, in its order; the same anchors as the pinned proofs."""
    trouves: dict[str, Passage] = {}
    for section in sections:
        for reponse in section.reponses:
            cle = ancre(reponse.nom)
            trouves[cle] = Passage(cle, section.titre, reponse.libelle, texte=reponse.texte)
        for table in section.tables:
            cle = ancre(table.nom)
            trouves[cle] = Passage(cle, section.titre, table.titre, table=table)
    for piece in pieces:
        cle = f"piece-{piece.pk}"
        trouves[cle] = Passage(cle, "Pièces jointes", piece.libelle or piece.nom, piece=piece)
    return trouves


def choix_de_cibles(trouves: dict[str, Passage]) -> list:
    """The choices of a select, grouped by section."""
    groupes: dict[str, list[tuple[str, str]]] = {}
    for passage in trouves.values():
        groupes.setdefault(passage.section, []).append((passage.cle, passage.libelle))
    return [("", "Aucun passage en particulier"), *groupes.items()]


def passages_du_dossier(dossier) -> dict[str, Passage]:
    """Those of the version under examination, read from the database: two queries."""
    version = VersionDeposee.objects.filter(dossier=dossier, rang=dossier.version_deposee).first()
    pieces = [piece for piece in dossier.pieces.select_related("dossier") if not piece.complement]
    return passages(lire(version.contenu) if version else [], pieces)
