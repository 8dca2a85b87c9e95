"""The project's own data: the official geographic code and the configuration of the call."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest
from django.apps import apps

from manufactures.programme.donnees import geographie

DONNEES = Path(geographie.__file__).parent
APPEL = json.loads((DONNEES / "appel.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rangees():
    return list(geographie.lire())


def test_the_geographic_code_is_whole_and_small(rangees):
    parents = {(genre, code) for genre, code, *_ in rangees}
    enfants = {"departement": "region", "commune": "departement"}

    assert (DONNEES / "geographie.csv.gz").stat().st_size < 1_000_000
    assert Counter(rangee[0] for rangee in rangees) == {"region": 24, "departement": 107, "commune": 35008}
    assert len(parents) == len(rangees)
    assert all((enfants[r[0]], r[3]) in parents for r in rangees if r[0] in enfants)
    assert all(re.fullmatch(r"\d{5}", poste) for r in rangees if r[0] == "commune" for poste in r[4])


@pytest.mark.parametrize(
    "attendue",
    [
        ("departement", "2A", "Corse-du-Sud", "94"),
        ("departement", "974", "La Réunion", "04"),
        ("commune", "69381", "Lyon 1er Arrondissement", "69", ["69001"], "lyon 1er arrondissement"),
        ("commune", "97416", "Saint-Pierre", "974", ["97410", "97432"], "saint pierre"),
        ("commune", "01262", "Montluel", "01", ["01120"], "montluel"),
    ],
)
def test_codes_are_text_and_overseas_has_three_characters(rangees, attendue):
    assert attendue in rangees


@pytest.mark.parametrize(
    ("saisie", "cle"),
    [
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("st étienne", "saint etienne"),
        ("Plœuc-L’Hermitage", "ploeuc l hermitage"),
        ("  ÉPINAY / Sénart ", "epinay senart"),
    ],
)
def test_names_are_looked_up_without_accents(saisie, cle):
    assert geographie.normaliser(saisie) == cle


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    debut = monotonic()
    compte = geographie.charger()
    duree = monotonic() - debut
    Commune = apps.get_model("programme", "Commune")

    assert geographie.charger() == compte == {"region": 24, "departement": 107, "commune": 35008}
    assert Commune.objects.count() == compte["commune"]
    assert Commune.objects.get(code="2B096").departement.nom == "Haute-Corse"
    assert Commune.objects.filter(codes_postaux__contains=["26400"], recherche__startswith="crest").exists()
    assert duree < 20, "the command promises a few seconds on a quiet machine"


def test_the_grid_of_the_call_is_that_of_the_cahier_des_charges():
    articles = {article["numero"] for article in APPEL["cahier"]["articles"]}

    assert [regle["code"] for regle in APPEL["eligibilite"]] == [f"E{i}" for i in range(1, 11)]
    assert all(
        regle["article"] in articles and regle["texte"] and regle["indication"]
        for regle in APPEL["eligibilite"]
    )
    assert {c["code"]: c["poids"] for c in APPEL["criteres"]} == dict(
        C1=20, C2=15, C3=15, C4=15, C5=15, C6=10, C7=10
    )
    assert sum(critere["poids"] for critere in APPEL["arbitrage"]) == 100
    assert all(len(set(critere["ancres"])) == 6 for critere in APPEL["criteres"] + APPEL["arbitrage"])


def test_a_clause_is_ready_to_be_quoted_in_a_decision():
    """An act quotes it inside « »: no capital at its head, no point at its end."""
    assert all(r["texte"][0].islower() and not r["texte"].endswith(".") for r in APPEL["eligibilite"])


def test_the_waves_stay_inside_the_envelope():
    sommes = [Decimal(montant) for vague in APPEL["vagues"] for montant in vague["enveloppes"].values()]

    assert [vague["numero"] for vague in APPEL["vagues"]] == [1, 2, 3]
    assert sum(sommes) <= Decimal(APPEL["enveloppe"]["globale"]) == 30_000_000


def test_the_lists_of_the_call_are_whole_and_without_double():
    tailles = {"pieces": 11, "modules": 8, "themes": 8, "filieres": 16, "colleges": 5, "vagues": 3}

    assert {nom: len(APPEL[nom]) for nom in tailles} == tailles
    for nom in ("pieces", "modules", "themes", "filieres", "formes_juridiques", "colleges", "attestations"):
        codes = [rangee["code"] for rangee in APPEL[nom]]
        assert len(set(codes)) == len(codes), nom
    formes = {forme["code"]: forme for forme in APPEL["formes_juridiques"]}
    assert {c for c, f in formes.items() if f["cer_requis"]} == {
        "association",
        "association_droit_local",
        "fondation",
    }
    assert {c for c, f in formes.items() if f["rna_requis"]} == {"association"}
    assert {c for c, f in formes.items() if not f["est_admise"]} == {"entreprise_individuelle"}


def test_french_text_carries_its_no_break_spaces():
    brut = (DONNEES / "appel.json").read_text(encoding="utf-8")

    assert not re.search(r" [;!?€%»]|« |\w :[ \"]|’", brut)
