"""What the page of a dossier reads of its grid, in as few queries as can be: two tables of one shape are one query."""

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db.models import BigIntegerField, PositiveSmallIntegerField, TextField, Value

from instruction.models import Annotation, Epingle, NoteInstruction, Verdict
from manufactures.programme.models import Critere, NatureCritere

UNE_MINUTE = 60
RIEN = Value("", output_field=TextField())
SANS_NOTE = Value(None, output_field=PositiveSmallIntegerField())
SANS_CRITERE = Value(None, output_field=BigIntegerField())


def criteres_de(grille) -> list[Critere]:
    """The lines of the grid's version, arbitration apart: a version in force is never rewritten, so kept a minute."""
    cle = f"criteres:{grille.dossier.vague_id}:{grille.grille_version}"
    return caches["figes"].get_or_set(
        cle, lambda: list(grille.criteres.exclude(nature=NatureCritere.ARBITRAGE)), UNE_MINUTE
    )


LIGNE = ("pk", "critere_id", "version", "le", "par_id")


def lignes_ecrites(grille) -> dict[int, Verdict | NoteInstruction]:
    """The answers and the marks of one grid, by the key of their criterion, in one query."""
    verdicts = grille.verdicts.order_by().values_list(Value(True), *LIGNE, *Verdict.CHAMPS, SANS_NOTE)
    textes = ("commentaire", "a_eclaircir")
    notes = grille.notes.order_by().values_list(Value(False), *LIGNE, *textes, RIEN, RIEN, "note")
    lignes: dict[int, Verdict | NoteInstruction] = {}
    for est_verdict, *lues in verdicts.union(notes, all=True):
        faits = dict(zip(LIGNE, lues, strict=False)) | {"instruction": grille}
        *dits, note = lues[len(LIGNE) :]
        if est_verdict:
            ligne = Verdict(**faits, **dict(zip(Verdict.CHAMPS, dits, strict=True)))
        else:
            ligne = NoteInstruction(**faits, **dict(zip(textes, dits, strict=False)), note=note)
        lignes[ligne.critere_id] = ligne
    return lignes


PASSAGE = ("pk", "champ", "debut", "fin", "passage", "piece_id", "page", "ou", "par_id", "le")
AUTEUR = ("par__prenom", "par__nom", "par__email")


def passages_cites(grille) -> tuple[dict[int, list[Epingle]], list[Annotation]]:
    """The pins of one grid by the key of their criterion, and its annotations; a grid without any asks for none."""
    epingles: dict[int, list[Epingle]] = {}
    annotations: list[Annotation] = []
    if not (grille.epingles_posees or grille.annotations_ecrites):
        return epingles, annotations
    posees = grille.epingles.order_by().values_list("critere_id", RIEN, *PASSAGE, *AUTEUR)
    ecrites = grille.annotations.order_by().values_list(SANS_CRITERE, "texte", *PASSAGE, *AUTEUR)
    personne = get_user_model()
    for critere, texte, *lues in sorted(posees.union(ecrites, all=True), key=lambda r: (r[-4], r[2])):
        faits = dict(zip(PASSAGE, lues, strict=False)) | {"instruction": grille}
        prenom, nom, email = lues[len(PASSAGE) :]
        par = personne(pk=faits.pop("par_id"), prenom=prenom, nom=nom, email=email)
        if critere is None:
            annotations.append(Annotation(**faits, par=par, texte=texte))
        else:
            epingles.setdefault(critere, []).append(Epingle(**faits, par=par, critere_id=critere))
    return epingles, annotations
