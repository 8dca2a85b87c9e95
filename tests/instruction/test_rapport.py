"""The report of an examination: what it draws, what it cites, how it stands on its pages, and that it is frozen."""

import copy
import json
import re
from base64 import b64decode
from pathlib import Path

import pytest

from instruction.compositions.budget import resume_du_budget
from instruction.compositions.rapport import composer_rapport, moyenne_ponderee
from instruction.dessins import dessiner_budget, dessiner_lieu, dessiner_notes
from instruction.models import Instruction, NoteInstruction
from manufactures.actes.rendu import rendre, rendre_html, texte
from tests.factories.instruction import pris_en_charge, remplir
from tests.outils.pages import pages_de, titres_seuls

EXEMPLE = Path(__file__).parents[1] / "actes" / "exemples" / "rapport_instruction.json"
TITRES = [
    "En bref",
    "Recevabilité",
    "Territoire et sites",
    "Analyse par critère",
    "Plan de financement",
    "Avis recueillis",
    "Risques, conditions et besoins",
    "Questions pour le comité",
    "Avis de l'instruction et proposition",
    "Pièces consultées",
]
GRIS = re.compile(r"#([0-9a-f]{2})\1\1\b")


def exemple(**changements):
    """The sample snapshot, some keys changed."""
    return json.loads(EXEMPLE.read_text()) | copy.deepcopy(changements)


def notes(*valeurs, echelle=5):
    """The sample's criteria with these marks."""
    return [
        ligne | {"note": note, "echelle": echelle}
        for ligne, note in zip(exemple()["criteres"], valeurs, strict=True)
    ]


def lu(instantane):
    """The words, ordinary spaces and apostrophes."""
    mots = texte("rapport_instruction", instantane)
    return " ".join(mots.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'").split())


def recevable():
    """A report of the real deed, with marks."""
    instruction = remplir(pris_en_charge())
    instruction.enregistrer(
        par=instruction.instructeur,
        notes={f"C{n}": {"note": n % 6, "commentaire": f"Constat {n}."} for n in range(1, 8)},
        risques="Le bail expire dans deux ans.",
    )
    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)
    return instruction.dossier, instruction.dossier.actes.get(genre="rapport_instruction")


# -- Drawings ----------------------------------------------------------------------------------------------------
def test_the_drawing_says_the_marks_of_the_table():
    criteres = notes(4, 0, 5, 3, None, 2, 1)
    dessin = dessiner_notes(criteres)

    assert dessin.texte.replace("\u00a0", " ") == (
        "Notes indicatives de l'instruction : C1 4 sur 5, C2 0 sur 5, C3 5 sur 5, C4 3 sur 5, C6 2 sur 5 et "
        "C7 1 sur 5. 1 critère sans note : C5."
    )
    assert [m for m in re.findall(r">([^<>]+)</text>", dessin.svg) if "/" in m] == [
        "4/5", "0/5", "5/5", "3/5", "2/5", "1/5",
    ]  # fmt: skip
    assert "sans note" in dessin.svg
    mots = lu(exemple(criteres=criteres))
    for ligne in criteres:
        attendue = "sans note" if ligne["note"] is None else f"{ligne['note']}/5"
        assert f"{ligne['code']}. {ligne['libelle']} | {ligne['poids']} | {attendue}" in mots


def test_a_bar_is_as_long_as_its_mark_on_its_own_scale():
    def barre(note, echelle):
        (rectangle,) = re.findall(
            r'width="([\d.]+)"[^>]*fill="#666666"',
            dessiner_notes(notes(note, *[None] * 6, echelle=echelle)).svg,
        )
        return float(rectangle)

    assert barre(5, 5) == barre(3, 3) == 500
    assert barre(2, 5) == 200
    assert barre(1, 4) == 125


def test_no_mark_no_drawing():
    assert dessiner_notes(notes(*[None] * 7)) is None
    assert "L'instruction ne propose pas de note." in lu(exemple())


@pytest.mark.parametrize("dessin", [
    lambda: dessiner_notes(notes(4, 0, 5, 3, None, 2, 1)),
    lambda: dessiner_lieu(exemple()["lieu"]),
    lambda: dessiner_budget(exemple()["budget"]),
])  # fmt: skip
def test_drawings_are_grey_and_told_in_words(dessin):
    dessin = dessin()

    assert dessin.texte
    couleurs = re.findall(r"#[0-9a-fA-F]{6}", dessin.svg)
    assert couleurs and all(GRIS.fullmatch(couleur) for couleur in couleurs)
    assert b64decode(dessin.source.partition(",")[2]).decode() == dessin.svg


def test_the_two_plans_are_drawn_from_the_firmest_money_to_the_least():
    dessin = dessiner_budget(exemple()["budget"])

    assert "subvention demandée 210 000 € (50 %)" in dessin.texte.replace("\u00a0", " ")
    assert dessin.texte.index("subvention demandée") < dessin.texte.index("acquis")
    larges = [float(large) for large in re.findall(r'<rect [^>]*width="([\d.]+)" height="60"', dessin.svg)]
    assert larges == [740, 296, 444]  # 50 %, 20 %, 30 % of the bar
    assert dessiner_budget([]) is None


def test_the_map_holds_the_place_or_nothing():
    grasse = dessiner_lieu(exemple()["lieu"])
    assert grasse.texte == "Carte : Grasse, département Alpes-Maritimes, en France."
    assert dessiner_lieu(exemple()["lieu"] | {"code": "988", "departement": "Nouvelle-Calédonie"}) is None
    sans_carte = exemple(lieu=None)
    assert 'class="carte"' in rendre_html("rapport_instruction", exemple())
    assert 'class="carte"' not in rendre_html("rapport_instruction", sans_carte)


