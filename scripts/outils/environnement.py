"""The variables that our commands give to Django: what the caller set, else what the demonstration needs."""

import json
import os
import secrets
from pathlib import Path

from scripts.outils.installation import RACINE
from scripts.outils.options import PORT

# The variables of the contract (.env.example tells what each is).
VARIABLES = tuple(
    """
    SECRET_KEY DEBUG ALLOWED_HOSTS SITE_URL DATABASE_URL REDIS_URL DONNEES STOCKAGE_URL
    EMAIL_URL COURRIEL_EXPEDITEUR SCEAU_P12 SCEAU_MOT_DE_PASSE
    PROCONNECT_ISSUER PROCONNECT_CLIENT_ID PROCONNECT_CLIENT_SECRET MFA_AGENTS
    HORODATAGE_URL ANNUAIRE_URL CLAMAV_URL SENTRY_DSN DEMO
    """.split()
)


def dossier_de_donnees(choisi: str | None = None) -> Path:
    """The data folder: the one asked for, else DONNEES, else var/ in the project."""
    return Path(choisi or os.environ.get("DONNEES") or RACINE / "var").resolve()


def sans_variables() -> dict:
    """The caller's environment without anything that would change what Django does."""
    return {
        nom: valeur for nom, valeur in os.environ.items() if nom not in {*VARIABLES, "DJANGO_SETTINGS_MODULE"}
    }


def defauts_de_demonstration(port: int) -> dict:
    """What a demonstration on this machine needs, and nothing of it fits production."""
    return {
        "DEMO": "1",
        "MFA_AGENTS": "facultative",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "EMAIL_URL": "dummymail://",  # no mail leaves: sent ones are read at /demo/courriels/
    }


def environnement(donnees: Path, *, port: int | None = None) -> dict:
    """Every variable for a process of the project.

    The caller's values win. The demonstration's own stand in where the database is the embedded one, or the
    one that the demonstration of this folder ran on (it noted which): never with any other.
    """
    donnees.mkdir(mode=0o700, parents=True, exist_ok=True)
    choisies = {nom: os.environ[nom] for nom in VARIABLES if os.environ.get(nom)}
    note = noter(donnees, choisies, port) if port else note_de(donnees)
    defauts = {}
    if port or note.get("base", "") == choisies.get("DATABASE_URL", ""):
        defauts = defauts_de_demonstration(note.get("port", PORT))
    return {
        **sans_variables(),
        **defauts,
        **choisies,
        "DONNEES": str(donnees),
        "SECRET_KEY": choisies.get("SECRET_KEY") or secret(donnees),
        "DJANGO_SETTINGS_MODULE": "manufactures.settings",
        "PYTHONUNBUFFERED": "1",
    }


def noter(donnees: Path, choisies: dict, port: int) -> dict:
    """Remember how the demonstration of this folder was started, for `scripts/manage`."""
    note = {"port": port, "base": choisies.get("DATABASE_URL", "")}
    (donnees / "demonstration.json").write_text(json.dumps(note))
    return note


def note_de(donnees: Path) -> dict:
    """How the demonstration of this folder was last started; empty when never."""
    try:
        return json.loads((donnees / "demonstration.json").read_text())
    except (OSError, ValueError):
        return {}


def secret(donnees: Path) -> str:
    """The secret key of this data folder, drawn once."""
    fichier = donnees / "secret"
    try:
        with os.fdopen(os.open(fichier, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as neuf:
            neuf.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return fichier.read_text()
