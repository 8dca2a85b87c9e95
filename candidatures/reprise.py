"""A dossier that went no further comes back in the next wave: a new draft that points to it, everything prefilled.

What is copied is what its porteur wrote and may write again: answers, tables, pieces (the same stored files), team.
What must be given anew is not: certificates, mandates of partners, the deposit itself. The old dossier does not move.
"""

from django.db import transaction
from django.db.models import Model

from candidatures.gel import LIGNES
from candidatures.models import Dossier, Droit, LigneExercice, Membre, Piece
from candidatures.models.dossier import ATTESTATIONS
from candidatures.models.reponses import Reponses
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.programme.models import Vague
from manufactures.registres import GesteInterdit, TransitionInterdite

SANS_SUITE = (Etat.IRRECEVABLE, Etat.NON_RETENU, Etat.AJOURNE, Etat.RETIRE)


def vague_de_reprise(dossier: Dossier) -> Vague | None:
    """The open wave of the same call in which it may come back, the first to close; None while there is none."""
    ouvertes = Vague.objects.ouvertes(horloge.maintenant()).filter(
        appel=dossier.vague.appel_id, numero__gt=dossier.vague.numero
    )
    return ouvertes.order_by("cloture").first()


def est_a_reprendre(dossier: Dossier) -> bool:
    """It went no further: refused, adjourned, withdrawn, or a draft that its wave's closing left behind."""
    if dossier.etat == Etat.BROUILLON:
        return dossier.est_clos(horloge.maintenant())
    return dossier.etat in SANS_SUITE


def reprendre(dossier: Dossier, *, vague: Vague, par) -> Dossier:
    """Open the new draft, in one transaction; asked twice, the same draft. Raises TransitionInterdite.

    The titulaire alone, who stays the titulaire; contributeurs and lecteurs follow.
    """
    with transaction.atomic():
        ancien = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=dossier.pk)
        if ancien.droit_de(par) != Droit.TITULAIRE:
            raise GesteInterdit(f"Seul le titulaire, {ancien.titulaire}, peut reprendre ce dossier.")
        if not est_a_reprendre(ancien):
            raise TransitionInterdite(
                "Ce dossier suit son cours : il ne se reprend pas dans une autre vague."
            )
        if vague.appel_id != ancien.vague.appel_id or vague.numero <= ancien.vague.numero:
            raise TransitionInterdite("Un dossier se reprend dans une vague suivante du même appel.")
        if deja := ancien.suites.filter(vague=vague).first():
            return deja
        nouveau = Dossier.ouvrir(vague=vague, par=par, issu_de=ancien, **reponses_de(ancien))
        copier_le_contenu(ancien, nouveau, par=par)
        _copier_l_equipe(ancien, nouveau)
        consigner(nouveau.fil, "reprendre_dossier", par=par, role=Droit.TITULAIRE, issu_de=ancien.numero)
    return nouveau


def copier_le_contenu(ancien: Dossier, nouveau: Dossier, *, par) -> None:
    """Trades, pieces and tables of one dossier into another; in the caller's transaction."""
    nouveau.filieres.set(ancien.filieres.all())
    pieces = _copier_les_pieces(ancien, nouveau, par)
    for nom in LIGNES:
        _copier_les_lignes(ancien, nouveau, nom, pieces)
    _copier_les_exercices(ancien, nouveau)


def reponses_de(dossier: Dossier) -> dict:
    """Every answer of the form, certificates apart."""
    champs = [c for c in Reponses._meta.local_fields if c.name not in ATTESTATIONS]
    return {champ.name: getattr(dossier, champ.name) for champ in champs}


def _copie(ligne: Model, **autres) -> Model:
    """The same row, not written yet, under other keys."""
    champs = {c.attname: getattr(ligne, c.attname) for c in ligne._meta.concrete_fields if not c.primary_key}
    return type(ligne)(**champs | autres)


def _copier_les_pieces(ancien: Dossier, nouveau: Dossier, par) -> dict[int, int]:
    """The pieces that stand in the old dossier, completions too; which row became which."""
    instant = horloge.maintenant()
    autres = {"dossier_id": nouveau.pk, "ajoutee_par_id": par.pk, "ajoutee_le": instant, "complement": False}
    if any(champ.attname == "remplace_id" for champ in Piece._meta.concrete_fields):
        autres["remplace_id"] = None
    anciennes = list(ancien.pieces.all())
    nouvelles = Piece.toutes.bulk_create(_copie(piece, **autres) for piece in anciennes)
    return {avant.pk: apres.pk for avant, apres in zip(anciennes, nouvelles, strict=True)}


def _copier_les_lignes(ancien: Dossier, nouveau: Dossier, nom: str, pieces: dict[int, int]) -> None:
    """One table, row by row; a row that names a piece names its copy."""
    lignes = getattr(ancien, nom).all()
    if nom == "lignes_financement":
        lignes = lignes.filter(definitif=False)
    modele = lignes.model
    vers_les_pieces = [c.attname for c in modele._meta.concrete_fields if c.related_model is Piece]
    copies = []
    for ligne in lignes:
        copie = _copie(ligne, dossier_id=nouveau.pk)
        for champ in vers_les_pieces:
            setattr(copie, champ, pieces.get(getattr(ligne, champ)))
        copies.append(copie)
    modele._base_manager.bulk_create(copies)


def _copier_les_exercices(ancien: Dossier, nouveau: Dossier) -> None:
    for exercice in ancien.exercices.prefetch_related("lignes"):
        copie = _copie(exercice, dossier_id=nouveau.pk)
        copie.save()
        LigneExercice.objects.bulk_create(
            _copie(ligne, exercice_id=copie.pk) for ligne in exercice.lignes.all()
        )


def _copier_l_equipe(ancien: Dossier, nouveau: Dossier) -> None:
    suivent = ancien.membres.exclude(droit=Droit.TITULAIRE).filter(user__is_active=True)
    Membre.objects.bulk_create(
        Membre(dossier=nouveau, user_id=membre.user_id, droit=membre.droit) for membre in suivent
    )
