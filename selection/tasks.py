"""What the committee makes outside the requests: decisions published at their instant, scenarios computed."""

from celery import shared_task
from django.apps import apps


@shared_task
def rappeler_les_auditions() -> None:
    """Every hour: hearings of the two days to come."""
    from selection import rappels  # needs the models, which order these tasks

    rappels.rappeler_les_auditions()


@shared_task
def publier_decisions() -> None:
    """Twice a minute: what is signed, set and due is published; run again, it finds nothing left."""
    apps.get_model("selection", "Decision").publier_les_dues()


@shared_task(acks_late=True)
def calculer_scenario(pk: int) -> None:
    """Compute one scenario; run again, it sees that it is done and touches nothing."""
    scenario = apps.get_model("selection", "Scenario").objects.filter(pk=pk).first()
    if scenario is not None:
        scenario.calculer()


@shared_task
def reprendre_les_scenarios() -> None:
    """Every minute: the queue may have lost a message, the database has not lost the order."""
    for pk in apps.get_model("selection", "Scenario").objects.a_calculer().values_list("pk", flat=True):
        calculer_scenario.delay(pk)
