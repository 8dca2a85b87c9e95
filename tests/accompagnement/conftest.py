"""The people of the support, and a project at each of its points."""

import pytest

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
