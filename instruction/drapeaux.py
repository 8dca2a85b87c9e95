"""What deserves a look on a dossier, whatever its state: flags that the desk filters by and shows in a column."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Value

from instruction.delais import PRES_DU_TERME
from instruction.models import Cote, DemandeComplements, Echange, EtatDemande, Rapprochement, SensAvis
from manufactures import horloge
from manufactures.procedure import Etat


@dataclass(frozen=True)
class Drapeau:
    """One flag: its words in the filter, shorter ones on a row, and the rows that carry it."""

    libelle: str
    court: str
    condition: Callable[[], Q]


def _silence_proche() -> Q:
    instant = Value(horloge.maintenant(), output_field=DateTimeField())
    terme = Q(echeance_le__gte=instant, echeance_le__lte=instant + Value(PRES_DU_TERME))
    return terme & Q(etat__in=(Etat.DEPOSE, Etat.EN_INSTRUCTION))


def _refus_propose() -> Q:
    return Q(etat=Etat.EN_INSTRUCTION, instruction__sens=SensAvis.IRRECEVABLE)


def _reponse_a_verifier() -> Q:
    recues = DemandeComplements.objects.filter(
        dossier=OuterRef("pk"),
        etat=EtatDemande.REPONDUE,
        close_le__gt=OuterRef("instruction__modifie_le"),
    )
    return Q(Exists(recues), etat=Etat.EN_INSTRUCTION)


def _message_non_lu() -> Q:
    return Q(Exists(Echange.objects.filter(dossier=OuterRef("pk"), cote=Cote.PORTEUR, lu_le=None)))


def _ressemblance() -> Q:
    paires = Rapprochement.objects.filter(avis="")
    premiers, seconds = (paires.filter(**{nom: OuterRef("pk")}) for nom in ("premier", "second"))
    return Q(Exists(premiers)) | Q(Exists(seconds))


DRAPEAUX: dict[str, Drapeau] = {
    "silence": Drapeau("Refus implicite dans le mois", "Délai proche", _silence_proche),
    "reponse": Drapeau("Complément reçu, à vérifier", "Complément reçu", _reponse_a_verifier),
    "message": Drapeau("Message du porteur non lu", "Message non lu", _message_non_lu),
    "refus": Drapeau("Refus proposé, à signer", "Refus proposé", _refus_propose),
    "doublon": Drapeau("Ressemble à un autre dossier", "Ressemblance", _ressemblance),
    "suite": Drapeau("Suite d'un dossier d'une autre vague", "Suite", lambda: Q(issu_de__isnull=False)),
    "prolonge": Drapeau("Dépôt prolongé", "Prolongé", lambda: Q(prolonge_jusquau__gt=F("vague__cloture"))),
}
