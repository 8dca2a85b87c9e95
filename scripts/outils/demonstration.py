"""`scripts/demo`: from nothing to a running demonstration, and back to nothing running.

One supervisor starts everything in order (PostgreSQL, Redis, migrations and data, worker, web), says when all
answer, takes care of what dies, and stops what it started in the reverse order.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from scripts.outils.embarques import Services
from scripts.outils.environnement import dossier_de_donnees, environnement
from scripts.outils.installation import RACINE, dire
from scripts.outils.options import options_de_demo
from scripts.outils.processus import GRACE, Processus, mourir_avec_le_parent
from scripts.outils.systeme import ServiceIndisponible, fin_du_journal

MARQUE = "manufactures.donnees"  # in a folder that we made: what --reset may empty
ATTENTE_SANTE = 90.0
RELANCES = 3  # in a minute: more, and something is wrong
RETOUR_SERVICE = 10.0  # a database or a broker that fell comes back after this long


class Arret(BaseException):
    """Somebody asked us to stop."""

    def __init__(self, numero: int):
        super().__init__(numero)
        self.numero = numero


class Echec(Exception):
    """The demonstration cannot go on; the message says why."""


def main(arguments: list[str]) -> int:
    """Run until asked to stop: 0 if it was ready by then, 128 + signal if not, 1 when something failed."""
    choix = options_de_demo().parse_args(arguments)
    demonstration = Demonstration(dossier_de_donnees(choix.donnees), choix.port)
    for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if numero != signal.SIGHUP or signal.getsignal(numero) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(numero, demonstration.demander_l_arret)
    code = 1
    try:
        demonstration.preparer_le_dossier(vider=choix.reset)
        demonstration.demarrer()
        code = 0
        demonstration.veiller()
    except Arret as arret:
        code = 0 if code == 0 else 128 + arret.numero
    except (Echec, ServiceIndisponible) as panne:
        code = 1
        dire(f"\n{panne}")
    finally:
        demonstration.arreter()
    return code


class Demonstration:
    """Everything that runs for one data folder and one port."""

    def __init__(self, donnees: Path, port: int):
        self.donnees, self.port = donnees, port
        self.adresse = f"http://127.0.0.1:{port}/"
        self.services: Services | None = None
        self.preparation: Processus | None = None
        self.processus: list[Processus] = []
        self.en_arret = False
        self.debut = time.monotonic()
        self.tombes: dict[str, float] = {}  # services that do not answer, since when

    def demander_l_arret(self, numero: int, _) -> None:
        """Ctrl-C or SIGTERM, wherever we are; while we stop already, there is nothing more to do."""
        if not self.en_arret:
            self.en_arret = True
            raise Arret(numero)

    # --- The data folder ------------------------------------------------------------------------------------

    def preparer_le_dossier(self, *, vider: bool) -> None:
        """Make the data folder ours, and empty if asked."""
        try:
            occupe = self.donnees.exists() and any(self.donnees.iterdir())
            self.donnees.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as cause:
            raise Echec(
                f"--donnees : {self.donnees} n'est pas un dossier utilisable ({cause.strerror})."
            ) from cause
        marque = self.donnees / MARQUE
        if vider and occupe and not marque.exists():
            raise Echec(
                f"--reset : {self.donnees} n'est pas un dossier de la démonstration, rien n'y est effacé."
            )
        if not marque.exists():
            marque.touch()
        self.prendre_la_place()
        if vider:
            self.vider()
        with socket.socket() as essai:
            essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                essai.bind(("127.0.0.1", self.port))
            except OSError as cause:
                raise Echec(
                    f"Le port {self.port} est pris : ./scripts/demo --port {self.port + 1} par exemple."
                ) from cause

    def prendre_la_place(self) -> None:
        """One demonstration a data folder."""
        import fcntl

        self.place = os.open(self.donnees / "demonstration.verrou", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self.place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise Echec(
                f"Une démonstration tourne déjà sur {self.donnees} : arrêtez-la, ou choisissez --donnees."
            ) from cause

    def vider(self) -> None:
        """Everything goes, save the lock that we hold; a database of somebody else's is not ours to empty."""
        if os.environ.get("DATABASE_URL"):
            raise Echec(
                "--reset n'efface que la base embarquée : avec DATABASE_URL, videz la base vous-même."
            )
        services = Services(self.donnees, {})
        for service in (services.cluster, services.redis):
            service.arreter()
        services.cluster.effacer()
        for chemin in self.donnees.iterdir():
            if chemin.name in {MARQUE, "demonstration.verrou"}:
                continue
            shutil.rmtree(chemin) if chemin.is_dir() and not chemin.is_symlink() else chemin.unlink()

    # --- The start ------------------------------------------------------------------------------------------

    def demarrer(self) -> None:
        """Services, migrations and data, web and worker, health, acts, accounts."""
        env = environnement(self.donnees, port=self.port)
        (self.donnees / "journaux").mkdir(exist_ok=True)
        dire("Démarrage des services…")
        self.services = Services(self.donnees, env)
        try:
            env |= self.services.demarrer()
        finally:
            self.services.adopter()
        self.oublier_un_chargement_interrompu()
        self.preparer(env)
        dire("Démarrage du site et du travailleur…")
        self.processus = [self.travailleur(env), self.site(env)]
        for processus in self.processus:
            processus.demarrer()
        self.attendre_la_sante()
        self.attendre_les_actes()
        print(f"Prêt : {self.adresse}", flush=True)
        dire(f"({time.monotonic() - self.debut:.1f} s ; données dans {self.donnees} ; Ctrl-C arrête tout)")

    def oublier_un_chargement_interrompu(self) -> None:
        """A load cut short leaves half a demonstration: start it again from an empty database."""
        if not (self.donnees / "chargement.en_cours").exists():
            return
        if self.services.cluster is None:
            raise Echec(
                "Le dernier chargement a été interrompu : videz la base de DATABASE_URL, "
                f"effacez {self.donnees}/chargement.en_cours, puis relancez."
            )
        dire("Le dernier chargement a été interrompu : il recommence.")
        self.services.cluster.vider_base()
        shutil.rmtree(self.donnees / "fichiers", ignore_errors=True)
        (self.donnees / "chargement.en_cours").unlink()

    def preparer(self, env: dict) -> None:
        """Migrate and load in a process of its own, that goes on afterwards to wait for the acts."""
        lecture, ecriture = os.pipe()
        commande = [sys.executable, "-m", "scripts.outils.preparation", str(ecriture)]
        with os.fdopen(lecture, "rb") as signal_de_fin:
            self.preparation = subprocess.Popen(
                commande,
                cwd=RACINE,
                env=env,
                stdin=subprocess.DEVNULL,
                pass_fds=(ecriture,),
                start_new_session=True,
                preexec_fn=mourir_avec_le_parent,
            )
            os.close(ecriture)
            if signal_de_fin.read(1) != b"1":
                raise Echec(f"La préparation de la base a échoué (code {self.preparation.wait()}).")

    def site(self, env: dict) -> Processus:
        """Two processes of four threads: enough for a room of people. The code is read before they part."""
        reglages = f"--bind 127.0.0.1:{self.port} --worker-class gthread --workers 2 --threads 4 --preload"
        reglages += " --graceful-timeout 5 --timeout 60 --no-control-socket --access-logfile -"
        reglages += " --logger-class manufactures.acces.JournalDesAcces"
        commande = [sys.executable, "-m", "gunicorn", *reglages.split(), "manufactures.wsgi:application"]
        return Processus("Le site", commande, env, self.donnees / "journaux" / "site.log")

    def travailleur(self, env: dict) -> Processus:
        """One Celery process, and the clock that wakes the periodic tasks."""
        reglages = "-A manufactures worker -c 2 -B -l INFO --without-gossip --without-mingle".split()
        commande = [sys.executable, "-m", "celery", *reglages, "-s", str(self.donnees / "periodiques")]
        return Processus("Le travailleur", commande, env, self.donnees / "journaux" / "travailleur.log")

    def attendre_la_sante(self) -> None:
        """Until /sante/ answers 200: database, broker, storage and worker are all there."""
        limite, reponse = time.monotonic() + ATTENTE_SANTE, ""
        ouvrir = build_opener(ProxyHandler({})).open
        while time.monotonic() < limite:
            for processus in self.processus:
                if processus.est_mort():
                    raise Echec(processus.constat())
            try:
                with ouvrir(f"{self.adresse}sante/", timeout=10):
                    return
            except HTTPError as refus:
                reponse = f"{refus.code} {refus.read(500).decode(errors='replace')}"
            except (URLError, OSError) as absence:
                reponse = str(absence)
            time.sleep(0.1)
        journaux = "\n".join(f"Fin de {p.journal} :\n{fin_du_journal(p.journal)}" for p in self.processus)
        raise Echec(f"/sante/ ne répond pas 200 après {ATTENTE_SANTE:.0f} s : {reponse}\n{journaux}")

    def attendre_les_actes(self) -> None:
        """Until the preparation has seen the last act rendered, and printed the accounts."""
        while self.preparation.poll() is None:
            for processus in self.processus:
                if processus.est_mort():
                    raise Echec(processus.constat())
            time.sleep(0.05)
        if self.preparation.returncode:
            raise Echec(f"L'attente des actes a échoué (code {self.preparation.returncode}).")

    # --- The watch ------------------------------------------------------------------------------------------

    def veiller(self) -> None:
        """Say what dies and start it again; give up on what keeps dying."""
        prochain_tour = 0.0
        while True:
            for processus in self.processus:
                if processus.est_mort():
                    self.relancer(processus)
            if time.monotonic() >= prochain_tour:
                self.veiller_sur_les_services()
                prochain_tour = time.monotonic() + 2
            time.sleep(0.2)

    def relancer(self, processus: Processus) -> None:
        """At once, unless it died too often."""
        recents = [depart for depart in processus.departs if depart > time.monotonic() - 60]
        if len(recents) >= RELANCES:
            raise Echec(
                f"{processus.constat()}\n{processus.nom} tombe sans cesse : la démonstration s'arrête."
            )
        dire(f"{processus.constat()}\n{processus.nom} est relancé.")
        processus.demarrer()

    def veiller_sur_les_services(self) -> None:
        """A database or broker that fell comes back a little later: until then /sante/ says it is missing."""
        for service in self.services.demarres:
            nom = type(service).__name__.replace("Cluster", "PostgreSQL")
            if service.tourne():
                self.tombes.pop(nom, None)
            elif nom not in self.tombes:
                self.tombes[nom] = time.monotonic()
                dire(f"{nom} ne répond plus. Fin de {service.journal} :\n{fin_du_journal(service.journal)}")
            elif time.monotonic() - self.tombes[nom] > RETOUR_SERVICE:
                dire(f"{nom} est relancé.")
                service.demarrer()

    # --- The end --------------------------------------------------------------------------------------------

    def arreter(self) -> None:
        """Web, worker, Redis, PostgreSQL: everything that we started, and nothing else."""
        self.en_arret = True
        if self.services is not None:
            dire("\nArrêt…")
        if self.preparation is not None and self.preparation.poll() is None:
            os.killpg(self.preparation.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.preparation.wait(GRACE)
            with suppress(ProcessLookupError):
                os.killpg(self.preparation.pid, signal.SIGKILL)
        for processus in reversed(self.processus):
            processus.arreter()
        if self.services is not None:
            self.services.arreter(quoi_qu_il_en_soit=True)
