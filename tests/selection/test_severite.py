"""Severity: readers of known bias, found again; what cannot be measured is said; the ranks and what surrounds them."""

import random
from itertools import combinations
from statistics import mean

import pytest

from selection.severite import Lue, classer, score_sur_cent


def lectures(graine: int, *, dossiers=24, lecteurs=9, par_dossier=3):
    """A committee drawn by lot: true worths, readers of known bias, each dossier read by a few."""
    hasard = random.Random(graine)
    valeurs = {d: hasard.gauss(60, 12) for d in range(dossiers)}
    biais = {r: hasard.gauss(0, 10) for r in range(lecteurs)}
    lues = [
        Lue(r, d, valeurs[d] + biais[r] + hasard.gauss(0, 5))
        for d in valeurs
        for r in hasard.sample(range(lecteurs), par_dossier)
    ]
    return valeurs, biais, lues


def inversions(ordre: list[int], valeurs: dict[int, float]) -> int:
    """Pairs ranked against the truth."""
    return sum(valeurs[a] < valeurs[b] for a, b in combinations(ordre, 2))


def test_the_corrected_ranking_is_nearer_the_truth_on_95_seeds_of_100():
    gagnees = 0
    for graine in range(100):
        valeurs, _, lues = lectures(graine)
        classement = classer(lues)
        corrige = [ligne.dossier for ligne in classement.lignes]
        brut = [ligne.dossier for ligne in sorted(classement.lignes, key=lambda ligne: -ligne.brut)]
        gagnees += inversions(corrige, valeurs) < inversions(brut, valeurs)
    assert gagnees >= 95


def test_known_biases_are_found_again_without_chance():
    """Without noise the worths come back to the point, whoever read what."""
    valeurs = {1: 50.0, 2: 70.0, 3: 62.0}
    biais = {10: -8.0, 11: 0.0, 12: 8.0}
    qui = {1: (10, 11), 2: (11, 12), 3: (10, 12)}
    lues = [Lue(r, d, valeurs[d] + biais[r]) for d, rs in qui.items() for r in rs]
    classement = classer(lues)
    assert [(ligne.dossier, round(ligne.corrige, 6)) for ligne in classement.lignes] == [
        (2, 70),
        (3, 62),
        (1, 50),
    ]
    assert {r: round(s, 6) for r, s in classement.severites.items()} == biais
    assert all(round(ligne.ecart, 6) == 0 for ligne in classement.lignes)
    assert [(ligne.rang_haut, ligne.rang_bas) for ligne in classement.lignes] == [(1, 1), (2, 2), (3, 3)]


def test_a_harsh_reader_no_longer_costs_a_rank():
    """Read by the severe one, dossier 2 was behind by the plain means; what the two share tells how severe."""
    lues = [Lue(1, 1, 60), Lue(1, 3, 80), Lue(2, 2, 50), Lue(2, 3, 60), Lue(1, 4, 41), Lue(2, 4, 20)]
    classement = classer(lues)
    rangs = {ligne.dossier: (ligne.rang_brut, ligne.rang) for ligne in classement.lignes}
    assert rangs[1] == (2, 3)
    assert rangs[2] == (3, 2)
    assert classement.est_corrige


def test_the_mean_of_all_readings_stays():
    _, _, lues = lectures(7)
    classement = classer(lues)
    corriges = [lue.score - classement.severites[lue.lecteur] for lue in lues]
    assert mean(corriges) == pytest.approx(mean(lue.score for lue in lues))


def test_it_does_not_depend_on_the_order_of_the_readings():
    _, _, lues = lectures(3)
    melees = random.Random(1).sample(lues, len(lues))
    assert classer(melees) == classer(lues)


def test_the_interval_surrounds_the_rank_and_tightens_with_readings():
    _, _, peu = lectures(5, par_dossier=2)
    _, _, beaucoup = lectures(5, par_dossier=7)
    larges = []
    for lues in (peu, beaucoup):
        lignes = classer(lues).lignes
        assert all(ligne.rang_haut <= ligne.rang <= ligne.rang_bas for ligne in lignes)
        larges.append(mean(ligne.rang_bas - ligne.rang_haut for ligne in lignes))
    assert larges[1] < larges[0]


