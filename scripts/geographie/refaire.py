#!/usr/bin/env python3
"""Make `geographie.csv.gz` again from Etalab's package of the official geographic code.

    scripts/geographie/refaire.py [--version 6.0.0] [--paquet FOLDER]

Needs npm, or the package already unpacked (`--paquet`). Standard library only.
The same package gives the same bytes.
"""

import argparse
import csv
import gzip
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

PAQUET = "@etalab/decoupage-administratif"
SORTIE = Path(__file__).resolve().parents[2] / "manufactures" / "programme" / "donnees" / "geographie.csv.gz"
TYPES = {
    "commune-actuelle",
    "arrondissement-municipal",
}  # delegated and associated communes are no places of their own
INHABITES = {"984", "989"}  # southern lands and Clipperton: nobody to apply from there


def telecharger(version, dossier):
    """The package `version`, unpacked in `dossier`."""
    commande = ["npm", "pack", f"{PAQUET}@{version}", "--pack-destination", str(dossier), "--silent"]
    subprocess.run(commande, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(dossier.glob("*.tgz"))) as archive:
        archive.extractall(dossier, filter="data")
    return dossier / "package"


def lignes(paquet):
    """Rows (kind, code, name, parent, postcodes): regions, départements, communes, sorted by code."""

    def lire(nom):
        rangees = json.loads((paquet / "data" / f"{nom}.json").read_text(encoding="utf-8"))
        return sorted(rangees, key=lambda rangee: rangee["code"])

    for region in lire("regions"):
        if region["code"] not in INHABITES:
            yield "R", region["code"], region["nom"], "", ""
    for departement in lire("departements"):
        if departement["code"] not in INHABITES:
            yield "D", departement["code"], departement["nom"], departement["region"], ""
    for commune in lire("communes"):
        if commune["type"] in TYPES and commune["departement"] not in INHABITES:
            postes = " ".join(sorted(commune.get("codesPostaux", ())))
            yield "C", commune["code"], commune["nom"], commune["departement"], postes


def ecrire(paquet, sortie):
    """Write the compressed file without date or name inside, so that it compares by digest."""
    texte = io.StringIO()
    csv.writer(texte, lineterminator="\n").writerows(lignes(paquet))
    with sortie.open("wb") as fichier, gzip.GzipFile("", "wb", 9, fichier, mtime=0) as archive:
        archive.write(texte.getvalue().encode())
    return texte.getvalue().count("\n")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--version", default="6.0.0")
    options.add_argument("--paquet", type=Path, help="the package, already unpacked")
    options.add_argument("--sortie", type=Path, default=SORTIE)
    choix = options.parse_args()
    with tempfile.TemporaryDirectory() as provisoire:
        paquet = choix.paquet or telecharger(choix.version, Path(provisoire))
        version = json.loads((paquet / "package.json").read_text(encoding="utf-8"))["version"]
        nombre = ecrire(paquet, choix.sortie)
    print(f"{choix.sortie.name} : {nombre} lignes, {choix.sortie.stat().st_size} octets, paquet {version}")


if __name__ == "__main__":
    main()
