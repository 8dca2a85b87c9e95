#!/usr/bin/env python3
"""Vérifie cette archive sans réseau : chaque fichier contre l'inventaire, chaque ligne du journal contre la précédente.

Python 3.9 ou plus, sans rien d'autre. Usage : python3 verifier.py [dossier]. Sortie 0 si tout est intact, 1 sinon.
"""

import hashlib
import json
import sys
from pathlib import Path

RACINE_DE_LA_CHAINE = "0" * 64


def empreinte(chemin):
    """SHA-256 of a file, piece by piece."""
    condense = hashlib.sha256()
    with chemin.open("rb") as fichier:
        for morceau in iter(lambda: fichier.read(1 << 20), b""):
            condense.update(morceau)
    return condense.hexdigest()


def fichiers(racine, inventaire):
    """Missing, changed or unknown files."""
    attendus = {ligne["chemin"]: ligne for ligne in inventaire["fichiers"]}
    for chemin, ligne in attendus.items():
        fichier = racine / chemin
        if not fichier.is_file():
            yield f"{chemin} : absent"
        elif fichier.stat().st_size != ligne["taille"] or empreinte(fichier) != ligne["sha256"]:
            yield f"{chemin} : modifié"
        elif ligne.get("declaree") and ligne["declaree"] != ligne["sha256"]:
            yield f"{chemin} : différent de ce qui avait été enregistré"
    presents = {p.relative_to(racine).as_posix() for p in racine.rglob("*") if p.is_file()}
    for chemin in sorted(presents - set(attendus) - {"inventaire.json"}):
        yield f"{chemin} : inconnu de l'inventaire"
    for chemin in inventaire["manquants"]:
        yield f"{chemin} : déjà perdu quand l'archive a été éditée"


def journal(lignes):
    """Broken links of the chain, thread by thread."""
    fil, rang, precedente = None, 0, RACINE_DE_LA_CHAINE
    for numero, ligne in enumerate(lignes, 1):
        dite = json.loads(ligne)
        champs = json.loads(dite["texte"])
        if champs[0] != fil:
            fil, rang, precedente = champs[0], 0, RACINE_DE_LA_CHAINE
        if hashlib.sha256(dite["texte"].encode()).hexdigest() != dite["empreinte"]:
            yield f"journal, ligne {numero} : modifiée"
        elif champs[1] != rang + 1 or champs[-1] != precedente:
            yield f"journal, ligne {numero} : la chaîne est rompue"
        rang, precedente = champs[1], dite["empreinte"]


def verifier(racine):
    """Every difference, as a sentence."""
    inventaire = json.loads((racine / "inventaire.json").read_text(encoding="utf-8"))
    yield from fichiers(racine, inventaire)
    chemin = racine / "journal.jsonl"
    if chemin.is_file():
        with chemin.open(encoding="utf-8") as lignes:
            yield from journal(lignes)


def main():
    """Say what is wrong, or that nothing is."""
    racine = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    ecarts = list(verifier(racine))
    for ecart in ecarts:
        sys.stdout.write(f"{ecart}\n")
    sys.stdout.write(f"{len(ecarts)} écart(s).\n" if ecarts else "Archive intacte.\n")
    return 1 if ecarts else 0


if __name__ == "__main__":
    sys.exit(main())
