"""Load the official geographic code."""

from django.core.management.base import BaseCommand

from manufactures.programme.donnees.geographie import MILLESIME, charger


class Command(BaseCommand):
    """Idempotent: adds and updates, deletes nothing."""

    help = "Charge les régions, départements et communes du code officiel géographique."

    def handle(self, *args, **options):
        """One summary line."""
        comptes = charger()
        resume = ", ".join(f"{n} {nom}" for nom, n in comptes.items())
        self.stdout.write(f"Code officiel géographique {MILLESIME} : {resume}.")
