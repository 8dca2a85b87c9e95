"""Each variable of the contract is told to the operator, read, and stops the start with one sentence when wrong."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.contrat.lecture import CONTRAT

RACINE = Path(settings.BASE_DIR)
VARIABLES = {v["nom"]: v for v in CONTRAT["variables"]}
JUSTES = {"SECRET_KEY": "0123456789-0123456789-0123456789-0123456789-0123456789"}
# Read and checked, without effect so far: each with what is missing. What takes effect must leave this list.
SANS_EFFET = {
    "SENTRY_DSN": "aucune erreur n'est envoyée",
    "PROCONNECT_ISSUER": "aucune connexion par ProConnect",
    "PROCONNECT_CLIENT_ID": "aucune connexion par ProConnect",
    "PROCONNECT_CLIENT_SECRET": "aucune connexion par ProConnect",
}


@pytest.fixture
def demarrer(monkeypatch):
    """Read the settings anew, with these variables and no other."""

    def lire(**variables):
        for nom in (*VARIABLES, "DJANGO_SETTINGS_MODULE"):
            monkeypatch.delenv(nom, raising=False)
        for nom, valeur in (JUSTES | variables).items():
            monkeypatch.setenv(nom, valeur)
        return runpy.run_path(str(RACINE / "manufactures" / "settings.py"))

    return lire


@pytest.fixture(scope="module")
def certificat(tmp_path_factory) -> str:
    """A PKCS#12 file with a password."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    chemin = tmp_path_factory.mktemp("sceau") / "sceau.p12"
    cle = ec.generate_private_key(ec.SECP256R1())
    chemin.write_bytes(
        pkcs12.serialize_key_and_certificates(b"sceau", cle, None, None, BestAvailableEncryption(b"juste"))
    )
    return str(chemin)


def test_the_example_and_the_containers_say_the_same_names():
    exemple = set(re.findall(r"^([A-Z_0-9]+)=", (RACINE / ".env.example").read_text(), re.M))
    compose = (RACINE / "docker-compose.yml").read_text()
    bloc = compose.split("environment: &environnement", 1)[1].split("\n\n", 1)[0]

    assert exemple == set(VARIABLES)
    assert set(re.findall(r"^    ([A-Z_0-9]+):", bloc, re.M)) == set(VARIABLES)


@pytest.mark.parametrize("nom", VARIABLES)
def test_settings_read_it(nom):
    assert f'"{nom}"' in (RACINE / "manufactures" / "settings.py").read_text()


def test_what_has_no_effect_yet_is_known():
    codes = [
        p.read_text()
        for dossier in ("manufactures", "candidatures", "instruction", "selection", "accompagnement")
        for p in (RACINE / dossier).rglob("*.py")
        if p.name not in ("settings.py", "variables.py")
    ]
    lues = {nom for nom in SANS_EFFET if any(f"settings.{nom}" in code for code in codes)}
    assert lues == set()


def test_right_values_start(demarrer, certificat):
    lus = demarrer(
        DEBUG="0", DEMO="1", ALLOWED_HOSTS="aap.exemple.fr,.exemple.org,127.0.0.1", SITE_URL="https://aap.exemple.fr/",
        DATABASE_URL="postgresql://u:m@base:5432/b", REDIS_URL="redis://file/0", STOCKAGE_URL="file:///donnees",
        EMAIL_URL="smtp+tls://u:m@serveur:587", COURRIEL_EXPEDITEUR="Service <s@exemple.fr>", SCEAU_P12=certificat,
        SCEAU_MOT_DE_PASSE="juste", PROCONNECT_ISSUER="https://p.exemple.fr", PROCONNECT_CLIENT_ID="i",
        PROCONNECT_CLIENT_SECRET="s", MFA_AGENTS="obligatoire", CLAMAV_URL="tcp://antivirus:3310",
        SENTRY_DSN="https://cle@sentry.exemple.fr/1",
    )  # fmt: skip

    assert (lus["DEMO"], lus["DEBUG"], lus["SITE_URL"]) == (True, False, "https://aap.exemple.fr")
    assert lus["ALLOWED_HOSTS"] == ["aap.exemple.fr", ".exemple.org", "127.0.0.1"]
    assert lus["DATABASES"]["default"]["HOST"] == "base"
    assert (lus["MEDIA_ROOT"], lus["EMAIL_HOST"], lus["CELERY_BROKER_URL"]) == (
        "/donnees",
        "serveur",
        "redis://file/0",
    )


def test_nothing_but_a_key_is_needed(demarrer):
    """Unset: embedded services, nothing opened by forgetting."""
    lus = demarrer()

    assert (lus["DEBUG"], lus["DEMO"], lus["MFA_AGENTS"]) == (False, False, "obligatoire")
    assert lus["CELERY_BROKER_URL"].startswith("redis+socket://")
    assert lus["DATABASES"]["default"]["NAME"] == "manufactures"


@pytest.mark.parametrize("nom", VARIABLES)
def test_a_wrong_value_stops_the_start_with_one_sentence(nom, certificat, demarrer):
    """The sentence names the variable and does not repeat the value, which may be a secret."""
    for fausse in VARIABLES[nom]["fausses"]:
        autres = {"SCEAU_P12": certificat} if nom == "SCEAU_MOT_DE_PASSE" else {}
        with pytest.raises(ImproperlyConfigured) as refus:
            demarrer(**autres, **{nom: fausse})

        phrase = str(refus.value)
        assert re.match(r"[A-Z_0-9]+ : ", phrase) and nom in phrase, phrase
        assert "\n" not in phrase and (fausse not in phrase or fausse == "2" or fausse.endswith("://")), (
            phrase
        )


def test_a_missing_secret_key_stops_the_start():
    essai = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": os.environ["PATH"]},
        cwd=RACINE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert essai.returncode == 1
    assert essai.stderr.strip() == "SECRET_KEY : il faut une clé secrète d'au moins 50 caractères."
