"""Figures that a disturbed machine cannot bend, and the sentence that says when it was disturbed."""

import pytest

from scripts.outils.banc.statistiques import (
    avertissements,
    dispersion,
    mediane_des_tours,
    quantile,
    resumer,
)


def test_a_quantile_is_a_value_that_was_measured():
    assert quantile([5, 1, 3, 2, 4], 0.5) == 3
    assert quantile(range(1, 101), 0.95) == 95
    assert quantile(range(1, 21), 0.95) == 19
    assert quantile([7], 0.95) == 7


def test_a_round_is_half_of_the_answers_the_slow_ones_and_the_pace():
    assert resumer([10, 20, 30, 40], 0.5) == {"p50_ms": 25, "p95_ms": 40, "par_seconde": 8}


def test_one_disturbed_round_changes_nothing():
    calmes = [{"p50_ms": 10, "p95_ms": 12, "par_seconde": 90}] * 4

    assert mediane_des_tours([*calmes, {"p50_ms": 500, "p95_ms": 900, "par_seconde": 2}]) == calmes[0]


def test_dispersion_is_told_against_the_median():
    assert dispersion([10, 10, 10]) == 0
    assert dispersion([8, 10, 13]) == pytest.approx(0.5)


CALME = {"charge": 0.2, "processeurs": 2, "planchers_ms": [16, 17, 18] * 3, "tours": 9, "secondes": 2}


def test_a_quiet_machine_and_enough_rounds_need_no_warning():
    assert avertissements(**CALME) == []


@pytest.mark.parametrize(
    ("trouble", "phrase"),
    [
        ({"charge": 1.1}, "travaillait déjà avant la mesure : charge 1,1 pour 2 processeurs"),
        ({"planchers_ms": [16, 17, 22]}, "varié de 35 % d'un tour à l'autre (16,0 à 22,0 ms)"),
        ({"tours": 4}, "Moins de 5 tours"),
        ({"tours": 8}, "Le p95 demande 9 tours de 2 s : ici 8 de 2,0 s"),
        ({"secondes": 1}, "ici 9 de 1,0 s"),
    ],
)
def test_each_trouble_is_said(trouble, phrase):
    assert any(phrase in alerte for alerte in avertissements(**CALME | trouble))


def test_one_round_alone_has_no_dispersion():
    alertes = avertissements(**CALME | {"planchers_ms": [16], "tours": 1})

    assert not any("varié" in alerte for alerte in alertes)
