"""The process that reads untrusted files for this one: started at the first file, started again when it dies."""

import atexit
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

EXAMEN = Path(__file__).with_name("examen.py")
PATIENCE_S = 30  # one file; its child stops by itself after 20 seconds of work
MORCEAU = 1024 * 1024


class Examinateur:
    """One resident process, asked by one thread at a time; a worker made by fork starts its own."""

    def __init__(self):
        self._verrou = threading.Lock()
        self._processus, self._pid = None, 0

    def demander(self, geste: str, genre: str, fichier, taille: int) -> tuple[str, bytes]:
        """The word of the refusal, or "", and the bytes asked for. A file that silences the reader is refused."""
        with self._verrou:
            try:
                return self._echanger(geste, genre, fichier, taille)
            except (OSError, EOFError, ValueError):
                self._arreter()
                return "volume", b""

    def _echanger(self, geste, genre, fichier, taille) -> tuple[str, bytes]:
        processus = self._vivant()
        entete = {"geste": geste, "genre": genre, "taille": taille}
        processus.stdin.write(json.dumps(entete).encode() + b"\n")
        fichier.seek(0)
        reste = taille
        while reste and (morceau := fichier.read(min(MORCEAU, reste))):
            processus.stdin.write(morceau)
            reste -= len(morceau)
        if reste:
            raise EOFError("le fichier est plus court qu'annoncé")
        processus.stdin.flush()
        with selectors.DefaultSelector() as attente:
            attente.register(processus.stdout, selectors.EVENT_READ)
            if not attente.select(PATIENCE_S):
                raise TimeoutError
        reponse = json.loads(processus.stdout.readline())
        return reponse["mot"], processus.stdout.read(reponse["taille"])

    def _vivant(self) -> subprocess.Popen:
        if self._pid != os.getpid():  # a parent's process is the parent's
            self._processus, self._pid = None, os.getpid()
        if self._processus is None or self._processus.poll() is not None:
            self._processus = subprocess.Popen(
                [sys.executable, "-I", str(EXAMEN)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        return self._processus

    def _arreter(self) -> None:
        """Kill it with its child: what hangs is not asked to leave."""
        if self._processus is not None and self._pid == os.getpid():
            with suppress(ProcessLookupError):
                os.killpg(self._processus.pid, signal.SIGKILL)
            self._processus.wait()
            for tuyau in (self._processus.stdin, self._processus.stdout):
                with suppress(OSError):
                    tuyau.close()
        self._processus = None


EXAMINATEUR = Examinateur()
atexit.register(EXAMINATEUR._arreter)
demander = EXAMINATEUR.demander