def test_the_mean_is_weighted_and_waits_for_every_mark():
    assert moyenne_ponderee(notes(5, 5, 5, 5, 5, 5, 5)) == "5.0"
    assert moyenne_ponderee(notes(5, 0, 0, 0, 0, 0, 0)) == "1.0"  # 20 of 100
    assert moyenne_ponderee(notes(*[3] * 7, echelle=3)) == "5.0"
    assert moyenne_ponderee(notes(None, 5, 5, 5, 5, 5, 5)) is None


# -- What it says ------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_each_rule_has_its_article_and_its_proof():
    dossier, acte = recevable()

    regle = acte.instantane["regles"][0]
    assert regle["article"] and regle["preuves"] == [] or regle["preuves"][0]["ou"]
    assert acte.instantane["regles_remplies"] == 10
    mots = lu(acte.instantane)
    assert f"E1. {regle['libelle']} (article {regle['article']})" in mots
    assert "Le bail expire dans deux ans." in mots
    assert "Constat 3." in mots


def test_a_pinned_proof_stands_beside_its_rule():
    mots = lu(exemple())
    assert (
        "E4. Bâti adapté à l'activité (article 4.2 (version 2)) | oui | Titre d'occupation. "
        "« Le bail commercial court jusqu'au 31 décembre 2030 » (Titre d'occupation, page 2)" in mots
    )


@pytest.mark.django_db
def test_the_summary_of_the_budget_adds_up():
    dossier, acte = recevable()
    volets = resume_du_budget(dossier)

    assert volets == acte.instantane["budget"]
    for volet in volets:
        autres = sum(float(ligne["montant"]) for ligne in volet["cofinanceurs"])
        assert float(volet["demande"]) + autres == pytest.approx(float(volet["ressources"]))
        assert sum(float(ligne["montant"]) for ligne in volet["autres"]) == pytest.approx(autres)
        assert float(volet["ecart"]) == float(volet["ressources"]) - float(volet["depenses"])


@pytest.mark.django_db
def test_the_report_is_frozen_figures_and_drawings():
    dossier, acte = recevable()
    avant = rendre_html("rapport_instruction", acte.instantane)

    NoteInstruction.objects.update(note=0, commentaire="Autre chose.")
    Instruction.objects.update(risques="Autre risque.")
    dossier.lignes_financement.update(montant=1)
    dossier.sites.update(latitude=None, longitude=None)
    acte.refresh_from_db()

    assert rendre_html("rapport_instruction", acte.instantane) == avant
    suivant = composer_rapport(dossier, evenement=None, par=dossier.instruction.instructeur)
    assert {ligne["note"] for ligne in suivant["criteres"]} == {0}


def test_a_report_frozen_before_the_drawings_keeps_its_words():
    ancien = exemple()
    for cle in ("budget", "lieu", "moyenne", "sans_constat", "regles_remplies"):
        del ancien[cle]
    for ligne in ancien["regles"]:
        for cle in ("article", "constat", "preuves"):
            del ligne[cle]
    mots = lu(ancien)
    assert "Autofinancement | acquis" in mots
    assert "8. Questions pour l'audition" in mots
    assert "<img" not in re.sub(
        r'<img src="[^"]*" alt="Code QR[^>]*>', "", rendre_html("rapport_instruction", ancien)
    )


# -- Pages -------------------------------------------------------------------------------------------------------
LONGUE = (
    "Le dossier décrit des moyens, des engagements et un calendrier que l'examen a rapprochés des pièces. "
    * 6
)


@pytest.mark.parametrize("instantane", [
    exemple(),
    exemple(criteres=notes(4, 0, 5, 3, 2, 2, 1), moyenne="2.6"),
    exemple(
        criteres=[ligne | {"constats": LONGUE, "a_eclaircir": LONGUE} for ligne in notes(*range(5), 5, 0)],
        regles=[ligne | {"constat": LONGUE} for ligne in exemple()["regles"]],
        questions=[LONGUE] * 6,
        motivation=LONGUE * 3,
    ),
    exemple(
        porteur=exemple()["porteur"] | {"raison_sociale": "Anticonstitutionnellement" * 6},
        criteres=[ligne | {"constats": "https://exemple.test/" + "a" * 300} for ligne in exemple()["criteres"]],
        questions=["Q" * 200],
        budget=[
            exemple()["budget"][0]
            | {"cofinanceurs": [{"nom": "F" * 200, "statut": "acquis", "montant": "9999999999.99"}]}
        ],
    ),
    exemple(budget=[], lieu=None, sites=[], pieces_consultees=[]),
    exemple(regles=[
        ligne | {"preuves": [{"citation": "Anticonstitutionnellement" * 8, "ou": "Projet, Besoin"}]}
        for ligne in exemple()["regles"]
    ]),
], ids=["exemple", "notes", "long", "sans-espace", "nu", "mots-longs"])  # fmt: skip
def test_no_overflow_no_lone_heading_no_empty_page(instantane):
    pages = pages_de(rendre("rapport_instruction", instantane))

    assert 2 <= len(pages) <= 8
    assert [page.debordent for page in pages] == [[]] * len(pages)
    assert titres_seuls(pages, TITRES) == []
    assert all(len(page.texte) > 300 for page in pages)
    tout = " ".join(page.texte for page in pages)
    for titre in TITRES:
        assert titre in tout
