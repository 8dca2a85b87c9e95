"""The Celery application: JSON only, late acknowledgement, one task at a time; rows are the orders, Redis is a bell."""

import os

from celery import Celery
from celery.signals import task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manufactures.settings")

app = Celery("manufactures")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def lire_l_heure_a_chaque_tache(**_):
    """Each task reads the clock once, for itself."""
    from manufactures import horloge  # settings must be configured first

    horloge.oublier()
