"""The marks of an examination: a bar a criterion, on the scale of its mark."""

from collections.abc import Iterable, Mapping

from instruction.dessins.commun import BLANC, CLAIR, ENCRE, FONCE, Dessin, image, mot, rectangle
from manufactures.francais import compter, enumerer

LARGE, GAUCHE, BARRE, LIGNE = 660, 74, 500, 46  # a line of the table beside it is as high
NOTES_AU_PLUS = 10  # beyond, ticks would touch


def dessiner_notes(criteres: Iterable[Mapping]) -> Dessin | None:
    """Bars for the criteria that have a mark, in their order; None where none has."""
    lignes = [(str(c["code"]), c["note"], c["echelle"]) for c in criteres]
    if not any(_note(note) for _, note, _ in lignes):
        return None
    corps = "".join(_ligne(rang, *ligne) for rang, ligne in enumerate(lignes))
    dites = [f"{code} {note} sur {echelle}" for code, note, echelle in lignes if _note(note)]
    sans = [code for code, note, _ in lignes if not _note(note)]
    texte = f"Notes indicatives de l'instruction : {enumerer(dites)}."
    if sans:
        texte += f" {compter(len(sans), 'critère')} sans note : {enumerer(sans)}."
    return Dessin(image(LARGE, LIGNE * len(lignes) + 8, corps), texte)


def _note(valeur) -> bool:
    """A mark, nought included: a hole of the snapshot is no number."""
    return isinstance(valeur, int)


def _ligne(rang: int, code: str, note, echelle: int) -> str:
    y = rang * LIGNE
    dessin = mot(0, y + 32, code, gras=True) + rectangle(GAUCHE, y + 6, BARRE, LIGNE - 14, BLANC, trait=CLAIR)
    if _note(note):
        dessin += rectangle(GAUCHE, y + 6, BARRE * note / echelle, LIGNE - 14, FONCE) if note else ""
        dessin += mot(GAUCHE + BARRE + 14, y + 32, f"{note}/{echelle}", gras=True)
    else:
        dessin += mot(GAUCHE + 12, y + 32, "sans note")
    if echelle <= NOTES_AU_PLUS:
        dessin += "".join(_cran(GAUCHE + BARRE * cran / echelle, y) for cran in range(1, echelle))
    return dessin


def _cran(x: float, y: int) -> str:
    """A step of the scale: white on the bar, grey beside it."""
    return (
        f'<path d="M{x:.0f} {y + 6}v{LIGNE - 14}" stroke="{CLAIR}" stroke-width="2"/>'
        f'<path d="M{x:.0f} {y + LIGNE - 8}v5" stroke="{ENCRE}" stroke-width="2"/>'
    )
