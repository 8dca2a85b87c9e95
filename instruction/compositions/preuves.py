"""What an act cites beside a line of the grid: the words of the dossier, and where they stand."""

from candidatures.lecture import lire
from candidatures.models import VersionDeposee
from instruction.epingles import epingles_de
from instruction.models.epingles import Epingle


def lieux_de_preuve(dossier) -> dict[str, str]:
    """What a pinned proof points at, in words: « Projet, Besoin », « Pièces jointes, Bail »."""
    version = VersionDeposee.objects.filter(dossier=dossier, rang=dossier.version_deposee).first()
    pieces = [piece for piece in dossier.pieces.all() if not piece.complement]
    groupes = epingles_de(lire(version.contenu) if version else [], pieces)
    return {ancre: f"{titre}, {libelle}" for titre, choix in groupes for ancre, libelle in choix}


def epingles_de_la_grille(grille) -> dict[int, list[Epingle]]:
    """The pinned proofs of each line, by the key of its criterion."""
    return Epingle.objects.filter(instruction=grille).par_critere() if grille.epingles_posees else {}


def preuves_de(verdict, lieux: dict[str, str], epingles) -> list[dict]:
    """The proofs of a rule: its own citation first, then each pin; each says its words, its place, or both."""
    preuves = [{"citation": e.en_bref or None, "ou": e.ou} for e in epingles]
    if verdict is not None and (verdict.preuve or verdict.preuve_ou in lieux):
        preuves.insert(0, {"citation": verdict.preuve or None, "ou": lieux.get(verdict.preuve_ou)})
    return preuves
