"""Walls around every page: a token for each post, headers, a start refused with a key that anybody may know."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from manufactures.accueil.adresses import adresses
from manufactures.variables import est_une_cle_connue
from tests.comptes.table import chemin

EN_PRODUCTION = {
    "SECRET_KEY": "Zk3v8Qp0-tRw5_yB7nLx1cJd9fGhS2aM4eUiO6PqKzXvTbNr",
    "DEMO": "",
    "DEBUG": "",
    "MFA_AGENTS": "obligatoire",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",  # the tests' own
    "SITE_URL": "https://manufactures.exemple.fr",
    "ALLOWED_HOSTS": "manufactures.exemple.fr",
}


def manage(*arguments, **variables) -> subprocess.CompletedProcess:
    """A command as in production."""
    cle = EN_PRODUCTION["SECRET_KEY"] + "hWmE3"
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | EN_PRODUCTION | {"SECRET_KEY": cle} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.django_db
def test_every_address_refuses_a_post_without_its_token():
    """Django's own door stands before every view: none of ours is exempt."""
    client = Client(enforce_csrf_checks=True)
    ouvertes = [
        adresse.motif
        for adresse in adresses()
        if not adresse.motif.startswith("/admin/") and client.post(chemin(adresse)).status_code != 403
    ]
    assert ouvertes == []


@pytest.mark.django_db
@pytest.mark.parametrize("adresse", ["/", "/compte/login/", "/rien/"])
def test_each_page_carries_its_walls(adresse, client):
    reponse = client.get(adresse)
    csp = reponse["Content-Security-Policy"]
    assert "default-src 'none'" in csp and "unsafe" not in csp and "frame-ancestors 'none'" in csp
    assert reponse["X-Content-Type-Options"] == "nosniff" and reponse["X-Frame-Options"] == "DENY"
    assert reponse["Referrer-Policy"] == reponse["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in reponse["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in reponse["Permissions-Policy"]


@pytest.mark.django_db
def test_who_finds_a_weakness_knows_where_to_write(client):
    lignes = dict(
        ligne.split(": ", 1)
        for ligne in client.get("/.well-known/security.txt").content.decode().splitlines()
    )
    assert lignes["Contact"].startswith("mailto:") and lignes["Canonical"].endswith(
        "/.well-known/security.txt"
    )
    reste = datetime.fromisoformat(lignes["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < reste < timedelta(days=365)


@pytest.mark.long
def test_django_s_own_check_of_a_deployment_has_nothing_to_say():
    verdict = manage("check", "--deploy", "--fail-level", "INFO")
    assert verdict.returncode == 0, verdict.stderr


@pytest.mark.long
def test_no_start_in_production_with_a_published_key():
    essai = manage("check", SECRET_KEY="cle-des-tests-sans-aucune-valeur-ailleurs-que-dans-les-tests")
    assert essai.returncode and essai.stderr.strip().startswith("SECRET_KEY : cette clé est publiée")


def test_which_keys_are_known():
    assert est_une_cle_connue("changez-moi" * 9) and est_une_cle_connue("abab" * 20)
    assert not est_une_cle_connue(EN_PRODUCTION["SECRET_KEY"])
