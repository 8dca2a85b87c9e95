"""Bring the machine to what a command needs: a few Debian packages, uv, and the locked Python packages.

Runs with any Python 3.11+ and nothing installed. Says nothing when nothing is missing.
"""

import ctypes.util
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
VERROUS = RACINE / "requirements"
ENVIRONNEMENT = RACINE / ".venv"
PYTHON = ENVIRONNEMENT / "bin" / "python"
OUTILS = RACINE / ".tools"
CACHET = ENVIRONNEMENT / "installe.json"
INTERPRETE = f"{sys.base_prefix} {platform.python_version()}"
UV_MINIMUM = (0, 8)

# Shared libraries that draw the acts, and the Debian package of each.
BIBLIOTHEQUES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
    "magic": "libmagic1",
}
NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def dire(phrase: str) -> None:
    """Tell what happens on stderr: stdout belongs to the command."""
    print(phrase, file=sys.stderr, flush=True)


def arreter(phrase: str) -> None:
    """Give up with one sentence that says what to do."""
    dire(phrase)
    sys.exit(1)


def installer(jeu: str, *, tout_exiger: bool = False) -> None:
    """Install what is missing for the set of packages `jeu` (`demo`, `test`, or none: only uv)."""
    completer_le_systeme(jeu, tout_exiger=tout_exiger)
    if not jeu:
        with un_seul_a_la_fois():
            trouver_uv()
    elif not est_a_jour(jeu):
        with un_seul_a_la_fois():
            if not est_a_jour(jeu):  # another command may have done it while we waited
                synchroniser(jeu)


# --- Debian packages ----------------------------------------------------------------------------------------


def navigateur() -> str | None:
    """The Chromium that browser tests drive."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAVIGATEURS)), None)


def redis_est_fourni() -> bool:
    """Whether a Redis is at hand or comes as a wheel (Linux x86_64, up to Python 3.12)."""
    roue = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 13)
    return bool(roue or os.environ.get("REDIS_URL") or shutil.which("redis-server"))


def paquets_manquants(jeu: str) -> list[str]:
    """Debian packages that would bring what this machine lacks."""
    manquants = []
    if not (jeu and est_a_jour(jeu)) and not uv_present() and importlib.util.find_spec("ensurepip") is None:
        manquants.append("python3-venv")
    if jeu:
        manquants += [paquet for nom, paquet in BIBLIOTHEQUES.items() if not ctypes.util.find_library(nom)]
        if not redis_est_fourni():
            manquants.append("redis-server")
    if jeu == "test" and not navigateur():
        manquants.append("chromium")
    if jeu == "test" and not shutil.which("pdftotext"):
        manquants.append("poppler-utils")
    if jeu == "test" and sys.platform == "linux" and not ctypes.util.find_library("atomic"):
        manquants.append("libatomic1")  # Playwright's own Node is linked to it, and a minimal system has none
    return manquants


def completer_le_systeme(jeu: str, *, tout_exiger: bool) -> None:
    """Install the missing Debian packages, as root or through sudo; else say in one line what is missing."""
    manquants = paquets_manquants(jeu)
    if not manquants:
        return
    prefixe = prefixe_administrateur() if shutil.which("apt-get") else None
    if prefixe is not None:
        dire(f"Installation de {', '.join(manquants)}…")
        apt_get(prefixe, "update", "-qq")
        apt_get(prefixe, "install", "-y", "-qq", "--no-install-recommends", *manquants)
        importlib.invalidate_caches()
        manquants = paquets_manquants(jeu)
    if not manquants:
        return
    remede = f"apt-get install {' '.join(manquants)}"
    if sys.platform == "darwin":
        remede = "brew install pango libmagic redis"
    if tout_exiger or "python3-venv" in manquants:
        arreter(f"Il manque {', '.join(manquants)}, que je ne peux pas installer ici. Faites : {remede}")
    dire(f"Il manque {', '.join(manquants)} : ce qui en dépend ne marchera pas. Faites plutôt : {remede}")


def prefixe_administrateur() -> list[str] | None:
    """How to become root, or None: nothing to add, sudo without a question, sudo with one on a terminal."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    return ["sudo"] if sys.stdin.isatty() else None


