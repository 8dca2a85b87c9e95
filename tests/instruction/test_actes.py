"""The acts of this stage say what their law wants, from the frozen snapshot alone."""

import pytest

from instruction.compositions import plan_de_financement
from manufactures import horloge
from manufactures.actes.rendu import texte
from tests.factories.instruction import (
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    remplir,
    signataire,
)

pytestmark = pytest.mark.django_db


def lu(acte):
    """The words of the act, ordinary spaces."""
    return " ".join(
        texte(acte.genre, acte.instantane)
        .replace("\u202f", " ")
        .replace("\u00a0", " ")
        .replace("’", "'")
        .split()
    )


def test_the_request_says_what_why_and_until_when():
    dossier = dossier_depose()
    demande_envoyee(pris_en_charge(dossier))

    mots = lu(dossier.actes.get(genre="demande_complements"))

    assert "Titre d'occupation" in mots
    assert "Sans cette pièce, l'instruction ne peut pas se poursuivre." in mots
    assert "heure de Paris" in mots
    assert "Affaire suivie par Camille" in mots
    assert "recours" not in mots.lower()


def test_the_decision_has_its_grounds_its_signatory_and_its_ways_of_appeal():
    instruction = refus_propose()
    instruction.dossier.passer(
        "declarer_irrecevable", par=signataire(), motif="Aucune structure déclarée à la clôture."
    )

    mots = lu(instruction.dossier.actes.get(genre="irrecevabilite"))

    assert "Règle non remplie à la clôture ; que cette condition n'est donc pas remplie" in mots
    assert "n'est pas soumise au comité de sélection" in mots
    assert "Agnès Montferrand" in mots
    assert "décision n° 2020-12" in mots
    assert "Voies et délais de recours" in mots


def test_the_report_carries_ten_rules_seven_criteria_and_a_balanced_plan():
    instruction = remplir(pris_en_charge())
    instruction.enregistrer(
        par=instruction.instructeur,
        notes={
            "C1": {
                "note": 4,
                "commentaire": "Douze artisans partagent la raboteuse.",
                "a_eclaircir": "Tarifs",
            },
            **{f"C{rang}": {"note": 0} for rang in range(2, 8)},
        },
        questions="Qui anime le lieu ?\n\nDepuis quand ?",
        jours_estimes="12.5",
    )
    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)
    acte = instruction.dossier.actes.get(genre="rapport_instruction")

    mots = lu(acte)

    assert "Douze artisans partagent la raboteuse" in mots
    assert "| 4/5" in mots
    assert (len(acte.instantane["regles"]), len(acte.instantane["criteres"])) == (10, 7)
    assert acte.instantane["questions"] == ["Qui anime le lieu ?", "Depuis quand ?"]
    plan = plan_de_financement(instruction.dossier)
    assert plan["total_depenses"] == plan["total_ressources"] == "130000.00"
    assert horloge.aujourd_hui().isoformat() == acte.instantane["acte"]["date"][:10]
