"""Fill the database."""

import time

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from manufactures.demonstration.peuplement.remplissage import peupler

LARGEUR = 30
PAS_SANS_TERMINAL = 10  # per cent between two lines, where nobody watches
POUR_CENT = 100


class Command(BaseCommand):
    """One bar on stderr, one line on stdout; run again, adds."""

    help = "Ajoute des dossiers plausibles, dans tous les états, sans fichier d'acte. Exige DEMO=1."

    def add_arguments(self, parser):
        """How many, from which seed."""
        parser.add_argument(
            "--dossiers", type=int, required=True, metavar="N", help="nombre de dossiers à écrire"
        )
        parser.add_argument(
            "--graine", default="1", metavar="K", help="la même graine donne les mêmes dossiers"
        )

    def handle(self, *args, dossiers, graine, **options):
        """Fill, then let the planner count what came."""
        if dossiers < 1:
            raise CommandError("Donnez un nombre de dossiers d'au moins 1.")
        self.annonce = -1
        debut = time.monotonic()
        try:
            bilan = peupler(dossiers, graine, self.suivre)
        except (ImproperlyConfigured, RuntimeError) as cause:
            raise CommandError(str(cause)) from cause
        duree = time.monotonic() - debut
        with connection.cursor() as curseur:
            curseur.execute("ANALYZE")
        self.stdout.write(
            f"Base peuplée : {bilan['dossiers']} dossiers, {bilan['actes']} actes sans fichier, "
            f"en {duree:.0f} s ({bilan['dossiers'] * 60 / duree:.0f} dossiers par minute)."
        )

    def suivre(self, fait: int, total: int, recit: str) -> None:
        """Draw the bar; without a terminal, a line every tenth."""
        part = POUR_CENT * fait // total
        if self.stderr.isatty():
            barre = "█" * (LARGEUR * part // POUR_CENT)
            fin = "\n" if fait == total else ""
            self.stderr.write(f"\rPeuplement {barre:░<{LARGEUR}} {part:3d} % {recit[:40]:40}{fin}", ending="")
            self.stderr.flush()
        elif part // PAS_SANS_TERMINAL > self.annonce:
            self.annonce = part // PAS_SANS_TERMINAL
            self.stderr.write(f"Peuplement : {part} %", self.style.NOTICE)
