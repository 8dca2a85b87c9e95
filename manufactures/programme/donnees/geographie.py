"""The official geographic code, from our own compact copy: no network, no other file (`SOURCES.md`)."""

import csv
import gzip
import re
import unicodedata
from pathlib import Path

from django.apps import apps as registre
from django.db import transaction

FICHIER = Path(__file__).with_name("geographie.csv.gz")
MILLESIME = 2026
LOT = 5000
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})


def normaliser(texte):
    """The form under which names are looked up: no case, accent, hyphen, apostrophe; « St » is « Saint »."""
    signes = unicodedata.normalize("NFKD", texte.translate(LIGATURES))
    nu = "".join(signe for signe in signes if not unicodedata.combining(signe))
    mots = re.findall(r"[a-z0-9]+", nu.lower())
    return " ".join({"st": "saint", "ste": "sainte"}.get(mot, mot) for mot in mots)


def lire():
    """Yield plain tuples, parents first.

    `("region", code, nom)`, `("departement", code, nom, code_region)`,
    `("commune", code, nom, code_departement, codes_postaux, recherche)`.
    """
    with gzip.open(FICHIER, "rt", encoding="utf-8", newline="") as fichier:
        for genre, code, nom, parent, postes in csv.reader(fichier):
            if genre == "R":
                yield "region", code, nom
            elif genre == "D":
                yield "departement", code, nom, parent
            else:
                yield "commune", code, nom, parent, postes.split(), normaliser(nom)


def charger(apps=None):
    """Create or update regions, départements and communes; returns how many of each.

    Deletes nothing: a dossier may name a commune that a later vintage has merged.
    `apps` is the historical registry of a data migration.
    """
    modeles = apps or registre
    rangs = {"region": [], "departement": [], "commune": []}
    for genre, *valeurs in lire():
        rangs[genre].append(valeurs)
    with transaction.atomic():
        regions = _inscrire(modeles.get_model("programme", "Region"), ("code", "nom"), rangs["region"])
        departements = _inscrire(
            modeles.get_model("programme", "Departement"),
            ("code", "nom", "region"),
            [(code, nom, regions[region]) for code, nom, region in rangs["departement"]],
        )
        _inscrire(
            modeles.get_model("programme", "Commune"),
            ("code", "nom", "departement", "codes_postaux", "recherche"),
            [(code, nom, departements[parent], *suite) for code, nom, parent, *suite in rangs["commune"]],
            relire=False,
        )
    return {genre: len(valeurs) for genre, valeurs in rangs.items()}


def _inscrire(modele, champs, rangees, relire=True):
    """Insert or update by code; the rows by code, when children need them."""
    modele.objects.bulk_create(
        [modele(**dict(zip(champs, rangee, strict=True))) for rangee in rangees],
        batch_size=LOT,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=list(champs[1:]),
    )
    return {objet.code: objet for objet in modele.objects.all()} if relire else None
