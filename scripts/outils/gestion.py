"""`scripts/manage …`: manage.py inside the environment, the embedded services up for as long as it runs."""

import signal
import subprocess
import sys

from scripts.outils.embarques import Services
from scripts.outils.environnement import dossier_de_donnees, environnement
from scripts.outils.installation import RACINE, arreter
from scripts.outils.systeme import ServiceIndisponible


def main(arguments: list[str]) -> int:
    """Run one command and keep its exit code; nothing of ours is ever printed on stdout."""
    donnees = dossier_de_donnees()
    env = environnement(donnees)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for manage.py: we stay to clean up after it
    try:
        with Services(donnees, env) as services:
            return lancer(arguments, {**env, **services.variables})
    except ServiceIndisponible as panne:
        arreter(str(panne))


def lancer(arguments: list[str], env: dict) -> int:
    """manage.py as a child that gets our SIGTERM."""
    processus = subprocess.Popen(
        [sys.executable, str(RACINE / "manage.py"), *arguments],
        env=env,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    signal.signal(signal.SIGTERM, lambda *_: processus.terminate())
    code = processus.wait()
    return code if code >= 0 else 128 - code