def apt_get(prefixe: list[str], *arguments: str) -> None:
    """Run apt-get without a question, and silent unless it fails."""
    reglages = ["-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"]
    commande = [*prefixe, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *reglages, *arguments]
    entree = None if prefixe == ["sudo"] else subprocess.DEVNULL  # sudo may ask for a password
    fini = subprocess.run(
        commande, stdin=entree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if fini.returncode:
        dire(fini.stdout)


# --- Python packages ----------------------------------------------------------------------------------------


def uv_present() -> str | None:
    """The uv of this project, or the machine's when it is recent enough."""
    notre = OUTILS / "bin" / "uv"
    if notre.exists() and version_de_uv(str(notre)):
        return str(notre)
    machine = shutil.which("uv")
    return machine if machine and version_de_uv(machine) >= UV_MINIMUM else None


def version_de_uv(uv: str) -> tuple[int, ...]:
    """(0, 13, 9), or () for a uv that does not run."""
    try:
        reponse = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ()
    trouve = re.search(r"(\d+)\.(\d+)\.(\d+)", reponse)
    return tuple(map(int, trouve.groups())) if trouve else ()


def trouver_uv() -> str:
    """uv, installed with pip inside the project when the machine has none."""
    if uv := uv_present():
        return uv
    dire("Installation de uv…")
    executer(sys.executable, "-m", "venv", "--clear", str(OUTILS))
    verrou = str(VERROUS / "outils.txt")
    executer(
        str(OUTILS / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", verrou
    )
    return str(OUTILS / "bin" / "uv")


def empreinte(jeu: str) -> str:
    """What the environment depends on: the lock, the interpreter, the folder."""
    contenu = (VERROUS / f"{jeu}.txt").read_bytes()
    return hashlib.sha256(contenu + f"{INTERPRETE} {RACINE}".encode()).hexdigest()


def est_a_jour(jeu: str) -> bool:
    """Whether the environment holds the lock of `jeu`, or that of `test`, which contains it."""
    try:
        cachet = json.loads(CACHET.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and any(cachet == {"jeu": j, "empreinte": empreinte(j)} for j in {jeu, "test"})


def synchroniser(jeu: str) -> None:
    """Make the environment hold exactly the lock, digests checked; never let uv fetch a Python of its own."""
    try:
        installe = json.loads(CACHET.read_text())["jeu"]
    except (OSError, ValueError, KeyError):
        installe = jeu
    jeu = "test" if installe == "test" else jeu  # never take the tests' packages away
    uv = trouver_uv()
    dire("Installation des paquets Python…")
    if not meme_interprete():
        executer(
            uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(ENVIRONNEMENT)
        )
    CACHET.unlink(missing_ok=True)
    executer(
        uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), str(VERROUS / f"{jeu}.txt")
    )
    CACHET.write_text(json.dumps({"jeu": jeu, "empreinte": empreinte(jeu)}))


def meme_interprete() -> bool:
    """Whether the environment runs, and with the Python that runs this."""
    try:
        question = "import platform, sys; print(sys.base_prefix, platform.python_version())"
        commande = [str(PYTHON), "-c", question]
        return (
            subprocess.run(commande, capture_output=True, text=True, check=False).stdout.strip() == INTERPRETE
        )
    except OSError:
        return False


def executer(*commande: str) -> None:
    """Run one step of the installation, its output on stderr; its failure ends ours."""
    environnement = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environnement.pop("VIRTUAL_ENV", None)
    fini = subprocess.run(commande, stdout=sys.stderr, env=environnement, check=False)
    if fini.returncode:
        arreter(f"L'installation a échoué (code {fini.returncode}) : {' '.join(commande)}")


@contextmanager
def un_seul_a_la_fois():
    """Two commands started together install once: the lock is held on the folder of the requirements."""
    dossier = os.open(VERROUS, os.O_RDONLY)
    try:
        fcntl.flock(dossier, fcntl.LOCK_EX)
        yield
    finally:
        os.close(dossier)
