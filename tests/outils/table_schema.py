"""A file against the rules of its columns, written from the dictionary alone: none of the producer's code is read."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.conf import settings

DICTIONNAIRES = Path(settings.BASE_DIR) / "manufactures" / "accueil" / "donnees_ouvertes" / "dictionnaires"
NOMBRE = re.compile(r"-?\d+(\.\d+)?")
JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")


def _nombre(texte, champ):
    if not NOMBRE.fullmatch(texte):
        raise ValueError("un nombre à point décimal")
    return Decimal(texte)


def _entier(texte, champ):
    if not re.fullmatch(r"-?\d+", texte):
        raise ValueError("un nombre entier")
    return int(texte)


def _jour(texte, champ):
    if not JOUR.fullmatch(texte):
        raise ValueError("une date AAAA-MM-JJ")
    return date.fromisoformat(texte)


def _oui_non(texte, champ):
    if texte not in champ["trueValues"] + champ["falseValues"]:
        raise ValueError("oui ou non")
    return texte in champ["trueValues"]


LECTEURS = {
    "string": lambda texte, champ: texte,
    "number": _nombre,
    "integer": _entier,
    "date": _jour,
    "boolean": _oui_non,
}


def fautes_de_la_cellule(texte: str, champ: dict) -> list[str]:
    """What this cell breaks, in words; empty when it is right."""
    regles = champ.get("constraints", {})
    if texte == "":
        return ["obligatoire"] if regles.get("required") else []
    try:
        valeur = LECTEURS[champ["type"]](texte, champ)
    except (ValueError, InvalidOperation) as faute:
        return [str(faute)]
    fautes = []
    if "pattern" in regles and not re.search(regles["pattern"], texte):
        fautes.append(f"motif {regles['pattern']}")
    if "enum" in regles and texte not in regles["enum"]:
        fautes.append("hors de la liste")
    if "maxLength" in regles and len(texte) > regles["maxLength"]:
        fautes.append(f"{len(texte)} caractères")
    if "minimum" in regles and valeur < Decimal(str(regles["minimum"])):
        fautes.append(f"moins de {regles['minimum']}")
    if "maximum" in regles and valeur > Decimal(str(regles["maximum"])):
        fautes.append(f"plus de {regles['maximum']}")
    return fautes


def fautes_du_fichier(titres: list[str], rangees: list[list[str]], schema: dict) -> list[str]:
    """Every breach of the dictionary, as « row, column: what »."""
    champs = schema["fields"]
    if titres != [champ["name"] for champ in champs]:
        return [f"colonnes : {titres}"]
    fautes = []
    for rang, rangee in enumerate(rangees, 1):
        if len(rangee) != len(champs):
            fautes.append(f"{rang} : {len(rangee)} cellules")
            continue
        for texte, champ in zip(rangee, champs, strict=True):
            fautes += [
                f"{rang}, {champ['name']} : {f} ({texte!r})" for f in fautes_de_la_cellule(texte, champ)
            ]
    for indice, champ in enumerate(champs):
        valeurs = [rangee[indice] for rangee in rangees if len(rangee) == len(champs)]
        if champ.get("constraints", {}).get("unique") and len(set(valeurs)) != len(valeurs):
            fautes.append(f"{champ['name']} : doublon")
    return fautes
