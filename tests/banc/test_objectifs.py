"""The goals, written out in figures: what is held, what is missed, what nobody measured."""

import pytest

from scripts.outils.banc.objectifs import juger


def ligne(page, dossiers=2000, clients=1, **valeurs):
    """A line of the benchmark, well within its goals unless told."""
    sage = {
        "requetes": 3,
        "lignes": 60,
        "affichees": 25,
        "p50_ms": 20.0,
        "p95_ms": 25.0,
        "par_seconde": 50.0 * clients,
        "ratio_plancher": 1.0,
    }
    return {"page": page, "dossiers": dossiers, "clients": clients} | sage | valeurs


def verdicts(lignes, lettres=None, memoires=None):
    """Goal by goal; the worst word where a goal has several lines."""
    dits = {}
    for constat in juger(lignes, lettres, memoires or {}):
        if dits.get(constat.objectif) != "manqué" and constat.verdict != "non mesuré":
            dits[constat.objectif] = constat.verdict
    return dits


def aux_deux_tailles(page, petite=None, grande=None, **valeurs):
    """The same page at 100 and at 100 000 dossiers, at 1 and 4 clients."""
    return [
        ligne(page, taille, clients, **valeurs | (ecart or {}))
        for taille, ecart in ((100, petite), (2000, {}), (100_000, grande))
        for clients in (1, 4)
    ]


# goal: page, the figure at its limit, the same figure beyond it
LOI = [
    (1, "accueil_public", {"ratio_plancher": 2.0}, {"ratio_plancher": 2.01}),
    (1, "laureats", {"ratio_plancher": 2.0}, {"ratio_plancher": 2.01}),
    (2, "instruction_liste:2", {"ratio_plancher": 3.0}, {"ratio_plancher": 3.01}),
    (2, "instruction_recherche", {"ratio_plancher": 3.0}, {"ratio_plancher": 3.01}),
    (3, "seance_sondage", {"ratio_plancher": 3.0}, {"ratio_plancher": 3.01}),
    (4, "instruction_dossier", {"ratio_plancher": 4.0}, {"ratio_plancher": 4.01}),
    (5, "dossiers", {"ratio_plancher": 2.7}, {"ratio_plancher": 2.8}),
    (5, "section", {"ratio_plancher": 4.7}, {"ratio_plancher": 4.9}),
    (6, "enregistrement", {"ratio_plancher": 6.6}, {"ratio_plancher": 6.8}),
    (7, "pilotage", {"ratio_plancher": 10.4}, {"ratio_plancher": 10.5}),
    (8, "accueil_public", {"requetes": 8}, {"requetes": 9}),
    (8, "instruction_filtre", {"requetes": 12}, {"requetes": 13}),
    (8, "comite_dossier", {"requetes": 15}, {"requetes": 16}),
    (8, "grille_enregistrement", {"requetes": 20}, {"requetes": 21}),
    (9, "instruction_liste", {"lignes": 150}, {"lignes": 151}),
    (9, "pilotage", {"lignes": 50, "affichees": 0}, {"lignes": 51, "affichees": 0}),
]


@pytest.mark.parametrize(("objectif", "page", "juste", "trop"), LOI)
def test_each_limit_holds_at_the_limit_and_not_beyond(objectif, page, juste, trop):
    assert verdicts(aux_deux_tailles(page, **juste))[objectif] == "tenu"
    assert verdicts(aux_deux_tailles(page, **trop))[objectif] == "manqué"


def test_the_number_of_queries_is_the_same_at_every_size():
    assert verdicts(aux_deux_tailles("dossiers"))[8] == "tenu"
    assert verdicts(aux_deux_tailles("dossiers", grande={"requetes": 4}))[8] == "manqué"


@pytest.mark.parametrize(("page", "limite"), [("instruction_liste:fin", 1.3), ("instruction_recherche", 2)])
def test_the_slowest_answers_do_not_follow_the_number_of_dossiers(page, limite):
    plat = aux_deux_tailles(page, grande={"p95_ms": 25.0 * limite})
    pentu = aux_deux_tailles(page, grande={"p95_ms": 25.0 * limite + 1})

    assert (verdicts(plat)[10], verdicts(pentu)[10]) == ("tenu", "manqué")


def test_a_page_of_three_rows_is_not_compared_with_one_of_twenty_five():
    lignes = aux_deux_tailles("laureats:fin", petite={"affichees": 3}, grande={"p95_ms": 250.0})

    assert 10 not in verdicts(lignes)


def test_four_people_are_served_half_as_fast_again_as_one():
    seul, quatre = ligne("dossiers"), ligne("dossiers", clients=4, par_seconde=75.0)

    assert verdicts([seul, quatre])[11] == "tenu"
    assert verdicts([seul, quatre | {"par_seconde": 74.0}])[11] == "manqué"


def test_a_letter_costs_hardly_more_than_its_drawing():
    lettres = {"ratio": 1.3}

    assert verdicts([], lettres)[12] == "tenu"
    assert verdicts([], lettres | {"ratio": 1.31})[12] == "manqué"


def test_a_worker_stays_small_on_a_large_table():
    assert verdicts([], memoires={100: 90, 20_000: 150})[18] == "tenu"
    assert verdicts([], memoires={20_000: 151, 100_000: 149})[18] == "manqué"


def test_what_was_not_measured_is_not_judged():
    assert {constat.verdict for constat in juger([], None, {})} == {"non mesuré"}
