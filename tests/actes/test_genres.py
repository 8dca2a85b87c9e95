"""The kinds of acts, against the list written out again here."""

from pathlib import Path

from django.conf import settings

from manufactures.actes.genres import GENRES, choix

EXEMPLES = Path(__file__).parent / "exemples"

# Law of the block « Voies et délais de recours », kind by kind.
RECOURS = {
    "ar_depot": "R-IMPLICITE",
    "irrecevabilite": "R-EXPRESSE",
    "labellisation": "R-EXPRESSE",
    "non_selection": "R-EXPRESSE",
    "ajournement": "R-EXPRESSE",
    "attribution": "R-EXPRESSE",
    "convention": "R-CONVENTION",
    "avenant": "R-CONVENTION",
    "demande_complements": "R-AUCUN",
    "convocation_membre": "R-AUCUN",
    "convocation_audition": "R-AUCUN",
    "rapport_instruction": "R-AUCUN",
    "pv_selection": "R-AUCUN",
    "pv_arbitrage": "R-AUCUN",
    "attestation_incubation": "R-AUCUN",
    "bilan_incubation": "R-AUCUN",
    "versement": "R-AUCUN",
    "lettre_mission": "R-AUCUN",
    "attestation_intervention": "R-AUCUN",
    "releve_expert": "R-AUCUN",
    "bilan_accompagnement": "R-AUCUN",
    "contradictoire": "R-AUCUN",
    "fin_de_parcours": "R-AUCUN",
}


def test_every_kind_and_its_appeal():
    assert {code: genre.recours for code, genre in GENRES.items()} == RECOURS


def test_every_kind_has_its_template_and_its_example():
    for code, genre in GENRES.items():
        assert (settings.BASE_DIR / "templates" / genre.gabarit).exists()
        assert (EXEMPLES / f"{code}.json").exists()


def test_no_example_without_kind():
    assert {fichier.stem for fichier in EXEMPLES.glob("*.json")} == set(GENRES)


def test_what_is_less_than_asked_or_decided_against_someone_may_be_contested():
    assert GENRES["versement"].recours_pour({"reduit": True}) == "R-EXPRESSE"
    assert GENRES["versement"].recours_pour({"reduit": False}) == "R-AUCUN"
    assert GENRES["fin_de_parcours"].recours_pour({"cas": "exclusion"}) == "R-EXPRESSE"
    assert GENRES["fin_de_parcours"].recours_pour({"cas": "cloture"}) == "R-AUCUN"


def test_verification_never_betrays_an_unfavourable_act():
    for code in ("irrecevabilite", "non_selection", "ajournement", "fin_de_parcours"):
        assert GENRES[code].nature_publique == "Décision"
    assert GENRES["contradictoire"].nature_publique == "Courrier"


def test_results_wait_for_the_publication():
    assert {code for code, genre in GENRES.items() if genre.embargo} == {
        "labellisation",
        "non_selection",
        "ajournement",
    }


def test_choices_fit_a_model():
    assert ("ar_depot", "Accusé de réception") in choix()
    assert all(len(code) <= 40 for code, _ in choix())
