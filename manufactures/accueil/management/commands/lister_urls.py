"""Every address, with the row of the rights table that opens it."""

import json

from django.core.management.base import BaseCommand

from manufactures.accueil.adresses import adresses


class Command(BaseCommand):
    """A table for people, JSON for machines."""

    help = "Liste les adresses : nom, motif, méthodes, ligne de la table des droits."

    def add_arguments(self, parser):
        """`--json` for machines."""
        parser.add_argument("--json", action="store_true", dest="en_json", help="écrit du JSON")

    def handle(self, *args, en_json=False, **options):
        """Print them."""
        lignes = adresses()
        if en_json:
            self.stdout.write(json.dumps([ligne.en_json() for ligne in lignes], ensure_ascii=False, indent=2))
            return
        largeur = max(len(ligne.motif) for ligne in lignes)
        for ligne in lignes:
            methodes = " ".join(ligne.methodes)
            self.stdout.write(f"{ligne.motif:{largeur}}  {methodes:8}  {ligne.ligne or '':>3}  {ligne.droit}")
        self.stdout.write(f"{len(lignes)} adresses.")
