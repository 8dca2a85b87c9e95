"""Tokens of personal links never reach a log."""

import logging

import pytest

from manufactures.acces import JournalDesAcces
from manufactures.traces import SansJeton, couper_les_jetons, sans_jeton

JETON = "12-abcDEFghiJKLmnoPQRstuVWX.rxw_JcChT86fDtqI2AtHeONa51tFRbX"


@pytest.mark.parametrize(
    "chemin",
    ["/invitation/", "/mandat/", "/avis/", "/compte/password/reset/key/", "/compte/confirm-email/"],
)
@pytest.mark.parametrize(
    "autour", ["{}/", "GET {}/ HTTP/1.1", '"http://127.0.0.1:8000{}/"', "Not Found: {}/?a=b"]
)
def test_a_token_is_cut_wherever_it_stands(chemin, autour):
    propre = sans_jeton(autour.format(chemin + JETON))
    assert JETON not in propre and chemin + "…" in propre


@pytest.mark.parametrize(
    "chemin",
    ["/invitation/", "/mandat/reponse/", "/avis/reponse/", "/dossiers/D-7K3Q-XW9D/equipe/", "/compte/login/"],
)
def test_other_addresses_are_kept(chemin):
    assert sans_jeton(f"GET {chemin} HTTP/1.1") == f"GET {chemin} HTTP/1.1"


def test_lines_of_the_machine_are_cut_too():
    ligne = logging.LogRecord(
        "x", logging.ERROR, "", 0, "Internal Server Error: %s", (f"/mandat/{JETON}/",), None
    )
    assert SansJeton().filter(ligne) and JETON not in ligne.getMessage()
    assert couper_les_jetons(None, "", {"chemin": f"/mandat/{JETON}/", "n": 1}) == {
        "chemin": "/mandat/…/",
        "n": 1,
    }


def test_the_access_log_is_cut(monkeypatch):
    """The request line, the path and the referrer."""
    lues = {
        "r": f"GET /mandat/{JETON}/ HTTP/1.1",
        "U": f"/mandat/{JETON}/",
        "f": f"http://x/mandat/{JETON}/",
        "D": 3,
    }
    monkeypatch.setattr("gunicorn.glogging.Logger.atoms", lambda *faits: lues)
    atomes = JournalDesAcces.atoms(JournalDesAcces.__new__(JournalDesAcces), None, None, None, None)
    assert JETON not in str(atomes) and atomes["D"] == 3
