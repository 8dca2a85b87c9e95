"""What the commands give to Django: the caller's variables, and the demonstration's where they belong."""

import pytest

from scripts.outils import environnement as module
from scripts.outils.environnement import VARIABLES, dossier_de_donnees, environnement


@pytest.fixture(autouse=True)
def rien_de_choisi(monkeypatch):
    """A caller who set nothing."""
    for nom in VARIABLES:
        monkeypatch.delenv(nom, raising=False)


def test_the_secret_key_is_drawn_once_and_kept_from_others(tmp_path):
    premiere = environnement(tmp_path)["SECRET_KEY"]

    assert len(premiere) >= 50
    assert environnement(tmp_path)["SECRET_KEY"] == premiere
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_the_embedded_database_makes_a_demonstration(tmp_path):
    env = environnement(tmp_path)

    assert (env["DEMO"], env["MFA_AGENTS"], env["EMAIL_URL"]) == ("1", "facultative", "dummymail://")
    assert env["DONNEES"] == str(tmp_path)


def test_the_caller_s_values_win(tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setenv("SITE_URL", "https://exemple.test")

    env = environnement(tmp_path, port=9000)

    assert (env["DEMO"], env["SITE_URL"]) == ("0", "https://exemple.test")


def test_an_empty_value_is_no_value(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")

    assert "DATABASE_URL" in VARIABLES
    assert not environnement(tmp_path).get("DATABASE_URL")


def test_a_database_of_the_caller_s_never_becomes_a_demonstration_by_itself(tmp_path, monkeypatch):
    environnement(tmp_path, port=8000)  # an embedded demonstration ran in this folder
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/base")

    env = environnement(tmp_path)

    assert "DEMO" not in env and "MFA_AGENTS" not in env


def test_manage_speaks_to_the_demonstration_that_ran_on_the_same_database(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://essai/base")
    environnement(tmp_path, port=9000)

    env = environnement(tmp_path)

    assert (env["DEMO"], env["SITE_URL"]) == ("1", "http://127.0.0.1:9000")


def test_the_tests_see_nothing_of_the_caller_s_configuration(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://production/base")
    monkeypatch.setenv("DEMO", "1")

    assert {"DATABASE_URL", "DEMO"}.isdisjoint(module.sans_variables())


def test_the_data_folder_is_the_one_asked_for(tmp_path, monkeypatch):
    assert dossier_de_donnees() == module.RACINE / "var"
    monkeypatch.setenv("DONNEES", str(tmp_path / "a"))
    assert dossier_de_donnees() == tmp_path / "a"
    assert dossier_de_donnees(str(tmp_path / "b")) == tmp_path / "b"
