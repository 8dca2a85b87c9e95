"""The agents' morning: how many questions wait for an answer on each call, and how many are late."""

from django.db.models import Count, Min, Q

from candidatures.models import Question
from candidatures.models.questions import DELAI_DE_REPONSE
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.francais import compter
from manufactures.procedure import Role
from manufactures.programme.models import habilites


def agents_de(appel_id: int):
    """Those who examine this call."""
    return habilites(appel_id, Role.INSTRUCTEUR, Role.RESPONSABLE)


def envoyer_le_recapitulatif() -> None:
    """One message a day and an agent, only where something waits; run twice, it writes once."""
    jour, instant = horloge.aujourd_hui(), horloge.maintenant()
    en_retard = Count("pk", filter=Q(posee_le__lt=instant - DELAI_DE_REPONSE))
    comptes = Question.objects.en_attente().order_by("appel").values("appel")
    for ligne in comptes.annotate(nombre=Count("pk"), retards=en_retard, depuis=Min("posee_le")):
        attente = compter((jour - ligne["depuis"].astimezone(horloge.PARIS).date()).days, "jour")
        Message.preparer(
            "recapitulatif",
            a=agents_de(ligne["appel"]),
            contexte={
                "date_courte": jour.isoformat(),
                "a_faire": [
                    f"{compter(ligne['nombre'], 'question')} sans réponse, la plus ancienne depuis {attente}"
                ],
                "retards": [compter(ligne["retards"], "question")] if ligne["retards"] else [],
                "nouveautes": [],
            },
            evenement=f"recapitulatif/{ligne['appel']}/{jour.isoformat()}",
            lien="/questions/recues/",
        )
