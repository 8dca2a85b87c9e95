"""What the page of a dossier reads of its grid, in as few queries as can be: two tables of one shape are one query."""

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db.models import BigIntegerField, PositiveSmallIntegerField, TextField, Value

from candidatures.models import VersionDeposee
from instruction.controles.panneau import avec_les_controles
from instruction.models import Annotation, Echange, Epingle, NoteInstruction, NoteInterne, Verdict
from manufactures import enonces
from manufactures.actes.models import Acte
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
DE_LA_NOTE = ("commentaire", "a_eclaircir")


def _lignes_ecrites(instruction: int):
    verdicts = Verdict.objects.filter(instruction=instruction).order_by()
    notes = NoteInstruction.objects.filter(instruction=instruction).order_by()
    return verdicts.values_list(Value(True), *LIGNE, *Verdict.CHAMPS, SANS_NOTE).union(
        notes.values_list(Value(False), *LIGNE, *DE_LA_NOTE, RIEN, RIEN, "note"), all=True
    )


def lignes_ecrites(grille) -> dict[int, Verdict | NoteInstruction]:
    """The answers and the marks of one grid, by the key of their criterion, in one query."""
    lignes: dict[int, Verdict | NoteInstruction] = {}
    for est_verdict, *lues in enonces.lire(_lignes_ecrites, instruction=grille.pk):
        faits = dict(zip(LIGNE, lues, strict=False)) | {"instruction": grille}
        *dits, note = lues[len(LIGNE) :]
        if est_verdict:
            ligne = Verdict(**faits, **dict(zip(Verdict.CHAMPS, dits, strict=True)))
        else:
            ligne = NoteInstruction(**faits, **dict(zip(DE_LA_NOTE, dits, strict=False)), note=note)
        lignes[ligne.critere_id] = ligne
    return lignes


PASSAGE = ("pk", "champ", "debut", "fin", "passage", "piece_id", "page", "reponse_id", "ou", "par_id", "le")
AUTEUR = ("par__prenom", "par__nom", "par__email")


def _passages_cites(instruction: int):
    posees = Epingle.objects.filter(instruction=instruction).order_by()
    ecrites = Annotation.objects.filter(instruction=instruction).order_by()
    return posees.values_list("critere_id", RIEN, *PASSAGE, *AUTEUR).union(
        ecrites.values_list(SANS_CRITERE, "texte", *PASSAGE, *AUTEUR), all=True
    )


def passages_cites(grille) -> tuple[dict[int, list[Epingle]], list[Annotation]]:
    """The pins of one grid by the key of their criterion, and its annotations; a grid without any asks for none."""
    epingles: dict[int, list[Epingle]] = {}
    annotations: list[Annotation] = []
    if not (grille.epingles_posees or grille.annotations_ecrites):
        return epingles, annotations
    cites = enonces.lire(_passages_cites, instruction=grille.pk)
    personne = get_user_model()
    for critere, texte, *lues in sorted(cites, key=lambda r: (r[-4], r[2])):
        faits = dict(zip(PASSAGE, lues, strict=False)) | {"instruction": grille}
        prenom, nom, email = lues[len(PASSAGE) :]
        par = personne(pk=faits.pop("par_id"), prenom=prenom, nom=nom, email=email)
        if critere is None:
            annotations.append(Annotation(**faits, par=par, texte=texte))
        else:
            epingles.setdefault(critere, []).append(Epingle(**faits, par=par, critere_id=critere))
    return epingles, annotations


# -- Beside the grid ---------------------------------------------------------------------------------------------
def version_lue(dossier) -> VersionDeposee | None:
    """The deposited version that the agency reads, with the checks of its dossier; None before any."""
    versions = enonces.lire(_version, dossier=dossier.pk, rang=dossier.version_deposee)
    return next(iter(versions), None)


def _version(dossier: int, rang: int):
    versions = VersionDeposee.objects.filter(dossier=dossier, rang=rang)
    return avec_les_controles(versions.select_related("deposee_par"))


def echange_lu(user, dossier, roles) -> list[Echange]:
    """The messages of this dossier, for who holds `roles` on it."""
    return enonces.lire(_du_dossier, user, Echange, "de", frozenset(roles), dossier=dossier.pk)


def notes_lues(user, dossier, roles) -> list[NoteInterne]:
    """The internal notes of this dossier, for who holds `roles` on it."""
    return enonces.lire(_du_dossier, user, NoteInterne, "par", frozenset(roles), dossier=dossier.pk)


def _du_dossier(user, modele, auteur: str, roles, dossier: int):
    vues = modele.objects.visibles_dans(dossier, user, roles)
    return vues.filter(dossier=dossier).select_related(auteur)


def actes_lus(user, dossier, roles) -> list[Acte]:
    """The acts of this dossier, for who holds `roles` on it."""
    return enonces.lire(_actes, user, frozenset(roles), dossier=dossier.pk)


def _actes(user, roles, dossier: int):
    return Acte.objects.visibles_dans(dossier, user, roles).filter(dossiers=dossier)
