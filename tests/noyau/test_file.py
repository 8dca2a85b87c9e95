"""The queue for real: a Celery worker in a process of its own, killed at the worst moment."""

import os
import signal
import subprocess
import sys
import time
import uuid
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from manufactures.actes.models import Acte
from manufactures.actes.tasks import reprendre
from manufactures.celery import app
from tests.actes.exemples_d_actes import exemple

pytestmark = pytest.mark.django_db(transaction=True)


def brancher(adresse, file="celery"):
    """Point the application at another broker: its connections are kept, and must be forgotten."""
    app.conf.broker_url, app.conf.task_default_queue = adresse, file
    app._pool = None
    app.__dict__.pop("amqp", None)


@pytest.fixture
def file_reelle():
    """A queue of this test's own on the real broker."""
    nom = f"essai-{uuid.uuid4().hex[:8]}"
    brancher(settings.CELERY_BROKER_URL, nom)
    yield nom
    brancher("memory://")


class Ouvrier:
    """A worker in its own session, on the test's database and files."""

    def __init__(self, file):
        adresse = (
            urlsplit(os.environ.get("DATABASE_URL", f"postgresql://aap@/base?host={settings.PRISES}"))
            ._replace(path="/" + connection.settings_dict["NAME"])
            .geturl()
        )
        environnement = os.environ | {
            "DATABASE_URL": adresse,
            "SECRET_KEY": settings.SECRET_KEY,
            "DONNEES": str(settings.DONNEES),
            "STOCKAGE_URL": f"file://{settings.MEDIA_ROOT}",
            "REDIS_URL": settings.CELERY_BROKER_URL,
            "PYTHONWARNINGS": "ignore",
        }
        commande = [sys.executable, "-m", "celery", "-A", "manufactures", "worker", "-c", "1", "-Q", file]
        commande += ["--without-gossip", "--without-mingle", "-l", "ERROR"]
        self.processus = subprocess.Popen(
            commande, env=environnement, cwd=settings.BASE_DIR, start_new_session=True, stderr=subprocess.PIPE
        )

    def tuer(self):
        """SIGKILL to the whole group: no goodbye."""
        os.killpg(self.processus.pid, signal.SIGKILL)
        self.processus.wait()

    def arreter(self):
        """SIGTERM, then SIGKILL if it lingers."""
        self.processus.terminate()
        try:
            self.processus.wait(10)
        except subprocess.TimeoutExpired:
            self.tuer()


def attendre(ouvrier, condition, secondes=90):
    fin = time.monotonic() + secondes
    while not condition():
        assert ouvrier.processus.poll() is None, ouvrier.processus.stderr.read()
        assert time.monotonic() < fin, "rien n'est venu"
        time.sleep(0.05)


def scelles():
    return Acte.objects.filter(etat="SCELLE").count()


@pytest.mark.long
def test_a_killed_worker_leaves_acts_that_are_rendered_later(file_reelle):
    actes = [
        Acte.commander("ar_depot", fil=f"dossier/D-{rang}", instantane=exemple("ar_depot"), par=None)
        for rang in range(8)
    ]
    premier = Ouvrier(file_reelle)
    attendre(premier, lambda: scelles() >= 1)
    premier.tuer()
    faits = dict(Acte.objects.filter(etat="SCELLE").values_list("pk", "empreinte"))
    assert len(faits) < len(actes)

    second = Ouvrier(file_reelle)
    try:
        reprendre()
        attendre(second, lambda: scelles() == len(actes))
    finally:
        second.arreter()

    # Nothing lost, nothing done twice: what was sealed before the kill keeps its file.
    for acte in Acte.objects.all():
        assert faits.get(acte.pk, acte.empreinte) == acte.empreinte
        assert acte.essais == 0
        assert acte.lire_fichier().startswith(b"%PDF")


def test_a_broker_away_does_not_stop_a_deed():
    brancher("redis+socket:///nulle/part.sock")

    acte = Acte.commander("ar_depot", fil="dossier/D-1", instantane=exemple("ar_depot"), par=None)

    brancher("memory://")

    assert Acte.objects.get(pk=acte.pk).etat == "A_RENDRE"
