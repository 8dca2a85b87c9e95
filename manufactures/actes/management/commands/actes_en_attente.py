"""How many acts wait for their file."""

from django.core.management.base import BaseCommand

from manufactures.actes.models import Acte


class Command(BaseCommand):
    """Print the number of acts ordered and not yet sealed."""

    help = "Affiche le nombre d'actes commandés et non encore scellés."

    def handle(self, *args, **options):
        """One figure on stdout."""
        self.stdout.write(str(Acte.objects.a_produire().count()))
