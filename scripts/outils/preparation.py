"""`python -m scripts.outils.preparation FD`: what the demonstration does with Django before it is ready.

First migrate and load what is missing, and say so by one byte on FD: web and worker may start. Then wait
until the acts are rendered and print the accounts. One process for both: Django is loaded once.
"""

import io
import os
import sys
import time
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

PATIENCE = 180.0  # seconds without a single act rendered
RYTHME = 5.0  # seconds between two lines of progress


def migrer() -> None:
    """Only when something is left to apply."""
    migrations = MigrationExecutor(connection)
    if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
        dire("Migration de la base…")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def charger() -> None:
    """The demonstration, when the database holds no dossier; a mark tells a load that was cut short."""
    if apps.get_model("candidatures", "Dossier")._base_manager.exists():
        return
    dire("Chargement de la démonstration…")
    marque = Path(settings.DONNEES) / "chargement.en_cours"
    marque.touch()
    debut = time.monotonic()
    call_command("charger_demonstration")
    marque.unlink()
    dire(f"Démonstration chargée en {time.monotonic() - debut:.0f} s.")


def attendre_les_actes() -> None:
    """Until none is left to render, with a line of progress; without progress for long, say so and go on."""
    reste, total, progres, dit = -1, 0, time.monotonic(), 0.0
    while True:
        avant, reste = reste, en_attente()
        maintenant = time.monotonic()
        total = max(total, reste)
        if reste == 0:
            if total:
                dire(f"{total} actes produits.")
            return
        if reste != avant:
            progres = maintenant
        elif maintenant - progres > PATIENCE:
            dire(
                f"Attention : {reste} actes restent à produire et aucun n'avance (journaux/travailleur.log)."
            )
            return
        if maintenant - dit > RYTHME:
            dire(f"Production des actes : {total - reste} sur {total}…")
            dit = maintenant
        time.sleep(0.3)


def en_attente() -> int:
    """How many acts are ordered and not yet rendered."""
    reponse = io.StringIO()
    call_command("actes_en_attente", stdout=reponse)
    return int(reponse.getvalue().split()[-1])


def dire(phrase: str) -> None:
    print(phrase, file=sys.stderr, flush=True)


def main(fin_de_preparation: int) -> None:
    """Both halves."""
    django.setup()
    migrer()
    charger()
    os.write(fin_de_preparation, b"1")
    os.close(fin_de_preparation)
    attendre_les_actes()
    call_command("comptes_demo")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]))
    except CommandError as erreur:
        dire(str(erreur))
        sys.exit(erreur.returncode)
