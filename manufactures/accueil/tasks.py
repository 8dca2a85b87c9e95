"""What the roof makes outside the requests."""

from celery import shared_task

from manufactures.accueil.cahier import a_jour
from manufactures.programme.models import Appel


@shared_task
def editer_les_cahiers() -> None:
    """Every minute, and when a call is loaded: each call whose articles have no PDF, or another one, gets its own."""
    for appel in Appel.objects.all():
        a_jour(appel)
