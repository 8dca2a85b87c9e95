"""The scanner's own machinery: what it says, what it listens for, what it never asks for."""

import json
from urllib.request import ProxyHandler, build_opener

import pytest

from scripts.outils import balayage
from scripts.outils.options import options_de_balayage


def bilan(*niveaux, tenu=True):
    """One role walked, with findings of these gravities."""
    trouves = [{"genre": "XSS", "level": n, "method": "GET", "path": "/x/", "info": "essai"} for n in niveaux]
    return {"pages": 12, "tenu": tenu, "trouves": trouves}


@pytest.mark.parametrize(
    ("bilans", "code"),
    [
        ({"porteur": bilan()}, 0),
        ({"porteur": bilan(0, 1)}, 0),
        ({"porteur": bilan(), "agent": bilan(2)}, 1),
        ({"porteur": bilan(4)}, 1),
        ({"porteur": bilan(tenu=False)}, 2),  # walked as a stranger: proves nothing
        ({"porteur": {"pages": 0, "tenu": False, "trouves": []}}, 2),
    ],
)
def test_medium_or_more_is_a_failure_and_so_is_a_role_not_walked(bilans, code, capsys, tmp_path):
    assert balayage.conclure(bilans, tmp_path) == code
    dit = capsys.readouterr().out
    assert all(role in dit for role in bilans) and ("XSS, GET /x/" in dit) == (code == 1)


def test_an_address_fetched_by_the_site_is_told_to_the_scanner():
    ouvrir = build_opener(ProxyHandler({})).open
    with balayage.canari() as adresse:
        assert json.load(ouvrir(f"{adresse}get_ssrf.php?session_id=a")) == {}
        ouvrir(f"{adresse}ssrf/a/7/6e6f6d/")
        (appel,) = json.load(ouvrir(f"{adresse}get_ssrf.php?session_id=a"))["7"]["6e6f6d"]
    assert appel["method"] == "GET" and appel["url"] == "/ssrf/a/7/6e6f6d/"


def test_it_attacks_signed_in_and_never_the_page_that_signs_out(monkeypatch, tmp_path):
    lances = []
    monkeypatch.setattr(balayage, "entrer", lambda adresse, role, biscuits: biscuits.write_text("{}"))
    monkeypatch.setattr(balayage, "est_encore_entre", lambda adresse, bocal: True)
    monkeypatch.setattr(balayage.subprocess, "run", lambda commande, **_: lances.append(commande))
    choix = options_de_balayage().parse_args([])
    vu = balayage.balayer("wapiti", "http://127.0.0.1:1", "agent", tmp_path, choix)

    assert vu == {"pages": 0, "tenu": False, "trouves": []}  # no report: not walked
    (commande,) = lances
    assert (
        "http://127.0.0.1:1/compte/*" in commande and commande[commande.index("-m") + 1] == balayage.MODULES
    )
    assert not (tmp_path / "agent.biscuits").exists()
    assert set(choix.roles) >= {"porteur", "agent", "responsable"}
