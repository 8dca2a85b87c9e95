"""List what must always hold, and say what does not."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from manufactures.registres import verifier_invariants


class Command(BaseCommand):
    """Exit 0 when every invariant holds; exit 1 naming each violation otherwise."""

    help = "Vérifie tous les invariants, étage par étage."

    def add_arguments(self, parser):
        """`--json` for machines."""
        parser.add_argument("--json", action="store_true", dest="en_json")

    def handle(self, *args, en_json=False, **options):
        """Run the named queries."""
        with transaction.atomic(), connection.cursor() as curseur:  # cursors stream only inside a transaction
            curseur.execute("SET LOCAL statement_timeout = 0")  # nobody waits for this answer before a page
            resultats = dict(verifier_invariants())
        violations = {nom: liste for nom, liste in resultats.items() if liste}
        if en_json:
            self.stdout.write(
                json.dumps({"invariants": len(resultats), "violations": violations}, ensure_ascii=False)
            )
        else:
            for nom in resultats:
                self.stdout.write(f"{'ROMPU' if nom in violations else 'tenu '}  {nom}")
                for phrase in violations.get(nom, [])[:20]:
                    self.stdout.write(f"       {phrase}")
        if violations:
            raise CommandError(f"{len(violations)} invariants rompus sur {len(resultats)}.")
        if not en_json:
            self.stdout.write(f"{len(resultats)} invariants vérifiés, tous tenus.")
