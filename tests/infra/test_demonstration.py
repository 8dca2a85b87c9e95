"""The whole command, for real: started from nothing, answering, stopped clean, and quick the second time."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from scripts.outils.embarques import Services
from scripts.outils.environnement import sans_variables

RACINE = Path(__file__).resolve().parents[2]
PREMIER_DEPART, SECOND_DEPART, FIN = 300, 10, 30  # seconds, on a machine that does nothing else
PARTAGE = 3  # other tests run on the same processors meanwhile

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("infra")]


@pytest.fixture(scope="module")
def donnees(tmp_path_factory):
    """One data folder for the whole module; nothing of it is left."""
    dossier = tmp_path_factory.mktemp("demonstration")
    yield dossier
    services = Services(dossier, {})
    for service in (services.redis, services.cluster):
        service.arreter()
    services.cluster.effacer()


@pytest.fixture(scope="module")
def port():
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as libre:
        return libre.getsockname()[1]


@pytest.fixture
def demarrer(donnees, port):
    """Start the demonstration and wait for its word; give it, how long it took, what it said."""
    lancees = []

    def _demarrer(patience, *options):
        journal = donnees.with_suffix(".log")
        commande = [RACINE / "scripts/demo", "--port", str(port), "--donnees", str(donnees), *options]
        debut = time.monotonic()
        with journal.open("w") as sortie:
            demo = subprocess.Popen(commande, cwd="/", env=sans_variables(), stdout=sortie, stderr=sortie)
        lancees.append(demo)
        pret = f"Prêt : http://127.0.0.1:{port}/"
        while pret not in (lignes := journal.read_text().splitlines()):
            assert demo.poll() is None, "\n".join(lignes)
            assert time.monotonic() < debut + patience, "\n".join(lignes)
            time.sleep(0.1)
        return demo, time.monotonic() - debut, lignes

    yield _demarrer
    for demo in lancees:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(FIN)


def lire(port, chemin) -> int:
    """The status of a page."""
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}{chemin}", timeout=20) as reponse:
            return reponse.status
    except HTTPError as refus:
        return refus.code


def gerer(donnees, *arguments):
    """`scripts/manage` on the same data folder."""
    env = {**sans_variables(), "DONNEES": str(donnees)}
    commande = [RACINE / "scripts/manage", *arguments]
    return subprocess.run(commande, cwd="/", env=env, capture_output=True, text=True, check=False)


def processus_de(donnees) -> list[str]:
    """What still runs for this data folder, its sockets included."""
    noms = {str(donnees), str(Services(donnees, {}).cluster.prises)}
    vus = []
    for commande in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            ligne = commande.read_text(errors="replace").replace("\0", " ")
            vus += [ligne] if any(nom in ligne for nom in noms) else []
    return vus


def test_it_starts_from_nothing_answers_and_stops_clean(demarrer, donnees, port):
    demo, _, lignes = demarrer(PREMIER_DEPART * PARTAGE)

    assert any("porteur@manufactures.test" in ligne for ligne in lignes)
    assert lire(port, "/sante/") == 200
    assert lire(port, "/") == 200
    assert gerer(donnees, "actes_en_attente").stdout.split() == ["0"]
    for commande in ("verifier_journal", "verifier_invariants"):
        verification = gerer(donnees, commande)
        assert verification.returncode == 0, verification.stdout + verification.stderr
    assert lire(port, "/sante/") == 200  # manage.py stopped nothing that it had not started

    demo.terminate()

    assert demo.wait(FIN) == 0
    assert processus_de(donnees) == []


def test_it_starts_again_quickly_with_its_data(demarrer, donnees, port):
    premiere, _, _ = demarrer(PREMIER_DEPART * PARTAGE)  # loads the data where this test comes first
    premiere.terminate()
    premiere.wait(FIN)
    avant = gerer(donnees, "verifier_journal").stdout  # services up for the command alone
    assert processus_de(donnees) == []

    demo, duree, _ = demarrer(PREMIER_DEPART * PARTAGE)

    assert duree < SECOND_DEPART * PARTAGE
    assert gerer(donnees, "verifier_journal").stdout == avant
    demo.send_signal(signal.SIGINT)
    assert demo.wait(FIN) == 0
    assert processus_de(donnees) == []


def test_a_killed_worker_is_started_again(demarrer, donnees, port):
    demo, _, _ = demarrer(PREMIER_DEPART * PARTAGE)
    ouvriers = []
    for commande in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            ligne = commande.read_text(errors="replace")
            if "celery" in ligne and str(donnees) in ligne:
                ouvriers.append(int(commande.parent.name))
    assert ouvriers

    for pid in ouvriers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    limite = time.monotonic() + 60
    while lire(port, "/sante/") != 200 or not set(ouvriers).isdisjoint(
        pid
        for pid in ouvriers
        if Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_text()
    ):
        assert time.monotonic() < limite
        time.sleep(0.2)
    assert demo.poll() is None
