"""Queries, and rows that really came back: the second is what a constant number of queries hides."""

import pytest
from django.db import connection

from manufactures.comptes.models import User
from scripts.outils.banc.comptage import compter
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def personnes():
    """Five people."""
    return [UserFactory() for _ in range(5)]


def test_rows_are_counted_beside_queries(personnes):
    with compter() as compte:
        list(User.objects.all())
        User.objects.count()
        User.objects.filter(pk=-1).first()
        User.objects.filter(pk=personnes[0].pk).update(nom="Autre")

    assert (compte.requetes, compte.lignes) == (4, User.objects.count() + 1)


def test_a_server_side_cursor_counts_what_was_fetched(personnes):
    with compter() as compte:
        lues = [user.pk for user in User.objects.iterator(chunk_size=2)]

    assert compte.lignes == len(lues) >= len(personnes)


def test_nothing_is_counted_afterwards(personnes):
    with compter() as compte:
        pass
    with connection.cursor() as curseur:
        curseur.execute("SELECT 1")

    assert (compte.requetes, compte.lignes) == (0, 0)
