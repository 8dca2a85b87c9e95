"""Who reports on what: the lightest shares that interests allow, spread over colleges and territories."""

import random
from collections import Counter
from itertools import product

import pytest

from selection.rapporteurs import ARapporter, Candidat, repartir


def charges(donnes, candidats) -> list[int]:
    compte = Counter(donnes.values())
    return sorted(c.charge + compte[c.cle] for c in candidats)


@pytest.mark.parametrize("graine", range(60))
def test_loads_are_as_equal_as_interests_allow(graine):
    """Against every possible share of small cases: the sum of squared loads is the least."""
    hasard = random.Random(graine)
    candidats = [Candidat(c, c % 2, hasard.randrange(3)) for c in range(3)]
    points = [
        ARapporter(p, hasard.choice("RV"), frozenset(c for c in range(3) if hasard.random() < 0.4))
        for p in range(5)
    ]
    donnes = repartir(points, candidats)
    possibles = [[c for c in range(3) if c not in p.ecartes] or [None] for p in points]
    tous = (charges(dict(zip(range(5), choix, strict=True)), candidats) for choix in product(*possibles))
    assert sum(n * n for n in charges(donnes, candidats)) == min(sum(n * n for n in c) for c in tous)
    assert all(donnes[p.cle] not in p.ecartes for p in points)
    assert [p.cle for p in points if donnes[p.cle] is None] == [p.cle for p in points if len(p.ecartes) == 3]


def test_what_they_already_report_on_counts():
    donnes = repartir([ARapporter(1), ARapporter(2)], [Candidat(1, 1, charge=5), Candidat(2, 1)])
    assert set(donnes.values()) == {2}


def test_colleges_share_the_rest():
    """Six members, three items: not all three in the largest college."""
    candidats = [Candidat(c, college=1 if c < 4 else 2 if c < 5 else 3) for c in range(6)]
    donnes = repartir([ARapporter(p) for p in range(3)], candidats)
    colleges = {c.cle: c.college for c in candidats}
    assert {colleges[c] for c in donnes.values()} == {1, 2, 3}


def test_nobody_gets_all_the_rural_ones():
    points = [ARapporter(p, "RURAL" if p < 2 else "QPV") for p in range(4)]
    donnes = repartir(points, [Candidat(1, 1), Candidat(2, 1)])
    assert donnes[0] != donnes[1]
    assert donnes[2] != donnes[3]


def test_an_item_that_everybody_is_kept_from_stays_without():
    assert repartir([ARapporter(1, ecartes=frozenset({1}))], [Candidat(1, 1)]) == {1: None}
    assert repartir([ARapporter(1)], []) == {1: None}


def test_the_same_question_has_the_same_answer():
    points = [ARapporter(p, "RV"[p % 2]) for p in range(9)]
    candidats = [Candidat(c, c % 3) for c in range(5)]
    assert repartir(points, candidats) == repartir(points, candidats)
