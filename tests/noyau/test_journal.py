"""The journal is append-only in the database itself, and chained."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from manufactures.journal.models import RACINE, Entree, consigner, premiere_rupture
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE journal_entree SET motif = 'autre'",
        "DELETE FROM journal_entree",
        "TRUNCATE journal_entree",
    ],
)
def test_the_database_refuses_to_rewrite(ordre):
    consigner("dossier/D-1", "deposer", par=None)
    with connection.cursor() as curseur:
        curseur.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # else the pending foreign key refuses TRUNCATE first

    with (
        pytest.raises(DatabaseError, match="ne se modifie pas"),
        transaction.atomic(),
        connection.cursor() as curseur,
    ):
        curseur.execute(ordre)

    assert Entree.objects.get().motif == ""


def test_each_line_carries_the_digest_of_the_one_before_on_its_thread():
    par = UserFactory()
    un = consigner("dossier/D-1", "deposer", par=par, de="BROUILLON", vers="DEPOSE", pieces=3)
    autre = consigner("dossier/D-2", "deposer", par=par)
    deux = consigner("dossier/D-1", "retirer", par=None, motif="écrit reçu")

    assert (un.rang, un.precedente) == (1, RACINE)
    assert (autre.rang, autre.precedente) == (1, RACINE)
    assert (deux.rang, deux.precedente) == (2, un.empreinte)
    assert premiere_rupture() == (3, None)


def falsifier(ordre, *valeurs):
    """What only a superuser of the database can do: change a line behind the trigger."""
    with connection.cursor() as curseur:
        curseur.execute("SET session_replication_role = replica")
        curseur.execute(ordre, valeurs)
        curseur.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE journal_entree SET motif = 'x' WHERE rang = 2",
        'UPDATE journal_entree SET faits = \'{"montant": "2"}\' WHERE rang = 1',
        "DELETE FROM journal_entree WHERE rang = 2",
        "UPDATE journal_entree SET rang = CASE rang WHEN 1 THEN 11 ELSE 12 END WHERE rang < 3",
    ],
)
def test_tampering_is_found_and_named(ordre, capsys):
    for montant in "123":
        consigner("convention/1", "payer", par=None, montant=montant)

    falsifier(ordre)

    with pytest.raises(CommandError, match="Journal rompu à l'entrée .*convention/1"):
        call_command("verifier_journal")


def test_an_intact_journal_prints_counts(capsys):
    consigner("dossier/D-1", "deposer", par=None)

    call_command("verifier_journal")

    assert "Journal intact : 1 entrées sur 1 fils" in capsys.readouterr().out.replace("\u00a0", " ")


@pytest.mark.django_db(transaction=True)
def test_lines_written_at_once_outside_any_transaction_follow_each_other():
    """A view that only writes a line opens no transaction: the thread's lock must hold until the line is there."""
    barriere, refus = threading.Barrier(6), []

    def ecrire():
        barriere.wait()
        try:
            for _ in range(10):
                consigner("exports", "exporter", par=None)
        except DatabaseError as panne:
            refus.append(panne)
        finally:
            connection.close()

    fils = [threading.Thread(target=ecrire) for _ in range(6)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert not refus
    rangs = Entree.objects.filter(fil="exports").order_by("rang").values_list("rang", flat=True)
    assert list(rangs) == list(range(1, 61)) and premiere_rupture() == (60, None)
