"""The pieces: those that the call asks for, and whether what stands in the store is what was sent."""

from collections.abc import Iterator

from django.core.files.storage import default_storage

from candidatures.completude import pieces_attendues
from instruction.controles.constat import DE_L_APPEL, Constat, selon
from instruction.models import VerdictAuto
from manufactures import horloge
from manufactures.francais import compter, enumerer

FICHIERS = "#fichiers"


def controler(dossier) -> Iterator[Constat]:
    """Present, then readable; completions count: they arrived."""
    pieces = list(dossier.pieces.all())
    yield _presentes(dossier, pieces)
    if pieces:
        yield _lisibles(pieces)


def _presentes(dossier, pieces) -> Constat:
    presentes = {piece.type_id for piece in pieces}
    attendues = pieces_attendues(dossier, obligatoire=True)
    manquantes = [str(p) for p in attendues if p.pk not in presentes]
    if manquantes:
        phrase = f"Il manque : {enumerer(manquantes)}."
    else:
        phrase = f"{compter(len(attendues), 'pièce obligatoire présente', 'pièces obligatoires présentes')}."
    derniere = max((piece.ajoutee_le for piece in pieces), default=dossier.depose_le)
    return Constat(
        "pieces.presentes",
        "Pièces obligatoires présentes",
        selon(not manquantes),
        phrase,
        DE_L_APPEL,
        derniere,
        FICHIERS,
        "Les fichiers",
        "E8",
    )


def _lisibles(pieces) -> Constat:
    """Each file was opened and read to its end when it came; here, that it is still there, whole."""
    perdus = [piece.nom for piece in pieces if not _est_entier(piece)]
    attendus = [piece.nom for piece in pieces if piece.attend_l_antivirus]
    if perdus:
        verdict, phrase = VerdictAuto.A_REGARDER, f"Ne s'ouvre pas : {enumerer(perdus)}."
    elif attendus:
        verdict, phrase = VerdictAuto.NON_VERIFIABLE, f"L'antivirus lit encore : {enumerer(attendus)}."
    else:
        verdict = VerdictAuto.CONFORME
        phrase = (
            f"{compter(len(pieces), 'fichier ouvert et lu', 'fichiers ouverts et lus')} à l'envoi, entiers."
        )
    return Constat(
        "pieces.lisibles",
        "Fichiers lisibles",
        verdict,
        phrase,
        "Les fichiers conservés",
        horloge.maintenant(),
        FICHIERS,
        "Les fichiers",
        "E8",
    )


def _est_entier(piece) -> bool:
    try:
        return default_storage.size(piece.fichier.name) == piece.taille
    except OSError:
        return False
