"""What the machine offers to both services: private folders, locks, processes, ends of logs."""

import fcntl
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from runpy import run_path

from scripts.outils.installation import RACINE

# That one module alone: its package would load Celery with it.
chemin_des_prises = run_path(str(RACINE / "manufactures" / "prises.py"))["chemin_des_prises"]


class ServiceIndisponible(Exception):
    """A service could not be started; the message says why, and what to do."""


@contextmanager
def verrou(fichier: Path):
    """Hold a file's lock: one process at a time."""
    numero = os.open(fichier, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(numero, fcntl.LOCK_EX)
        yield
    finally:
        os.close(numero)


def dossier_prive(dossier: Path, proprietaire: int, groupe: int) -> None:
    """Make `dossier`, closed to all but `proprietaire`; refuse one that somebody else laid there first."""
    try:
        dossier.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        etat = dossier.lstat()
        if not stat.S_ISDIR(etat.st_mode) or etat.st_uid not in {os.geteuid(), proprietaire}:
            raise ServiceIndisponible(
                f"{dossier} appartient à un autre compte : choisissez un autre dossier de données."
            ) from None
    os.chown(dossier, proprietaire, groupe)


def a_disparu(pid: int) -> bool:
    """Whether process `pid` is over; a child of ours is buried on the way."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with suppress(OSError):  # dead, and waiting for its parent to notice
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


def fin_du_journal(fichier: Path, lignes: int = 20) -> str:
    """The last lines of a log, if any."""
    try:
        return "\n".join(fichier.read_text(errors="replace").splitlines()[-lignes:])
    except OSError:
        return ""
