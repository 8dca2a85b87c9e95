"""Django's `migrate`, given all the time that it needs: nobody waits for it before a page, and tables grow."""

from django.core.management.commands import migrate
from django.db import connections

DELAIS = ("statement_timeout", "idle_in_transaction_session_timeout")


class Command(migrate.Command):
    """The same command; `lock_timeout` stays: it gives up rather than stop the service."""

    def handle(self, *args, **options):
        """Lift the two limits for this connection, and put them back."""
        with connections[options["database"]].cursor() as curseur:
            for delai in DELAIS:
                curseur.execute(f"SET {delai} = 0")
        try:
            return super().handle(*args, **options)
        finally:
            with connections[options["database"]].cursor() as curseur:
                for delai in DELAIS:
                    curseur.execute(f"RESET {delai}")
