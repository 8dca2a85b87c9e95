"""Load the demonstration."""

import time

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from manufactures.demonstration.chargement import charger

LARGEUR = 30
PAS_SANS_TERMINAL = 25  # per cent between two lines, where nobody watches


class Command(BaseCommand):
    """One bar on stderr, one line on stdout; run again, does nothing."""

    help = "Charge la démonstration : 46 dossiers menés par les gestes de l'application. Exige DEMO=1."

    def handle(self, *args, **options):
        """Load, or say that it is done."""
        self.annonce = -1
        debut = time.monotonic()
        try:
            bilan = charger(self.suivre)
        except (ImproperlyConfigured, RuntimeError) as cause:
            raise CommandError(str(cause)) from cause
        if bilan is None:
            self.stdout.write("Démonstration déjà chargée : rien à faire.")
            return
        duree = time.monotonic() - debut
        self.stdout.write(
            f"Démonstration chargée : {bilan['dossiers']} dossiers, {bilan['gestes']} gestes, "
            f"{bilan['actes']} actes commandés, en {duree:.0f} s."
        )

    def suivre(self, fait: int, total: int, recit: str) -> None:
        """Draw the bar; without a terminal, a line every quarter."""
        part = 100 * fait // total
        if self.stderr.isatty():
            barre = "█" * (LARGEUR * part // 100)
            fin = "\n" if fait == total else ""
            self.stderr.write(
                f"\rDémonstration {barre:░<{LARGEUR}} {part:3d} % {recit[:40]:40}{fin}", ending=""
            )
            self.stderr.flush()
        elif part // PAS_SANS_TERMINAL > self.annonce:
            self.annonce = part // PAS_SANS_TERMINAL
            self.stderr.write(f"Démonstration : {part} %", self.style.NOTICE)
