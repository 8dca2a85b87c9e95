"""The services of one data folder, shared by the commands that run on it.

Programs come from the wheels, else from Debian's packages. No TCP port (save the last resort for Redis), so
two data folders never meet.
"""

import fcntl
import os
from pathlib import Path

from scripts.outils.courtier import Redis, RedisDeSecours, redis_de
from scripts.outils.postgresql import Cluster
from scripts.outils.systeme import verrou


class Services:
    """What a command needs running, shared with the other commands on the same data folder.

    The last one out turns off the light: a command stops what it started, unless another still uses it.
    """

    def __init__(self, donnees: Path, environnement: dict, *, rapide: bool = False):
        """Only the services that `environnement` does not place elsewhere."""
        self.donnees = Path(donnees)
        self.cluster = None if environnement.get("DATABASE_URL") else Cluster(donnees, rapide=rapide)
        self.redis = None if environnement.get("REDIS_URL") else redis_de(donnees)
        self.demarres: list[Cluster | Redis] = []
        self._usage = None

    def demarrer(self) -> dict:
        """Start what is not running; the variables that tell where, when settings cannot guess it."""
        self.donnees.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._a_la_porte():
            self._usage = os.open(self.donnees / "services.usage", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._usage, fcntl.LOCK_SH)
            for service in filter(None, (self.cluster, self.redis)):
                if service.demarrer():
                    self.demarres.append(service)
        return {"REDIS_URL": self.redis.url()} if isinstance(self.redis, RedisDeSecours) else {}

    def adopter(self) -> None:
        """Take charge of what was found running too: the leftovers of a command that was killed."""
        self.demarres = [service for service in (self.cluster, self.redis) if service]

    def arreter(self, *, quoi_qu_il_en_soit: bool = False) -> None:
        """Stop what this command started, Redis first."""
        if self._usage is None:
            return
        with self._a_la_porte():
            seul = True
            try:
                fcntl.flock(self._usage, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                seul = False
            if seul or quoi_qu_il_en_soit:
                for service in reversed(self.demarres):
                    service.arreter()
            os.close(self._usage)
            self._usage = None

    def _a_la_porte(self):
        return verrou(self.donnees / "services.porte")

    def __enter__(self):
        try:
            self.variables = self.demarrer()
        except BaseException:
            self.arreter()
            raise
        return self

    def __exit__(self, *_):
        self.arreter()
