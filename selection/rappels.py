"""Two days before a hearing: the porteur is told again when it is, and what is left to do before it."""

from datetime import timedelta

from manufactures import horloge
from manufactures.courrier.models import Message
from selection.models import Audition

AVANT = timedelta(days=2)


def a_rappeler(instant) -> list[Audition]:
    """Hearings of the two days to come; one set or moved later than that has just been told of, and is not."""
    prochaines = Audition.objects.attendues().filter(debut__gt=instant, debut__lte=instant + AVANT)
    prochaines = prochaines.select_related("dossier__vague__appel").order_by("pk")
    return [audition for audition in prochaines if audition.fixee_le <= audition.debut - AVANT]


def rappeler_les_auditions() -> int:
    """Write what was not yet written; returns how many hearings it was for."""
    attendues = {
        f"{audition.dossier.fil}#audition-{audition.pk}@{audition.debut.isoformat()}": audition
        for audition in a_rappeler(horloge.maintenant())
    }
    ecrits = Message.objects.filter(cle="audition_rappel", evenement__in=attendues)
    neuves = attendues.keys() - set(ecrits.values_list("evenement", flat=True))
    for evenement in sorted(neuves):
        _ecrire(attendues[evenement], evenement)
    return len(neuves)


def _ecrire(audition: Audition, evenement: str) -> None:
    dossier = audition.dossier
    Message.preparer(
        "audition_rappel",
        a=dossier.destinataires("audition_rappel"),
        contexte=dossier.contexte_des_messages()
        | {
            "audition": {"debut": audition.debut.isoformat()},
            "duree": audition.duree_min,
            "participants": ", ".join(audition.participants.split("\n")) if audition.confirmee_le else "",
        },
        evenement=evenement,
        fil=dossier.fil,
        lien=audition.page_du_porteur,
    )
