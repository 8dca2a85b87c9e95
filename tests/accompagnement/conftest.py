"""The people of the support, and a project at each of its points."""

import pytest
from django.db import connection

from manufactures import registres
from tests.factories import accompagnement as f


@pytest.fixture
def gens(db):
    """Seven persons, one role each."""
    return f.distribution()


@pytest.fixture
def projet(gens):
    """A laureate in support, its award published."""
    return f.accompagne(gens)


@pytest.fixture
def convention(gens, projet):
    """Its convention, signed by both parties."""
    return f.convention(gens, projet)


@pytest.fixture
def credit(gens, projet):
    """Its fifteen days."""
    return f.credit(gens, projet)


@pytest.fixture
def mission(gens, projet, credit):
    """Three days ordered, from today."""
    f.enveloppe_ingenierie(projet)
    return f.mission(gens, projet)


@pytest.fixture
def invariants_verifies(db):
    """This stage's own invariants hold when the test ends (earlier stages' rows are shortened by the factories)."""
    yield
    if not connection.needs_rollback:
        siens = [
            (nom, test)
            for nom, test in registres._invariants
            if test.__module__ == "accompagnement.invariants"
        ]
        assert siens
        assert {nom: v for nom, test in siens if (v := list(test()))} == {}
