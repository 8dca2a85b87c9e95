"""A process that the supervisor keeps: its log, its death, its end."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from scripts.outils.installation import RACINE
from scripts.outils.systeme import fin_du_journal

GRACE = 10.0  # seconds that a process has to finish what it does
JOURNAL_MAX = 5_000_000


class Processus:
    """A process in a session of its own, so that Ctrl-C reaches only the supervisor."""

    def __init__(self, nom: str, commande: list[str], env: dict, journal: Path):
        self.nom, self.commande, self.env, self.journal = nom, commande, env, journal
        self.departs: list[float] = []
        self.enfant: subprocess.Popen | None = None

    def demarrer(self) -> None:
        """Start, its output appended to its own log."""
        if self.journal.exists() and self.journal.stat().st_size > JOURNAL_MAX:
            self.journal.replace(self.journal.with_suffix(".ancien"))
        self._achever()  # what a killed parent left behind
        self.departs.append(time.monotonic())
        with self.journal.open("ab") as sortie:
            self.enfant = subprocess.Popen(
                self.commande,
                cwd=RACINE,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=sortie,
                start_new_session=True,
                preexec_fn=mourir_avec_le_parent,
            )

    def est_mort(self) -> bool:
        """Whether it ended by itself."""
        return self.enfant is not None and self.enfant.poll() is not None

    def constat(self) -> str:
        """What died, how, and its last words."""
        fin = fin_du_journal(self.journal)
        return f"{self.nom} s'est arrêté (code {self.enfant.returncode}). Fin de {self.journal} :\n{fin}"

    def arreter(self) -> None:
        """Ask, wait, and then insist on the whole group."""
        if self.enfant is None:
            return
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            self.enfant.terminate()
            self.enfant.wait(GRACE)
        self._achever()
        self.enfant.wait()

    def _achever(self) -> None:
        """End by force whatever is left of the group."""
        if self.enfant is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.enfant.pid, signal.SIGKILL)


def mourir_avec_le_parent() -> None:
    """Even a supervisor killed by force leaves no site behind (Linux)."""
    if sys.platform == "linux":
        from ctypes import CDLL  # in the child only

        CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
