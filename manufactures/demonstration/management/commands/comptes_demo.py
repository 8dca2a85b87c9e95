"""The demonstration's accounts."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from manufactures.demonstration.comptes import comptes_de_demonstration


class Command(BaseCommand):
    """A table for people, JSON for machines."""

    help = "Liste les comptes de la démonstration, avec leur rôle et leurs dossiers. Exige DEMO=1."

    def add_arguments(self, parser):
        """One option."""
        parser.add_argument("--json", action="store_true", help="écrit du JSON")

    def handle(self, *args, **options):
        """Print the accounts; an empty list before the demonstration is loaded."""
        if not (settings.DEMO or settings.EN_TEST):
            raise CommandError("Les comptes de démonstration n'existent qu'avec DEMO=1.")
        comptes = comptes_de_demonstration()
        if options["json"]:
            self.stdout.write(json.dumps(comptes, ensure_ascii=False, indent=2))
            return
        if not comptes:
            self.stdout.write("La démonstration n'est pas chargée.")
            return
        largeur = max(len(compte["courriel"]) for compte in comptes)
        self.stdout.write(f"Mot de passe de tous les comptes : {comptes[0]['mot_de_passe']}")
        for compte in comptes:
            numeros = f" : {', '.join(compte['dossiers'])}" if compte["dossiers"] else ""
            self.stdout.write(f"{compte['courriel']:{largeur}}  {compte['qui']}{numeros}")
