"""What the supervisor keeps: asked politely first, then by force, and never a child left behind."""

import os
import signal
import sys
import time

import pytest

from scripts.outils.processus import Processus
from scripts.outils.systeme import a_disparu

# A parent with a child, as a Celery worker with its pool; the child's number is written to the log.
FAMILLE = """
import os, signal, sys, time
enfant = os.fork()
if enfant == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)
print(enfant, flush=True)
time.sleep(60)
"""


@pytest.fixture
def famille(tmp_path):
    """Started, and ended whatever happens."""
    processus = Processus("Essai", [sys.executable, "-c", FAMILLE], dict(os.environ), tmp_path / "essai.log")
    processus.demarrer()
    limite = time.monotonic() + 10
    while not processus.journal.read_text().endswith("\n") and time.monotonic() < limite:
        time.sleep(0.02)
    yield processus
    processus.arreter()


def attendre_la_fin(pid):
    """Up to a few seconds."""
    limite = time.monotonic() + 5
    while not a_disparu(pid) and time.monotonic() < limite:
        time.sleep(0.02)
    return a_disparu(pid)


def test_stopping_takes_the_whole_family(famille):
    petit = int(famille.journal.read_text())

    famille.arreter()

    assert attendre_la_fin(petit)


def test_a_restart_leaves_nothing_of_the_one_that_was_killed(famille):
    petit = int(famille.journal.read_text())
    os.kill(famille.enfant.pid, signal.SIGKILL)
    famille.enfant.wait()
    assert famille.est_mort()
    assert "Essai s'est arrêté (code -9)" in famille.constat()

    famille.demarrer()

    assert attendre_la_fin(petit)
    assert not famille.est_mort()
