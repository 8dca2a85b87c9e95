"""The demonstration, loaded once for the whole folder, in one transaction undone at its end."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

from manufactures import horloge
from manufactures.demonstration.chargement import charger


@pytest.fixture(scope="session")
def base_d_essai(django_db_setup, django_db_blocker, django_db_keepdb):
    """A test database, even where no collected test is marked `django_db`: pytest-django then prepares none.

    Without it, one file of this folder run alone would load the demonstration into the developer's own database.
    """
    if connection.settings_dict["NAME"].startswith("test_"):
        yield
        return
    with django_db_blocker.unblock():
        bases = setup_databases(0, interactive=False, aliases={"default"}, keepdb=django_db_keepdb)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(bases, verbosity=0)


@pytest.fixture(scope="package")
def demonstration(base_d_essai, django_db_blocker, tmp_path_factory):
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
