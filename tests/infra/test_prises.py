"""Where the sockets lie: settings and scripts must find the same folder, short enough for the kernel."""

import os
from pathlib import Path

import pytest

from manufactures.prises import LONGUEUR_MAX, chemin_des_prises


@pytest.fixture
def simple_utilisateur(monkeypatch):
    """Somebody who is not root."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.fixture
def administrateur(monkeypatch):
    """root."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_a_plain_user_finds_the_sockets_inside_the_data_folder(simple_utilisateur):
    assert chemin_des_prises(Path("/home/anne/projet/var")) == Path("/home/anne/projet/var/prises")


@pytest.mark.parametrize(
    "dossier", ["/home/" + "long/" * 30, "/home/anne/mes données", "/home/a@b/var", "/home/a?b=c"]
)
def test_a_long_or_strange_path_moves_them_to_a_short_one(simple_utilisateur, dossier):
    prises = chemin_des_prises(Path(dossier))

    assert prises.parent == Path("/var/tmp")
    assert len(str(prises)) <= LONGUEUR_MAX


def test_root_never_finds_them_in_the_data_folder(administrateur):
    assert chemin_des_prises(Path("/srv/var")).parent == Path("/var/tmp")


def test_two_data_folders_never_share_their_sockets(administrateur):
    assert chemin_des_prises(Path("/srv/a/var")) != chemin_des_prises(Path("/srv/b/var"))


def test_the_same_folder_by_another_way_is_the_same(administrateur, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "var")

    assert chemin_des_prises(tmp_path / "lien") == chemin_des_prises(tmp_path / "var")
