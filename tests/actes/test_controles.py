"""What must hold of the figures and words of the sample acts, whichever kind: ballots, money, days, grounds."""

from decimal import Decimal

import pytest

from manufactures.actes.genres import GENRES
from manufactures.actes.rendu import texte
from manufactures.francais import en_lettres
from tests.actes.exemples_d_actes import exemple


def points(objet):
    """Every dictionary of a snapshot, whatever its depth."""
    if isinstance(objet, dict):
        yield objet
        for valeur in objet.values():
            yield from points(valeur)
    elif isinstance(objet, list):
        for valeur in objet:
            yield from points(valeur)


@pytest.mark.parametrize("genre", ["pv_selection", "pv_arbitrage"])
def test_the_votes_of_a_ballot_add_up(genre):
    votes = [p for p in points(exemple(genre)) if p.get("votants") and "pour" in p]
    assert votes
    for vote in votes:
        assert vote["pour"] + vote["contre"] + vote["abstention"] + vote["blanc"] == vote["votants"]


def test_the_kinds_of_a_grant_make_its_total_in_figures_and_in_words():
    acte = exemple("attribution")
    total = sum(Decimal(nature["montant_max"]) for nature in acte["natures"])
    assert total == Decimal(acte["total"])
    mots = texte("attribution", acte).replace("\u00a0", " ")
    assert f"({en_lettres(total)}" in mots
    for nature in acte["natures"]:
        plafond = Decimal(nature["depense_eligible"]) * Decimal(nature["taux"])
        assert Decimal(nature["montant_max"]) <= plafond * (100 if Decimal(nature["taux"]) <= 1 else 1)


def test_a_payment_never_passes_its_ceiling():
    acte = exemple("versement")
    verse, a_verser = Decimal(acte["deja_verse"]), Decimal(acte["a_verser"])
    assert verse + a_verser <= Decimal(acte["plafond_cumule"])


@pytest.mark.parametrize("genre", GENRES)
def test_days_go_by_halves(genre):
    for point in points(exemple(genre)):
        for cle in ("jours", "jours_accordes", "total_jours", "accorde", "commande", "disponible"):
            valeur = point.get(cle)
            if isinstance(valeur, str) and valeur.replace(".", "", 1).isdigit() and Decimal(valeur) < 100:
                assert Decimal(valeur) % Decimal("0.5") == 0, (cle, valeur)


def test_what_is_granted_is_ordered_or_still_there():
    credit = exemple("lettre_mission")["credit"]
    assert Decimal(credit["disponible"]) <= Decimal(credit["accorde"])


def test_a_refusal_has_a_ground_per_criterion_and_facts():
    motifs = exemple("non_selection")["motifs"]
    assert motifs and sum(len(motif["constat"]) for motif in motifs) >= 200
    assert all(motif["critere"] and motif["constat"] for motif in motifs)
