"""Thirty profiles before the self-test: the twenty laureates, all eligible, and ten others, each verdict written."""

import json
from pathlib import Path

import pytest

from candidatures.autotest import AutotestEnCours
from manufactures.demonstration import jeu
from manufactures.demonstration.programme import _autotest, _grille
from manufactures.programme.donnees import geographie
from manufactures.programme.models import QuestionEligibilite
from tests.factories.programme import AppelFactory, CommuneFactory, VagueFactory

pytestmark = pytest.mark.django_db

APPEL = json.loads((Path(geographie.__file__).parent / "appel.json").read_text(encoding="utf-8"))
DOSSIERS = json.loads(
    (Path(jeu.__file__).parent / "donnees" / "demonstration.json").read_text(encoding="utf-8")
)["dossiers"]
LAUREATS = {d["cle"]: d for d in DOSSIERS if d.get("laureat_ordre")}
FORMES = {"SCIC": "cooperative", "SCOP": "cooperative", "SAS": "societe", "SARL": "societe", "SA": "societe"}

# name: (structure, form, place, building, sharing, team, governance, skills), what blocks, what is to strengthen
AUTRES = {
    "association en création": (
        ("creation", "association", "commune", "titre", "deja", "chiffres", "mixte", "deja"),
        [],
        ["structure"],
    ),
    "artisan en entreprise individuelle": (
        ("siret", "individuelle", "commune", "titre", "deja", "chiffres", "mixte", "deja"),
        ["forme"],
        [],
    ),
    "collectif sans structure": (
        ("non", "autre", "commune", "promesse", "projet", "prevus", "prives", "prevu"),
        ["structure"],
        ["forme", "equipe", "gouvernance", "competences"],
    ),
    "commune et promesse de bail": (
        ("siret", "public", "commune", "promesse", "projet", "chiffres", "publics", "deja"),
        [],
        ["gouvernance"],
    ),
    "département choisi, commune pas encore": (
        ("siret", "association", "departement", "promesse", "projet", "prevus", "mixte", "prevu"),
        [],
        ["territoire", "equipe", "competences"],
    ),
    "société sans lieu": (
        ("siret", "societe", "commune", "non", "projet", "chiffres", "prives", "deja"),
        ["bati"],
        ["gouvernance"],
    ),
    "atelier pour soi seul": (
        ("siret", "societe", "commune", "titre", "seul", "chiffres", "seuls", "non"),
        ["partage"],
        ["gouvernance", "competences"],
    ),
    "société d'économie mixte sans équipe": (
        ("siret", "sem", "commune", "titre", "deja", "personne", "mixte", "deja"),
        ["equipe"],
        [],
    ),
    "coopérative prête": (
        ("siret", "cooperative", "commune", "titre", "deja", "chiffres", "mixte", "deja"),
        [],
        [],
    ),
    "rien n'est prêt": (
        ("non", "individuelle", "departement", "non", "seul", "personne", "seuls", "non"),
        ["structure", "forme", "bati", "partage", "equipe"],
        ["territoire", "gouvernance", "competences"],
    ),
}


@pytest.fixture
def passer():
    """Answer the eight questions of the call, in their order: the test, complete."""
    VagueFactory()
    appel, commune = AppelFactory(), CommuneFactory()
    _grille(appel, APPEL)
    _autotest(appel, APPEL["autotest"])
    lieux = {"commune": commune, "departement": commune.departement}

    def repondre(reponses):
        test = AutotestEnCours({})
        for question, reponse in zip(QuestionEligibilite.objects.du_test(), reponses, strict=True):
            test.noter(question, reponse, lieux.get(reponse))
        assert test.est_complet
        return test

    return repondre


def codes(points) -> list[str]:
    return [point.question.code for point in points]


def reponses_de(dossier) -> tuple[str, ...]:
    """What this laureate would answer, from what its dossier says."""
    porteur, types = dossier["porteur"], {p["type"] for p in dossier["partenaires"]}
    forme = FORMES.get(porteur["forme_juridique"])
    forme = forme or ("association" if porteur["forme_juridique_code"].startswith("92") else "public")
    partages = ("publics", "mixte") if "public" in types or forme == "public" else ("seuls", "prives")
    gouvernance = partages[bool(types - {"public"})]
    equipe = "chiffres" if porteur["effectif_etp"] else "prevus"
    competences = "deja" if "formation" in types else "prevu"
    return ("siret", forme, "commune", "titre", "deja", equipe, gouvernance, competences)


@pytest.mark.parametrize("cle", LAUREATS)
def test_each_laureate_may_apply(passer, cle):
    test = passer(reponses_de(LAUREATS[cle]))
    assert codes(test.bloquants) == []
    assert set(codes(test.a_renforcer)) <= {"competences", "gouvernance"}


@pytest.mark.parametrize("profil", AUTRES)
def test_each_other_profile_gets_its_answer(passer, profil):
    reponses, bloquent, renforcent = AUTRES[profil]
    test = passer(reponses)
    assert codes(test.bloquants) == bloquent
    assert codes(test.a_renforcer) == renforcent
    assert len(test.acquis) == 8 - len(bloquent) - len(renforcent)


def test_there_are_thirty_profiles():
    assert len(LAUREATS) == 20
    assert len(LAUREATS) + len(AUTRES) == 30
