"""What every test relies on: a real PostgreSQL, files in a throwaway folder, one clock a test."""

import os

import pytest
from django.core.cache import caches
from django.db import connection

from manufactures import horloge

os.environ.setdefault(
    "DJANGO_ALLOW_ASYNC_UNSAFE", "true"
)  # Playwright's loop runs beside the ORM in browser journeys


@pytest.fixture(autouse=True)
def _horloge_neuve():
    """Each test reads the clock for itself."""
    horloge.oublier()
    yield
    horloge.oublier()


@pytest.fixture(autouse=True)
def _rien_en_memoire():
    """What a process keeps comes from this test alone."""
    caches["figes"].clear()


@pytest.fixture(autouse=True)
def _fichiers_jetables(tmp_path, settings):
    """Stored files go to a folder of the test."""
    stockage = dict(settings.STORAGES)
    stockage["default"] = stockage["default"] | {"OPTIONS": {"location": str(tmp_path / "fichiers")}}
    settings.STORAGES = stockage
    settings.MEDIA_ROOT = str(tmp_path / "fichiers")


@pytest.fixture(autouse=True)
def _statiques_a_la_demande(settings):
    """A static file is looked for when asked; else each test's client would read all of them first."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def _mots_de_passe_vite_faits(settings):
    """Argon2 is slow on purpose; people of the tests are many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def _file_absente(settings, request):
    """No broker in unit tests: the row is the order; tests of the queue ask for the real worker."""
    if "file_reelle" not in request.fixturenames:
        settings.CELERY_BROKER_URL = "memory://"
        from manufactures.celery import app  # the application reads its broker when first used

        app.conf.broker_url = "memory://"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A test that commits is cleaned by TRUNCATE, which the journal's trigger refuses to everybody else."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    d_origine = DatabaseOperations.execute_sql_flush

    def vider(self, sql_list):
        with self.connection.cursor() as curseur:
            curseur.execute("SET session_replication_role = replica")
        try:
            d_origine(self, sql_list)
        finally:
            with self.connection.cursor() as curseur:
                curseur.execute("SET session_replication_role = DEFAULT")

    DatabaseOperations.execute_sql_flush = vider
    yield
    DatabaseOperations.execute_sql_flush = d_origine


@pytest.fixture
def invariants_verifies(db):
    """Ask for this in an integration test: every invariant holds when it ends."""
    yield
    from manufactures.registres import verifier_invariants

    if not connection.needs_rollback:
        assert {nom: v for nom, v in verifier_invariants() if v} == {}
