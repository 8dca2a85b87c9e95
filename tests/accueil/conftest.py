"""Laureates and people of the roof's tests."""

import pytest

from tests.factories import laureats


@pytest.fixture(autouse=True)
def _second_facteur_facultatif(settings):
    """Agents enter with their password alone here."""
    settings.MFA_AGENTS = "facultative"


@pytest.fixture
def laureat(db):
    """Make a published laureate with one place."""
    return laureats.laureat
