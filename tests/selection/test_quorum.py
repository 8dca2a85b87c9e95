"""Quorum and majority: the arithmetic of the règlement, written out (CRPA R133-9 to R133-11)."""

import pytest

from selection.quorum import compter, majorite, requis


@pytest.mark.parametrize(("composition", "attendu"), [(9, 5), (8, 4), (7, 4), (1, 1), (0, 0)])
def test_half_of_the_members_composing(composition, attendu):
    assert requis(composition) == attendu


@pytest.mark.parametrize(("votants", "attendu"), [(7, 4), (8, 5), (9, 5), (5, 3), (1, 1)])
def test_more_than_half_of_the_voices(votants, attendu):
    assert majorite(votants) == attendu


def test_recused_members_count_neither_in_quorum_nor_in_votes():
    compte = compter(composition=9, requis=5, presents=[1, 2, 3, 4, 5], mandats={}, deportes=[5])
    assert compte.nombre == 4
    assert not compte.atteint
    assert 5 not in compte.voix


def test_a_proxy_counts_while_its_holder_is_there():
    compte = compter(composition=9, requis=5, presents=[1, 2, 3, 4], mandats={9: 1})
    assert compte.atteint
    assert compte.voix == {1: 1, 2: 2, 3: 3, 4: 4, 9: 1}


@pytest.mark.parametrize("deportes", [[1], [9]])
def test_a_proxy_is_void_when_giver_or_holder_steps_back(deportes):
    compte = compter(composition=9, requis=5, presents=[1, 2, 3, 4], mandats={9: 1}, deportes=deportes)
    assert 9 not in compte.voix
    assert not compte.atteint


def test_a_proxy_held_by_someone_who_left_is_void():
    assert compter(composition=9, requis=5, presents=[2, 3], mandats={9: 1}).nombre == 2
