"""`bench.json` has the contract's form; the table can be read."""

import json

import pytest

from scripts.outils.banc import objectifs, rapport
from tests.banc.test_objectifs import aux_deux_tailles

LETTRES = {
    "par_seconde": 6.2,
    "plancher_par_seconde": 7.1,
    "ratio": 1.15,
    "memoire_mo": 150,
    "type_par_seconde": 11.0,
    "ratio_type": 1.8,
}
# The contract's, written out: keys of a line of `pages`, with what each may be.
FORME_D_UNE_PAGE = {
    "page": str,
    "dossiers": int,
    "clients": int,
    "requetes": int,
    "lignes": int,
    "p50_ms": float,
    "p95_ms": float,
    "par_seconde": float,
    "ratio_plancher": float,
}
PAGES_DU_CONTRAT = set(
    """accueil_public laureats connexion dossiers section enregistrement instruction_liste instruction_filtre
    instruction_recherche instruction_dossier grille_enregistrement comite_dossier seance_sondage expert_mois
    pilotage""".split()
)


def verifier_la_forme(contenu):
    """Fails where a reader of the contract would not find what it promises."""
    assert {"machine", "pages"} <= contenu.keys()
    for page in contenu["pages"]:
        assert FORME_D_UNE_PAGE.keys() <= page.keys()
        assert page["page"].partition(":")[0] in PAGES_DU_CONTRAT
        for cle, genre in FORME_D_UNE_PAGE.items():
            assert isinstance(page[cle], genre | int if genre is float else genre), (page["page"], cle)
    if "lettres" in contenu:
        assert {"par_seconde", "plancher_par_seconde", "ratio", "memoire_mo"} <= contenu["lettres"].keys()


@pytest.fixture
def contenu():
    """A whole report."""
    lignes = [*aux_deux_tailles("laureats", ratio_plancher=2.5), *aux_deux_tailles("instruction_liste:2")]
    machine = rapport.machine(
        charge=0.1, tours=5, secondes=1, plancher_ms={1: 16.2, 8: 60}, avertissements=[]
    )
    constats = objectifs.juger(lignes, LETTRES, {2000: 120})
    return rapport.composer(
        machine=machine, lignes=lignes, memoires={2000: 120}, constats=constats, lettres=LETTRES
    )


def test_the_file_has_the_form_of_the_contract(contenu, tmp_path):
    fichier = tmp_path / "var" / "bench.json"

    rapport.ecrire(fichier, contenu)

    verifier_la_forme(json.loads(fichier.read_text()))
    assert [enfant.name for enfant in fichier.parent.iterdir()] == ["bench.json"]


def test_what_was_not_measured_is_absent():
    contenu = rapport.composer(machine={}, lignes=[], memoires={}, constats=[], lettres=None)

    assert "lettres" not in contenu


def test_the_contract_s_pages_are_those_that_are_looked_for():
    from scripts.outils.banc.pages import PAGES

    assert {objectifs.racine(page.nom) for page in PAGES} == PAGES_DU_CONTRAT


def test_the_table_has_a_line_a_page_and_a_size(contenu):
    lignes = rapport.tableau(contenu["pages"]).splitlines()

    assert lignes[0].split()[:4] == ["page", "dossiers", "requêtes", "lignes"]
    assert len(lignes) == 1 + 2 * 3
    assert lignes[3].split("  ")[0] == "laureats"
    assert "100\u202f000" in lignes[3] and "2,50" in lignes[3]
    assert len({ligne.rindex("50 200") for ligne in lignes[1:]}) == 1  # columns are straight


def test_verdicts_name_what_misses(contenu):
    constats = objectifs.juger(contenu["pages"], LETTRES, {2000: 120})
    dits = rapport.verdicts_en_mots(constats).splitlines()

    assert dits[0].split()[:2] == ["1", "manqué"]
    assert dits[1].strip() == "laureats : 2,50, au plus 2"
    assert any(ligne.startswith(" 12  tenu") and "1,15 pour lettres" in ligne for ligne in dits)
