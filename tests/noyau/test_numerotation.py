"""Numbers of acts: one series a year, no gap after a rollback, no duplicate under parallel orders."""

import threading

import pytest
from django.db import connection, transaction

from manufactures.actes.invariants import numeros_sans_trou
from manufactures.actes.models import Acte, Compteur

GENRE = "ar_depot"


def commander(cle):
    return Acte.commander(GENRE, fil="essai", instantane={}, par=None, cle=cle)


@pytest.mark.django_db
def test_numbers_follow_each_other_and_carry_the_year():
    un, deux = commander("a"), commander("b")

    assert un.numero == f"MP-{un.annee}-000001"
    assert deux.numero == f"MP-{un.annee}-000002"
    assert un.instantane["acte"]["numero"] == un.numero
    assert un.instantane["acte"]["url_verification"].endswith(f"/verifier/{un.code}/")


@pytest.mark.django_db
def test_the_same_order_twice_is_the_same_act():
    assert commander("a").pk == commander("a").pk
    assert Acte.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_aborted_orders_leave_no_gap():
    def tirer(rang):
        try:
            with transaction.atomic():
                commander(f"cle-{rang}")
                if rang % 3 == 0:
                    raise InterruptedError
        except InterruptedError:
            pass
        connection.close()

    fils = [threading.Thread(target=tirer, args=[rang]) for rang in range(50)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert sorted(Acte.objects.values_list("rang", flat=True)) == list(range(1, 34))
    assert Compteur.objects.get().dernier == 33
    assert list(numeros_sans_trou()) == []
