"""Migrations have the time that grown tables need; pages keep their limit."""

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection

LIMITES = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")


def limites() -> dict[str, str]:
    with connection.cursor() as curseur:
        lues = {}
        for limite in LIMITES:
            curseur.execute(f"SHOW {limite}")
            lues[limite] = curseur.fetchone()[0]
    return lues


@pytest.mark.django_db(transaction=True)
def test_a_migration_has_no_time_limit_and_gives_it_back(monkeypatch):
    avant, pendant = limites(), {}
    monkeypatch.setattr(migrate.Command, "handle", lambda *args, **options: pendant.update(limites()))

    call_command("migrate", verbosity=0)

    assert avant == limites() == {
        "statement_timeout": "30s", "idle_in_transaction_session_timeout": "1min", "lock_timeout": "5s"
    }  # fmt: skip
    assert pendant == {
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        "lock_timeout": "5s",
    }
