"""The files on offer and their dictionaries: what the page shows is what machines read."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOSSIER = Path(__file__).with_name("dictionnaires")
DICTIONNAIRES = ("laureats", "lieux", "subventions")
TYPES = {
    "string": "texte",
    "number": "nombre",
    "integer": "nombre entier",
    "boolean": "oui ou non",
    "date": "date (AAAA-MM-JJ)",
    "array": "liste de textes",
}


@dataclass(frozen=True)
class Champ:
    """One column, told to people."""

    nom: str
    titre: str
    type: str
    description: str
    obligatoire: bool
    regles: tuple[str, ...]
    exemple: str


@dataclass(frozen=True)
class Dictionnaire:
    """The columns of one file and where their rules come from."""

    nom: str
    titre: str
    description: str
    version: str
    origine: str
    champs: tuple[Champ, ...]


def brut(nom: str) -> str:
    """The machine-readable dictionary, a Table Schema."""
    return (DOSSIER / f"{nom}.json").read_text(encoding="utf-8")


def _regles(contraintes: dict) -> tuple[str, ...]:
    """The constraints of a column, in words."""
    regles = []
    if choix := contraintes.get("enum"):
        regles.append("l'une des valeurs : " + ", ".join(choix))
    if taille := contraintes.get("maxLength"):
        regles.append(f"{taille} caractères au plus")
    if motif := contraintes.get("pattern"):
        regles.append(f"de la forme {motif}")
    if "minimum" in contraintes:
        regles.append(f"au moins {contraintes['minimum']}")
    if "maximum" in contraintes:
        regles.append(f"au plus {contraintes['maximum']}")
    if contraintes.get("unique"):
        regles.append("sans doublon")
    return tuple(regles)


def _exemple(valeur) -> str:
    if isinstance(valeur, list):
        return ", ".join(valeur)
    return ("oui" if valeur else "non") if isinstance(valeur, bool) else str(valeur)


@cache
def dictionnaire(nom: str) -> Dictionnaire:
    """The same, for the page."""
    schema = json.loads(brut(nom))
    return Dictionnaire(
        nom=nom,
        titre=schema["title"],
        description=schema["description"],
        version=schema["version"],
        origine=schema.get("homepage", ""),
        champs=tuple(
            Champ(
                nom=champ["name"],
                titre=champ["title"],
                type=TYPES[champ["type"]],
                description=champ["description"],
                obligatoire=bool(champ.get("constraints", {}).get("required")),
                regles=_regles(champ.get("constraints", {})),
                exemple=_exemple(champ.get("example", "")),
            )
            for champ in schema["fields"]
        ),
    )
