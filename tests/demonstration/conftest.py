"""The demonstration, loaded once for the whole folder, in one transaction undone at its end."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from manufactures import horloge
from manufactures.demonstration.chargement import charger


@pytest.fixture(scope="package")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """What `charger` says it has loaded. Ask for it in place of `db`; its files stay until the end of the folder.

    Tests that need an empty database come before (`test_arret.py`) or live elsewhere.
    """
    fichiers = dict(settings.STORAGES)
    fichiers["default"] = fichiers["default"] | {
        "OPTIONS": {"location": str(tmp_path_factory.mktemp("demo"))}
    }
    with django_db_blocker.unblock(), override_settings(STORAGES=fichiers), transaction.atomic():
        horloge.oublier()
        yield charger()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _fichiers_jetables():
    """The folder's own storage stays in force, in place of one a test."""
