"""Apply the retention rules, or list what they would reach."""

import json

from django.core.management.base import BaseCommand

from manufactures.francais import compter
from manufactures.journal.conservation import Sort, constater, purger


class Command(BaseCommand):
    """One line a kind; `--essai` writes nothing. Run again, it finds nothing more."""

    help = "Applique les durées de conservation (--essai liste seulement). Ce qui exige un visa n'est que compté."

    def add_arguments(self, parser):
        """`--essai` only lists, `--json` for machines."""
        parser.add_argument("--essai", action="store_true", help="liste sans rien effacer")
        parser.add_argument("--json", action="store_true", dest="en_json", help="écrit du JSON")

    def handle(self, *args, essai=False, en_json=False, **options):
        """Run the table."""
        constats = list(constater() if essai else purger())
        if en_json:
            lignes = [constat.en_json() for constat in constats]
            self.stdout.write(json.dumps({"essai": essai, "genres": lignes}, ensure_ascii=False, indent=2))
            return
        largeur = max(len(constat.libelle) for constat in constats)
        for constat in constats:
            self.stdout.write(f"{constat.libelle:{largeur}}  {self._phrase(constat, essai)}")

    def _phrase(self, constat, essai: bool) -> str:
        """What is, or was, done of this kind."""
        age = f"au-delà de {compter(constat.jours, 'jour')}" if constat.jours else "dès l'expiration"
        if constat.sort == Sort.TRIER:
            return f"{constat.nombre or constat.retenus}, {age} : {constat.sort.label}"
        fait = "à effacer" if essai else "effacés"
        exemples = f" (dont {', '.join(constat.exemples)})" if constat.exemples else ""
        retenus = f", {constat.retenus} encore utiles ailleurs" if constat.retenus else ""
        return f"{constat.nombre} {fait}, {age}{exemples}{retenus}"
