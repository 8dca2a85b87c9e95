"""The whole command, for real, on a few dossiers: figures of one page and of letters, and nothing left behind."""

import json
import subprocess
from pathlib import Path

import pytest

from scripts.outils.environnement import sans_variables
from tests.banc.test_rapport import verifier_la_forme

RACINE = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("infra")]


@pytest.fixture(scope="module")
def mesure(tmp_path_factory):
    """One short run: what it printed, what it wrote, what it left."""
    dossier = tmp_path_factory.mktemp("bench")
    sortie = dossier / "bench.json"
    options = (
        "--rapide --tours 1 --dossiers 40 --pages accueil_public,enregistrement,instruction_liste --sortie"
    )
    env = {**sans_variables(), "TMPDIR": str(dossier)}
    fini = subprocess.run(
        [RACINE / "scripts/bench", *options.split(), sortie],
        cwd="/",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert fini.returncode == 0, fini.stderr
    return fini.stdout, json.loads(sortie.read_text()), dossier


def test_the_figures_have_the_contract_s_form(mesure):
    _, contenu, _ = mesure

    verifier_la_forme(contenu)
    assert {page["page"] for page in contenu["pages"] if page["clients"] == 1} == {
        "accueil_public",
        "enregistrement",
        "enregistrement:auto",
        "instruction_liste",
        "instruction_liste:2",
        "instruction_liste:fin",
    }
    assert all(page["dossiers"] == 40 and page["p50_ms"] > 0 for page in contenu["pages"])
    assert contenu["lettres"]["ratio"] > 0


def test_people_read_a_table_the_verdicts_and_a_warning(mesure):
    imprime, _, _ = mesure

    assert "accueil_public" in imprime and "Lettres :" in imprime
    assert "Attention : Moins de 5 tours" in imprime


def test_nothing_is_left(mesure):
    _, _, dossier = mesure

    assert [chemin.name for chemin in dossier.iterdir()] == ["bench.json"]
    assert not [
        commande for commande in Path("/proc").glob("[0-9]*/cmdline") if str(dossier) in lire(commande)
    ]


def lire(commande: Path) -> str:
    """A command line, or nothing if it ended meanwhile."""
    try:
        return commande.read_text(errors="replace")
    except OSError:
        return ""
