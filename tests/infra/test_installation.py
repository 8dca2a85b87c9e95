"""What is missing is installed once, or named in one line."""

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest

from scripts.outils import installation, options


@pytest.fixture
def environnement_python(tmp_path, monkeypatch):
    """An environment that runs, and the locks of a project of its own."""
    verrous = tmp_path / "requirements"
    verrous.mkdir()
    for jeu in ("demo", "test"):
        (verrous / f"{jeu}.txt").write_text(jeu)
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(installation, "VERROUS", verrous)
    monkeypatch.setattr(installation, "CACHET", tmp_path / ".venv" / "installe.json")
    return tmp_path


def noter(jeu):
    """As after an installation."""
    installation.CACHET.write_text(json.dumps({"jeu": jeu, "empreinte": installation.empreinte(jeu)}))


@pytest.mark.parametrize(
    ("installe", "voulu", "suffit"),
    [("demo", "demo", True), ("test", "test", True), ("test", "demo", True), ("demo", "test", False)],
)
def test_the_tests_environment_serves_the_demonstration_too(environnement_python, installe, voulu, suffit):
    noter(installe)

    assert installation.est_a_jour(voulu) is suffit


def test_a_lock_that_changed_is_installed_again(environnement_python):
    noter("demo")
    (installation.VERROUS / "demo.txt").write_text("autre chose")

    assert not installation.est_a_jour("demo")


def test_an_installation_cut_short_is_done_again(environnement_python):
    assert not installation.est_a_jour("demo")
    installation.CACHET.write_text("{")
    assert not installation.est_a_jour("demo")


@pytest.fixture
def machine_nue(monkeypatch):
    """No Pango, no way to become root."""
    monkeypatch.setattr(installation.ctypes.util, "find_library", lambda nom: None)
    monkeypatch.setattr(installation, "prefixe_administrateur", lambda: None)
    monkeypatch.setattr(installation, "uv_present", lambda: "/usr/bin/uv")


def test_without_pango_and_without_root_the_demonstration_goes_on_and_says_so(machine_nue, capsys):
    installation.completer_le_systeme("demo", tout_exiger=False)

    (ligne,) = capsys.readouterr().err.splitlines()
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1" in ligne


def test_where_nothing_may_be_missing_it_stops(machine_nue, capsys):
    with pytest.raises(SystemExit, match="1"):
        installation.completer_le_systeme("test", tout_exiger=True)

    assert "libpango-1.0-0" in capsys.readouterr().err


def test_without_uv_nor_ensurepip_nor_root_it_stops(machine_nue, monkeypatch, environnement_python, capsys):
    d_origine = importlib.util.find_spec
    monkeypatch.setattr(installation, "uv_present", lambda: None)
    monkeypatch.setattr(
        installation.importlib.util,
        "find_spec",
        lambda nom, *suite: None if nom == "ensurepip" else d_origine(nom, *suite),
    )

    with pytest.raises(SystemExit, match="1"):
        installation.completer_le_systeme("demo", tout_exiger=False)

    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_nothing_is_said_where_nothing_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(installation, "paquets_manquants", lambda jeu: [])

    installation.completer_le_systeme("demo", tout_exiger=True)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("commande", [["demo", "--help"], ["test", "--help"]])
def test_help_and_slips_install_nothing(tmp_path, commande):
    racine = installation.RACINE
    copie = tmp_path / "projet"
    shutil.copytree(racine / "scripts", copie / "scripts")

    aide = subprocess.run(
        [sys.executable, copie / "scripts/outils", *commande], capture_output=True, text=True, check=False
    )
    faute = subprocess.run(
        [sys.executable, copie / "scripts/outils", commande[0], "--nimporte"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert aide.returncode == 0 and "usage" in aide.stdout
    assert faute.returncode == 2
    assert not (copie / ".venv").exists()


def test_what_follows_two_dashes_is_pytest_s():
    assert options.pour_pytest(["--complet", "--", "-k", "--complet"]) == (["--complet"], ["-k", "--complet"])
    assert options.pour_pytest(["--complet"]) == (["--complet"], [])
