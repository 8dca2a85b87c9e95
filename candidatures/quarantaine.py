"""The antivirus and the files of the dossiers: who waits, what is found, what becomes of it (guarantees A3, F16)."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from candidatures.instantanes import a_paris
from candidatures.models import Piece
from candidatures.models.joindre import A_ANALYSER, Analyse
from manufactures import antivirus, horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner

OUBLIEE_APRES = timedelta(minutes=1)  # the queue may have lost it
NOUVEL_ESSAI = timedelta(minutes=10)
LOT = 50

journal_technique = structlog.get_logger(__name__)


def a_reprendre() -> list[int]:
    """Files that nobody has read yet, or that the antivirus could not read the last time."""
    if not settings.CLAMAV_URL:
        return []
    instant = horloge.maintenant()
    tard = Q(analyse_le=None, ajoutee_le__lt=instant - OUBLIEE_APRES) | Q(
        analyse_le__lt=instant - NOUVEL_ESSAI
    )
    lignes = Piece.toutes.filter(tard, analyse__in=A_ANALYSER).order_by("ajoutee_le")
    return list(lignes.values_list("pk", flat=True)[:LOT])


def analyser(pk: int) -> None:
    """Have one file read; run again, it finds the verdict and asks nothing. The lock is not held while it is read."""
    piece = Piece.toutes.filter(pk=pk, analyse__in=A_ANALYSER).first()
    if piece is None or not settings.CLAMAV_URL:
        return
    try:
        with default_storage.open(piece.fichier.name) as fichier:
            menace = antivirus.chercher(fichier)
    except (antivirus.AntivirusInjoignable, OSError) as panne:
        journal_technique.warning("antivirus_injoignable", piece=pk, erreur=str(panne))
        _ecrire(pk, Analyse.ERREUR)
        return
    _ecrire(pk, Analyse.INFECTE if menace else Analyse.SAIN, menace)


def _ecrire(pk: int, analyse: Analyse, menace: str = "") -> None:
    """Write the verdict, once."""
    with transaction.atomic():
        piece = Piece.toutes.select_for_update(of=("self",)).filter(pk=pk, analyse__in=A_ANALYSER).first()
        if piece is None:
            return
        piece.analyse, piece.analyse_le, piece.menace = analyse, horloge.maintenant(), menace[:200]
        if analyse == Analyse.INFECTE:
            piece.retiree_le = piece.retiree_le or horloge.maintenant()
        piece.save(update_fields=["analyse", "analyse_le", "menace", "retiree_le"])
        if analyse == Analyse.INFECTE:
            _prevenir(piece)


def _prevenir(piece) -> None:
    """On the record, and told to whoever sent it and to those who write in the dossier."""
    dossier = piece.dossier
    consigner(
        dossier.fil, "ecarter_piece", par=None, piece=piece.pk, menace=piece.menace, empreinte=piece.empreinte
    )
    gens = {p.pk: p for p in [piece.ajoutee_par, *dossier.destinataires("piece_infectee")] if p.is_active}
    Message.preparer(
        "piece_infectee",
        a=gens.values(),
        contexte=dossier.contexte_des_messages()
        | {"nom_fichier": piece.nom, "ajoutee_le": a_paris(piece.ajoutee_le)},
        evenement=f"piece-infectee-{piece.pk}",
        fil=dossier.fil,
        lien=dossier.get_absolute_url(),
    )
