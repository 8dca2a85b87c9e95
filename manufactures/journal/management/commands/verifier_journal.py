"""Prove that the journal is whole."""

from django.core.management.base import BaseCommand, CommandError

from manufactures.journal.models import Entree, premiere_rupture


class Command(BaseCommand):
    """Exit 0 with counts where every chain holds; exit 1 naming the first broken entry otherwise."""

    help = "Vérifie l'enchaînement de toutes les entrées du journal."

    def handle(self, *args, **options):
        """Walk every thread."""
        verifiees, rompue = premiere_rupture()
        if rompue is not None:
            raise CommandError(
                f"Journal rompu à l'entrée {rompue.pk} ({rompue.fil}, rang {rompue.rang}, {rompue.action})."
            )
        fils = Entree.objects.values("fil").distinct().count()
        self.stdout.write(f"Journal intact : {verifiees} entrées sur {fils} fils.")
