"""How settings read a variable of the environment: right, or the start stops with one sentence that names it."""

import os
import re
import sys
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

for nom in [nom for nom, valeur in os.environ.items() if valeur == ""]:
    del os.environ[nom]  # an empty variable is an unset one: compose passes ""
env = environ.Env()

VRAI, FAUX = {"1", "true", "yes", "on", "oui", "vrai"}, {"0", "false", "no", "off", "non", "faux"}
POSTGRESQL = ("postgresql://", "postgres://")
NOM_D_HOTE = re.compile(r"\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")


def refuser(variable: str, phrase: str):
    """Stop the start. The sentence never repeats the value, which may be a secret."""
    raise ImproperlyConfigured(f"{variable} : {phrase}")


# Keys that anybody may read in the project's own files.
CLES_CONNUES = ("cle-des-tests", "cle-de-la-construction", "changez-moi", "change-me", "changeme")
SIGNES_AU_MOINS = 5


def est_une_cle_connue(cle: str) -> bool:
    """Published somewhere, or made of too few different signs to have been drawn."""
    return cle.lower().startswith(CLES_CONNUES) or len(set(cle)) < SIGNES_AU_MOINS


def booleen(variable: str) -> bool:
    """1 or 0; 0 when unset: nothing is opened by forgetting."""
    valeur = env(variable, default="0").strip().lower()
    if valeur not in VRAI | FAUX:
        refuser(variable, "1 ou 0 est attendu.")
    return valeur in VRAI


def parmi(variable: str, *permises: str) -> str:
    """One of these words, the first by default."""
    valeur = env(variable, default=permises[0])
    if valeur not in permises:
        refuser(variable, f"{' ou '.join(f'« {permise} »' for permise in permises)} est attendu.")
    return valeur


def adresse(variable: str, *schemas: str, defaut: str = "", hote: bool = True) -> str:
    """An address under one of these schemes, with a host unless it is a path."""
    valeur = env(variable, default=defaut)
    try:
        parties = urlsplit(valeur)
        juste = not valeur or (parties.scheme in schemas and bool(parties.hostname if hote else parties.path))
        _ = parties.port
    except ValueError:
        juste = False
    if not juste:
        refuser(variable, f"une adresse {' ou '.join(f'{schema}://…' for schema in schemas)} est attendue.")
    return valeur


def annuaire(variable: str, defaut: str) -> str:
    """The register of companies, or nothing for « aucun »; never asked by the tests."""
    if env(variable, default="") == "aucun":
        return ""
    return adresse(variable, "https", "http", defaut="" if "pytest" in sys.modules else defaut).rstrip("/")


def courtier(variable: str, defaut: str) -> str:
    """Redis, by its host or by its socket."""
    valeur = env(variable, default=defaut)
    if valeur.startswith("redis+socket://"):
        return adresse(variable, "redis+socket", defaut=defaut, hote=False)
    return adresse(variable, "redis", "rediss", defaut=defaut)


def antivirus(variable: str) -> str:
    """ClamAV, by its host or by its socket; none by default."""
    if env(variable, default="").startswith("unix://"):
        return adresse(variable, "unix", hote=False)
    return adresse(variable, "tcp")


def hotes(variable: str, defaut: list[str]) -> list[str]:
    """Names of hosts, without scheme nor path."""
    noms = [nom.strip() for nom in env.list(variable, default=defaut)]
    if not noms or not all(NOM_D_HOTE.fullmatch(nom) for nom in noms):
        refuser(variable, "des noms d'hôte séparés par des virgules sont attendus, sans https:// ni chemin.")
    return noms


def dossier(variable: str, defaut: Path) -> Path:
    """A folder, there already or to be made."""
    chemin = Path(env(variable, default=str(defaut))).resolve()
    existant = next(p for p in (chemin, *chemin.parents) if p.exists())
    if not existant.is_dir():
        refuser(variable, "un dossier est attendu, et un fichier porte ce nom.")
    return chemin


def base_de_donnees(variable: str, defaut: str) -> dict:
    """A PostgreSQL database, as Django configures it."""
    base = {}
    if env(variable, default=defaut).startswith(POSTGRESQL):
        try:
            base = env.db(variable, default=defaut)
        except (ImproperlyConfigured, ValueError):
            base = {}
    if not base.get("NAME"):
        refuser(variable, "une adresse postgresql://… est attendue : seul PostgreSQL convient.")
    return base


def courriel_sortant(variable: str, defaut: str) -> dict:
    """The mail server, as Django configures it."""
    try:
        return env.email_url(variable, default=defaut)
    except (ImproperlyConfigured, ValueError, KeyError):
        return refuser(variable, "une adresse smtp://… ou smtp+tls://… est attendue.")


def expediteur(variable: str, defaut: str) -> str:
    """An address, with or without a name before it."""
    valeur = env(variable, default=defaut)
    nom, adresse_seule = parseaddr(valeur)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", adresse_seule) or {"\r", "\n"} & set(valeur):
        refuser(variable, "une adresse de courriel est attendue, comme « Service <service@exemple.fr> ».")
    return valeur


def certificat(variable: str, variable_du_mot_de_passe: str) -> tuple[str, str]:
    """The PKCS#12 file of the seal and its password, tried once; two empty strings where none is given."""
    chemin, mot_de_passe = env(variable, default=""), env(variable_du_mot_de_passe, default="")
    if not chemin:
        return "", ""
    from cryptography.hazmat.primitives.serialization import pkcs12  # slow: only where a seal is configured

    try:
        contenu = Path(chemin).read_bytes()
    except OSError:
        refuser(variable, "ce fichier ne se lit pas.")
    try:
        pkcs12.load_key_and_certificates(contenu, mot_de_passe.encode() or None)
    except ValueError as cause:
        if "password" in str(cause).lower():
            refuser(variable_du_mot_de_passe, "ce mot de passe n'ouvre pas le certificat du sceau.")
        refuser(variable, "ce fichier n'est pas un certificat PKCS#12.")
    return chemin, mot_de_passe


def ensemble(*variables: str) -> list[str]:
    """Variables that go together: all, or none."""
    valeurs = [env(variable, default="") for variable in variables]
    if any(valeurs):
        for variable, valeur in zip(variables, valeurs, strict=True):
            if not valeur:
                refuser(variable, f"il manque : {', '.join(variables)} vont ensemble.")
    return valeurs
