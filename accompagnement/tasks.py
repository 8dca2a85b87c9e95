"""What time does by itself: silence confirms a day, a credit lapses after its two years."""

from celery import shared_task

from accompagnement import obligations
from accompagnement.models import CreditJours, EtatJournee, Journee, Recommandation
from manufactures import horloge
from manufactures.registres import TransitionInterdite


@shared_task
def reputer_confirmees() -> int:
    """Days left unanswered past the call's delay are confirmed; run again, it finds nothing more to do."""
    confirmees = 0
    jour = horloge.aujourd_hui()
    attente = Journee.objects.filter(etat=EtatJournee.A_CONFIRMER).select_related(
        "mission__dossier__vague__appel"
    )
    for journee in attente:
        if journee.limite_de_confirmation >= jour:
            continue
        try:
            journee.confirmer(par=None)
        except TransitionInterdite:  # answered meanwhile
            continue
        confirmees += 1
    return confirmees


@shared_task
def eteindre_les_credits() -> int:
    """Credits whose last day is past lapse; run again, it finds nothing more to do."""
    finis = CreditJours.objects.filter(eteint_le=None, fin__lt=horloge.aujourd_hui())
    eteints = 0
    for credit in finis.select_related("dossier"):
        CreditJours.eteindre(credit.dossier)
        eteints += 1
    return eteints


@shared_task
def rappeler_les_recommandations() -> int:
    """Advice late, or unread after a week, is brought back to its owner once a week at most."""
    rappelees = 0
    lignes = Recommandation.objects.a_rappeler(horloge.aujourd_hui())
    for recommandation in lignes.select_related("dossier", "par", "responsable"):
        try:
            recommandation.relancer()
        except TransitionInterdite:  # done, or reminded meanwhile
            continue
        rappelees += 1
    return rappelees


@shared_task
def rappeler_les_obligations() -> int:
    """What a convention asks by a date is told a month, then a week before, once each."""
    return obligations.rappeler()
