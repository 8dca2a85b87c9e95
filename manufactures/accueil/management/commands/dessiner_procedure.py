"""Write the drawing of the procedure again, after a change of its tables."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from manufactures.accueil.dessin import document

CHEMIN = settings.BASE_DIR / "docs" / "procedure.svg"


class Command(BaseCommand):
    """`docs/procedure.svg`, shown by the README."""

    help = "Refait docs/procedure.svg à partir de manufactures/procedure.py."

    def add_arguments(self, parser):
        parser.add_argument("--essai", action="store_true", help="Dit seulement si le dessin est à jour.")

    def handle(self, *, essai, **options):
        dessin = document()
        a_jour = CHEMIN.exists() and CHEMIN.read_text(encoding="utf-8") == dessin
        if essai:
            if not a_jour:
                raise CommandError("docs/procedure.svg n'est pas à jour : lancez dessiner_procedure.")
            self.stdout.write("docs/procedure.svg est à jour.")
            return
        CHEMIN.parent.mkdir(exist_ok=True)
        CHEMIN.write_text(dessin, encoding="utf-8")
        self.stdout.write(
            "docs/procedure.svg est écrit." if not a_jour else "docs/procedure.svg était à jour."
        )
