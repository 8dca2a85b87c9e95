"""Rows against stored files, both ways, by digest."""

import json

from django.core.management.base import BaseCommand, CommandError

from manufactures.fichiers import comparer
from manufactures.francais import compter, octets

MONTRES = 20
ECARTS = {"manquants": "manque  ", "orphelins": "en trop ", "alteres": "altéré  "}


class Command(BaseCommand):
    """Exit 0 with counts where each row has its file and each file its row; exit 1 naming each difference otherwise."""

    help = "Vérifie les fichiers rangés : lignes contre fichiers, dans les deux sens, par empreinte."

    def add_arguments(self, parser):
        """`--json` for machines."""
        parser.add_argument("--json", action="store_true", dest="en_json", help="écrit du JSON")

    def handle(self, *args, en_json=False, **options):
        """Read everything once."""
        bilan = comparer()
        listes = {nom: getattr(bilan, nom) for nom in ECARTS}
        if en_json:
            comptes = {"lignes": bilan.lignes, "fichiers": bilan.fichiers, "octets": bilan.octets}
            self.stdout.write(
                json.dumps(comptes | {"ecarts": bilan.ecarts} | listes, ensure_ascii=False, indent=2)
            )
        else:
            for nom, phrases in listes.items():
                for phrase in phrases[:MONTRES]:
                    self.stdout.write(f"{ECARTS[nom]}  {phrase}")
        resume = (
            f"{compter(bilan.lignes, 'ligne')}, {compter(bilan.fichiers, 'fichier')}, {octets(bilan.octets)}"
        )
        if bilan.ecarts:
            raise CommandError(f"{compter(bilan.ecarts, 'écart')} entre lignes et fichiers ({resume}).")
        if not en_json:
            self.stdout.write(f"Fichiers intacts : {resume}.")
