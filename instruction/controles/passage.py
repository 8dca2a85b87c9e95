"""Run the checks of one dossier and keep their rows; run again, the same rows say what is true now."""

from django.db import transaction
from django.db.models import F

from candidatures.models import Dossier
from instruction.controles import budget, conflits, depot, doublons, pieces, porteur, structure, territoire
from instruction.controles.constat import Constat
from instruction.models import ControleAuto, PassageControles
from manufactures import horloge
from manufactures.procedure import Etat

FAMILLES = (depot, structure, territoire, budget, pieces, porteur, doublons, conflits)
A_L_EXAMEN = (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER)
LOT = 50
ECRITS = [f.name for f in ControleAuto._meta.concrete_fields if f.name not in ("id", "dossier", "code")]


def constater(dossier) -> list[Constat]:
    """What each family finds."""
    return [constat for famille in FAMILLES for constat in famille.controler(dossier)]


def passer(pk: int) -> bool:
    """Do what was ordered on this dossier; done or held by another worker, nothing happens. Says whether it was done.

    A draft taken back waits for its next deposit.
    """
    with transaction.atomic():
        ordres = PassageControles.objects.select_for_update(of=("self",), skip_locked=True)
        if ordres.filter(pk=pk, fait_le=None).first() is None:
            return False
        lus = Dossier.avec_ses_liens().select_related("verification_siret").exclude(etat=Etat.BROUILLON)
        dossier = lus.filter(pk=pk).first()
        if dossier is not None:
            _ecrire(dossier, constater(dossier))
        PassageControles.objects.filter(pk=pk).update(fait_le=horloge.maintenant())
    if dossier is not None:
        redire_les_doublons(*doublons.Rapprochement.objects.proches_de(dossier))
    return dossier is not None


def refaire(dossier) -> None:
    """On demand: the agent reads the answer at once."""
    PassageControles.commander(dossier)
    passer(dossier.pk)


def redire_les_doublons(*dossiers) -> None:
    """After an agent's word, the line on duplicates of each dossier of the pair, where it was computed."""
    for dossier in dossiers:
        if ControleAuto.objects.filter(dossier=dossier, code=doublons.CODE).exists():
            paires = list(doublons.Rapprochement.objects.du_dossier(dossier))
            ligne = doublons.dire(dossier, paires)
            ControleAuto.objects.filter(dossier=dossier, code=ligne.code).update(**_colonnes(ligne))


def a_reprendre() -> list[int]:
    """What a lost message left undone; what was done before the register of companies answered is ordered again."""
    lignes = PassageControles.objects.filter(dossier__etat__in=A_L_EXAMEN).order_by("commande_le")
    depasses = lignes.filter(dossier__verification_siret__verifie_le__gt=F("fait_le")).values_list("pk")
    PassageControles.objects.filter(pk__in=[pk for (pk,) in depasses[:LOT]]).update(fait_le=None)
    return list(lignes.filter(fait_le=None).values_list("pk", flat=True)[:LOT])


def _colonnes(constat: Constat) -> dict:
    return vars(constat) | {"calcule_le": horloge.maintenant()}


def _ecrire(dossier, constats: list[Constat]) -> None:
    """The rows of now replace those of before; what no longer applies goes."""
    lignes = [ControleAuto(dossier=dossier, rang=rang, **_colonnes(c)) for rang, c in enumerate(constats, 1)]
    ControleAuto.objects.filter(dossier=dossier).exclude(code__in=[c.code for c in constats]).delete()
    ControleAuto.objects.bulk_create(
        lignes, update_conflicts=True, unique_fields=["dossier", "code"], update_fields=ECRITS
    )
