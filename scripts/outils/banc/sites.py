"""gunicorn with two sync workers, for the pages and for the floor alike."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from scripts.outils.banc.mesure import Client, MesureImpossible, Page, Passage
from scripts.outils.installation import RACINE
from scripts.outils.processus import Processus
from scripts.outils.systeme import fin_du_journal

OUVRIERS = 2
ATTENTE = 60.0  # seconds for the first answer
CHAUFFE = 3 * OUVRIERS  # answers to each page before anything is measured


class Site:
    """One gunicorn on one database, and the pages that it serves."""

    def __init__(self, nom: str, application: str, env: dict, donnees: Path):
        self.nom, self.port = nom, port_libre()
        env = {**env, "SITE_URL": f"http://127.0.0.1:{self.port}", "ALLOWED_HOSTS": "127.0.0.1"}
        reglages = f"--bind 127.0.0.1:{self.port} --worker-class sync --workers {OUVRIERS} --timeout 120"
        commande = [sys.executable, "-m", "gunicorn", *reglages.split(), "--no-control-socket", application]
        self.env = env
        self.processus = Processus(f"Le site {nom}", commande, env, donnees / f"site-{nom}.log")
        self.pages: dict[str, Page] = {}

    def demarrer(self) -> None:
        """Start, and wait for an answer, whatever it is."""
        self.processus.demarrer()
        limite = time.monotonic() + ATTENTE
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
                return
            if self.processus.est_mort() or time.monotonic() > limite:
                raise MesureImpossible(
                    f"Le site {self.nom} ne démarre pas.\n{fin_du_journal(self.processus.journal)}"
                )
            time.sleep(0.05)

    def chauffer(self) -> None:
        """Both workers have seen each page twice at least, before the first round."""
        for page in self.pages.values():
            client = Client(self.port, page, page.passages[0])
            client.preparer()
            for _ in range(CHAUFFE):
                client.visiter()

    def memoire_mo(self) -> float | None:
        """The highest peak of resident memory among the workers (Linux)."""
        pics = []
        for pid in enfants(self.processus.enfant.pid):
            with suppress(OSError, StopIteration):
                lignes = Path(f"/proc/{pid}/status").read_text().splitlines()
                pics.append(
                    int(next(ligne for ligne in lignes if ligne.startswith("VmHWM")).split()[1]) / 1024
                )
        return max(pics, default=None)

    def arreter(self) -> None:
        """Stop gunicorn and its workers."""
        self.processus.arreter()


def reperer(env: dict, pages: list[str]) -> tuple[list[Page], dict[str, str]]:
    """The pages that answer on this database, and why the others do not."""
    commande = [sys.executable, "-m", "scripts.outils.banc.reperage", *pages]
    fini = subprocess.run(
        commande, cwd=RACINE, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if fini.returncode:
        raise MesureImpossible(f"Le repérage des pages a échoué.\n{fini.stderr[-2000:]}")
    releve = json.loads(fini.stdout.strip().splitlines()[-1])
    trouvees = [
        Page(**(page | {"passages": [Passage(**passage) for passage in page["passages"]]}))
        for page in releve["pages"]
    ]
    return trouvees, releve["absentes"]


def ouvrir_le_plancher(env: dict, url: str, donnees: Path) -> Site:
    """The floor's site, its database filled, its only page known."""
    env = {nom: valeur for nom, valeur in env.items() if nom != "DJANGO_SETTINGS_MODULE"} | {
        "PLANCHER_URL": url
    }
    amorce = "from scripts.outils.banc import plancher; print(plancher.CHEMIN, plancher.remplir())"
    fini = subprocess.run(
        [sys.executable, "-c", amorce], cwd=RACINE, env=env, capture_output=True, text=True, check=False
    )
    if fini.returncode:
        raise MesureImpossible(f"Le plancher ne se prépare pas.\n{fini.stderr[-2000:]}")
    chemin, session = fini.stdout.split()
    site = Site("plancher", "scripts.outils.banc.plancher:application", env, donnees)
    site.pages["plancher"] = Page("plancher", [Passage(chemin, session)])
    return site


def port_libre() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as libre:
        return libre.getsockname()[1]


def enfants(pid: int) -> list[int]:
    """The processes whose parent is `pid` (Linux; none elsewhere)."""
    trouves = []
    for dossier in Path("/proc").glob("[0-9]*") if os.path.isdir("/proc") else ():
        with suppress(OSError, IndexError, ValueError):
            parent = int((dossier / "stat").read_text().rpartition(")")[2].split()[1])
            trouves += [int(dossier.name)] if parent == pid else []
    return trouves
