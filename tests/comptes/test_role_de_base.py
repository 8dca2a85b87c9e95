"""The application's own database role: it works, and the record and the urn are out of its reach."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from manufactures.journal.models import Entree, consigner, premiere_rupture
from tests.factories.comptes import UserFactory

SQL = Path(settings.BASE_DIR, "docs", "role_applicatif.sql").read_text()
INTERDITS = [
    "UPDATE journal_entree SET motif = 'autre'",
    "DELETE FROM journal_entree",
    "TRUNCATE journal_entree",
    "ALTER TABLE journal_entree DISABLE TRIGGER ALL",
    "DROP TRIGGER journal_immuable_ligne ON journal_entree",
    "CREATE OR REPLACE FUNCTION journal_immuable() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "SELECT choix FROM selection_bulletin",
    "INSERT INTO selection_bulletin (id, scrutin_id, choix) VALUES (gen_random_uuid(), 1, 'POUR')",
    "UPDATE selection_bulletin SET choix = 'POUR'",
    "DELETE FROM selection_bulletin",
    "DELETE FROM selection_emargement",
    "UPDATE candidatures_versiondeposee SET contenu = '{}'",
    "ALTER TABLE comptes_user ADD COLUMN porte text",
    "CREATE TABLE porte_derobee (x int)",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())",
]


@pytest.fixture
def application(db):
    """Everything from here on is done under that role; undone with the test."""
    with connection.cursor() as curseur:
        curseur.execute(SQL)
        curseur.execute("SET LOCAL ROLE manufactures_application")
    yield
    with connection.cursor() as curseur:
        curseur.execute("RESET ROLE")


@pytest.mark.parametrize("ordre", INTERDITS)
def test_what_the_application_cannot_do(ordre, application):
    with pytest.raises(DatabaseError) as refus, transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(ordre)
    assert refus.value.__cause__.sqlstate == "42501"  # insufficient_privilege, before any trigger has a say


def test_what_it_does_every_day(application, client):
    """It writes people and the record, reads pages, and counts papers without reading one."""
    user = UserFactory()
    consigner("essai/role", "ouvrir", par=user)
    client.force_login(user)
    assert client.get("/accueil/").status_code == 200
    assert Entree.objects.filter(fil="essai/role").count() == 1 and premiere_rupture()[1] is None
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM selection_bulletin WHERE scrutin_id = 1")
        assert curseur.fetchone() == (0,)


def test_the_urn_s_functions_still_run_with_their_owner_s_rights(application):
    """Refused for what it asks (no such ballot), not for who asks."""
    with pytest.raises(DatabaseError) as refus, transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SELECT selection_voter(0, 0, 'POUR')")
    assert refus.value.__cause__.sqlstate == "MP001"
