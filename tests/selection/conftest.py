"""What the committee's tests share."""

import pytest
from django.db import connection

from manufactures import registres


@pytest.fixture
def invariants_du_comite(db):
    """This stage's invariants hold when the test ends; some tests skip the stages above."""
    yield
    if not connection.needs_rollback:
        siens = [(nom, f) for nom, f in registres._invariants if f.__module__ == "selection.invariants"]
        assert siens
        assert {nom: v for nom, f in siens if (v := list(f()))} == {}


@pytest.fixture(autouse=True)
def _second_facteur_facultatif(settings):
    """As in the demonstration: these tests sign in without a second factor."""
    settings.MFA_AGENTS = "facultative"
