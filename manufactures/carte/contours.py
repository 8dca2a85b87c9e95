"""The outlines of the départements: our own file, read once a process (`SOURCES.md` says where it comes from)."""

import json
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from manufactures.carte.projection import projeter

FICHIER = Path(__file__).with_name("contours.json")
MARGE = 0.1  # degrees: how far from its département's frame a point is still believed

Point = tuple[float, float]


@dataclass(frozen=True)
class Contour:
    """A département: its region, its rings in degrees, its inner point, its frame."""

    code: str
    region: str
    anneaux: list[list[Point]]
    centre: Point

    def contient(self, longitude: float, latitude: float) -> bool:
        """Even and odd: an enclave is out of its neighbour."""
        dedans = False
        for anneau in self.anneaux:
            for (x1, y1), (x2, y2) in pairwise([*anneau, anneau[0]]):
                if (y1 > latitude) != (y2 > latitude):
                    dedans ^= longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1
        return dedans

    @property
    def cadre(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        xs, ys = zip(*(point for anneau in self.anneaux for point in anneau), strict=True)
        return min(xs), min(ys), max(xs), max(ys)


def _lire() -> tuple[list[list[Point]], dict]:
    topologie = json.loads(FICHIER.read_text(encoding="utf-8"))
    pas_x, pas_y = topologie["transform"]["scale"]
    arcs = [
        [
            (x * pas_x, y * pas_y)
            for x, y in accumulate(map(tuple, arc), lambda a, d: (a[0] + d[0], a[1] + d[1]))
        ]
        for arc in topologie["arcs"]
    ]
    return arcs, topologie["objects"]["departements"]["geometries"]


def _anneau(suite: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for rang in suite:
        points += (arcs[rang] if rang >= 0 else arcs[~rang][::-1])[:-1]
    return points


@cache
def contours() -> dict[str, Contour]:
    """The outlines by official code; overseas collectivities have none."""
    arcs, geometries = _lire()
    return {
        g["id"]: Contour(
            g["id"],
            g["properties"]["region"],
            [_anneau(suite, arcs) for (suite,) in g["arcs"]],
            tuple(g["properties"]["centre"]),
        )
        for g in geometries
    }


@cache
def _cadres() -> dict[str, tuple[float, float, float, float]]:
    return {code: contour.cadre for code, contour in contours().items()}


def departements_de(region: str) -> list[str]:
    """The départements of a region; a collectivity is its own."""
    return [c.code for c in contours().values() if c.region == region] or [region]


def placer(departement: str, longitude, latitude) -> Point | None:
    """A place on the drawing; at the inner point of its département where its coordinates miss or lie elsewhere.

    None for a place of a collectivity that the drawing does not hold.
    """
    if departement not in _cadres():
        return None
    lieu = contours()[departement].centre
    if longitude is not None and latitude is not None:
        ouest, sud, est, nord = _cadres()[departement]
        x, y = float(longitude), float(latitude)
        if ouest - MARGE <= x <= est + MARGE and sud - MARGE <= y <= nord + MARGE:
            lieu = x, y
    return projeter(departement, *lieu)


@cache
def trace(region: str = "") -> str:
    """The départements, or those of one region, as one `d` attribute in whole units."""
    return "".join(
        _ligne([projeter(contour.code, *point) for point in anneau]) + "z"
        for contour in contours().values()
        if region in ("", contour.region)
        for anneau in contour.anneaux
    )


@cache
def trace_du_departement(code: str) -> str:
    """One département, to be set out over the others."""
    contour = contours()[code]
    return "".join(_ligne([projeter(code, *point) for point in anneau]) + "z" for anneau in contour.anneaux)


def _ligne(points: list[Point]) -> str:
    """Whole units, relative: neighbours round the same points alike."""
    entiers = [(round(x), round(y)) for x, y in points]
    x, y = entiers[0]
    morceaux = [f"M{x} {y}l"]
    for (x1, y1), (x2, y2) in pairwise(entiers):
        if (x1, y1) != (x2, y2):
            morceaux.append(f"{x2 - x1:d}{'' if y2 < y1 else ' '}{y2 - y1:d} ")
    return "".join(morceaux).rstrip()
