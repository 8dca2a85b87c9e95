"""One database a size, filled once from the same model: migrated, with the demonstration's people and call."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from scripts.outils.environnement import defauts_de_demonstration, sans_variables, secret
from scripts.outils.installation import RACINE, dire
from scripts.outils.postgresql import BASE, Cluster
from scripts.outils.systeme import fin_du_journal

GRAINE = 1
PLANCHER = "banc_plancher"
RUEE = "banc_ruee"
JOURNAL = "peuplement.log"


class BaseImpossible(Exception):
    """A database could not be made; the message says which step failed, and its last words."""


class Bases:
    """The databases of one run, kept with the data folder if that is kept."""

    def __init__(self, donnees: Path, cluster: Cluster, redis_url: str):
        self.donnees, self.cluster, self.redis_url = donnees, cluster, redis_url
        self.notes = donnees / "bases.json"

    def preparer(self, tailles: list[int]) -> dict[int, str]:
        """The address of each size's database; those already filled from the same code are kept."""
        empreinte = empreinte_du_code()
        pretes = self.lire_les_notes()
        if pretes.get("code") != empreinte:
            pretes = {"code": empreinte, "bases": {}}
            dire("Préparation de la base modèle (migrations, démonstration)…")
            self.creer(BASE)
            self.gerer(BASE, "migrate", "--verbosity", "0")
            self.gerer(BASE, "createcachetable")
            self.gerer(BASE, "charger_demonstration")
            self.noter(pretes)
        for taille in tailles:
            if str(taille) not in pretes["bases"]:
                self.remplir(taille)
                pretes["bases"][str(taille)] = self.nom(taille)
                self.noter(pretes)
        return {taille: self.cluster.url(self.nom(taille)) for taille in tailles}

    def remplir(self, taille: int) -> None:
        """A copy of the model, then so many dossiers, then what the planner needs to know."""
        dire(f"Base de {taille} dossiers…")
        debut = time.monotonic()
        self.creer(self.nom(taille), modele=BASE)
        self.gerer(self.nom(taille), "peupler", "--dossiers", str(taille), "--graine", str(GRAINE))
        self.executer("VACUUM ANALYZE", base=self.nom(taille))
        dire(f"  {time.monotonic() - debut:.0f} s")

    def pour_la_ruee(self) -> dict:
        """The settings of a database of its own, always new: the rush leaves its deposits in it."""
        self.creer(RUEE, modele=BASE)
        return self.environnement(RUEE)

    def plancher(self) -> str:
        """A database for the floor, always new."""
        self.creer(PLANCHER)
        return self.cluster.url(PLANCHER)

    def creer(self, base: str, modele: str = "template0") -> None:
        """Drop what stands there, and create."""
        self.executer(f'DROP DATABASE IF EXISTS "{base}" WITH (FORCE)')
        self.executer(f'CREATE DATABASE "{base}" TEMPLATE "{modele}"')

    def executer(self, ordre: str, base: str = "postgres") -> None:
        """One statement, outside a transaction."""
        with psycopg.connect(self.cluster.url(base), autocommit=True) as connexion:
            connexion.execute(ordre)

    def gerer(self, base: str, *commande: str) -> None:
        """One command of manage.py. Raises BaseImpossible."""
        env = self.environnement(base) | defauts_de_demonstration(0)
        journal = self.donnees / JOURNAL
        with journal.open("a") as sortie:
            fini = subprocess.run(
                [sys.executable, str(RACINE / "manage.py"), *commande],
                env=env,
                cwd=RACINE,
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=None if sys.stderr.isatty() else sortie,
                check=False,
            )
        if fini.returncode:
            raise BaseImpossible(f"manage.py {' '.join(commande)} a échoué.\n{fin_du_journal(journal)}")

    def environnement(self, base: str) -> dict:
        """Production settings on this database: what the demonstration relaxes is not measured."""
        return {
            **sans_variables(),
            "DONNEES": str(self.donnees),
            "SECRET_KEY": secret(self.donnees),
            "DATABASE_URL": self.cluster.url(base),
            "REDIS_URL": self.redis_url,
            "DJANGO_SETTINGS_MODULE": "manufactures.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::UserWarning",
        }

    @staticmethod
    def nom(taille: int) -> str:
        """The database of a size."""
        return f"banc_{taille}"

    def lire_les_notes(self) -> dict:
        """Which databases a former run left here."""
        try:
            return json.loads(self.notes.read_text())
        except (OSError, ValueError):
            return {}

    def noter(self, pretes: dict) -> None:
        """Written after each database: one cut short is filled again."""
        brouillon = self.notes.with_suffix(".tmp")
        brouillon.write_text(json.dumps(pretes))
        os.replace(brouillon, self.notes)


def empreinte_du_code() -> str:
    """What the content of the databases depends on: migrations, demonstration, and the loader of dossiers."""
    condense = hashlib.sha256(f"graine {GRAINE}".encode())
    sources = [*RACINE.glob("**/migrations/*.py"), *RACINE.glob("manufactures/demonstration/**/*.py")]
    for source in sorted(s for s in sources if ".venv" not in s.parts):
        condense.update(source.read_bytes())
    return condense.hexdigest()
