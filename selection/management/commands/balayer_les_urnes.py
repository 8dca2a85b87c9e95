"""Write the urn's two tables anew, so that the rows of former votes are gone from the disk too."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from manufactures.francais import compter
from selection.models import EtatScrutin, Scrutin

TABLES = ("selection_bulletin", "selection_emargement")


class Command(BaseCommand):
    """Each vote rewrites its ballot: what it replaced stays on the pages until VACUUM FULL, which the owner runs."""

    help = "Efface du disque les lignes que chaque vote a remplacées (VACUUM FULL des deux tables de l'urne)."

    def add_arguments(self, parser):
        """`--essai` only counts."""
        parser.add_argument("--essai", action="store_true", help="compte sans rien réécrire")

    def handle(self, *args, essai=False, **options):
        """Nothing while a ballot is open: the tables would be locked under the voters' hands."""
        ouverts = Scrutin.objects.filter(etat__in=(EtatScrutin.OUVERT, EtatScrutin.SUSPENDU)).count()
        if ouverts:
            raise CommandError(f"{compter(ouverts, 'scrutin')} en cours : balayez l'urne après la clôture.")
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_stat_clear_snapshot()")
            curseur.execute(
                "SELECT coalesce(sum(n_dead_tup), 0) FROM pg_stat_user_tables WHERE relname = ANY(%s)",
                [list(TABLES)],
            )
            mortes = curseur.fetchone()[0]
            if not essai:
                for table in TABLES:
                    curseur.execute(f"VACUUM (FULL, ANALYZE) {table}")
        self.stdout.write(
            f"{compter(int(mortes), 'ligne')} {'à effacer' if essai else 'remplacées, effacées'}"
        )