def test_the_interval_holds_the_true_rank_most_of_the_time():
    tenus = []
    for graine in range(40):
        valeurs, _, lues = lectures(graine)
        vrais = {d: rang for rang, d in enumerate(sorted(valeurs, key=valeurs.get, reverse=True), 1)}
        tenus += [li.rang_haut <= vrais[li.dossier] <= li.rang_bas for li in classer(lues).lignes]
    assert mean(tenus) >= 0.8


@pytest.mark.parametrize(
    "lues", [[Lue(1, 1, 50)], [Lue(1, 1, 50), Lue(1, 2, 70)], [Lue(1, 1, 50), Lue(2, 1, 70)]]
)
def test_too_few_readings_are_said_and_nothing_is_corrected(lues):
    classement = classer(lues)
    assert not classement.est_corrige
    assert not classement.severites
    assert "Trop peu de lectures" in classement.phrases[0]
    assert all(ligne.brut == ligne.corrige and ligne.rang_haut is None for ligne in classement.lignes)


def test_without_any_reading_there_is_nothing_to_rank():
    assert classer([]).lignes == ()
    assert "rien à classer" in classer([]).phrases[0].replace("\xa0", " ")


def test_groups_without_a_common_reader_are_said():
    lues = [Lue(r, d, 50 + r + d) for d in (1, 2) for r in (1, 2)]
    lues += [Lue(r, d, 40 + r + d) for d in (3, 4) for r in (3, 4)]
    assert "2 groupes sans lecteur commun" in " ".join(classer(lues).phrases)


def test_lone_readings_and_readers_who_share_little_are_said():
    _, _, lues = lectures(2)
    classement = classer([*lues, Lue(0, 99, 50.0), Lue(88, 1, 40.0)])
    phrases = " ".join(classement.phrases).replace("\xa0", " ")
    assert "1 dossier n'a qu'une lecture" in phrases
    assert "1 lecteur partage moins de trois dossiers" in phrases


def test_when_all_read_all_the_correction_changes_no_rank():
    lues = [Lue(r, d, 40 + 7 * d - 5 * r + (r * d) % 3) for d in range(5) for r in range(4)]
    classement = classer(lues)
    assert all(ligne.rang == ligne.rang_brut for ligne in classement.lignes)
    assert "ne change aucun rang" in " ".join(classement.phrases)


def test_what_if_without_a_reader_is_the_ranking_of_the_others():
    _, _, lues = lectures(4)
    sans = classer(lues, sans=[0])
    assert sans == classer([lue for lue in lues if lue.lecteur != 0])
    assert 0 not in sans.severites


def test_disagreement_is_what_severity_does_not_explain():
    """Dossier 1 has the widest gap between its raw scores, the severe reader's doing; dossier 3 has the true one."""
    lues = [Lue(r, d, 60 - 20 * (r == 3)) for d in range(1, 9) for r in (1, 2, 3)]
    lues = [Lue(u.lecteur, u.dossier, u.score + 15 * (u.dossier == 3 and u.lecteur == 3)) for u in lues]
    assert classer(lues).par_desaccord()[0].dossier == 3


def test_a_score_weighs_the_marks_and_other_weights_change_it():
    assert score_sur_cent([(50, 5, 5), (25, 0, 5), (25, 2, 4)]) == pytest.approx(62.5)
    assert score_sur_cent([(0, 5, 5), (50, 0, 5), (50, 2, 4)]) == pytest.approx(25)
    assert score_sur_cent([(0, 5, 5)]) is None


def test_three_hundred_dossiers_take_a_moment_only():
    _, _, lues = lectures(1, dossiers=300, lecteurs=20)
    assert len(classer(lues).lignes) == 300
