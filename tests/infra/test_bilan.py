"""The plugin of scripts/test: a skip fails where none may be; the steps are told before the end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
EXEMPLE = """
import pytest
def test_qui_passe(): pass
def test_saute(): pytest.skip("pas de navigateur")
@pytest.mark.xfail
def test_attendu(): assert False
"""


@pytest.fixture
def lancer(tmp_path):
    """Run pytest on an example of three tests, with our plugin."""
    (tmp_path / "test_exemple.py").write_text(EXEMPLE)

    def _lancer(**variables):
        commande = [sys.executable, "-m", "pytest", "-p", "scripts.outils.bilan", "-p", "no:django", "-p"]
        commande += ["no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)]
        env = {**os.environ, "PYTEST_ADDOPTS": "", "REQUIRE_ALL": "", **variables}
        return subprocess.run(commande, cwd=RACINE, env=env, capture_output=True, text=True, check=False)

    return _lancer


def test_a_skip_is_allowed_by_default(lancer):
    fini = lancer()

    assert fini.returncode == 0
    assert "1 passed, 1 skipped, 1 xfailed" in fini.stdout


def test_a_skip_fails_where_all_is_required(lancer):
    fini = lancer(REQUIRE_ALL="1")

    assert fini.returncode == 1
    assert "1 failed, 1 passed, 1 xfailed" in fini.stdout
    assert "Sauté alors que rien ne doit l'être : Skipped: pas de navigateur" in fini.stdout


def test_the_steps_are_told_before_pytest_s_closing_line(lancer):
    lignes = lancer(BILAN=json.dumps([["ruff", 0.31, 0], ["djade", 2.0, 1]])).stdout.strip().splitlines()

    assert "ok        0.3 s  ruff" in lignes and "ÉCHEC     2.0 s  djade" in lignes
    assert "1 passed" in lignes[-1]
