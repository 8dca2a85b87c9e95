"""From longitude and latitude to the units of our map: Lambert-93, and a cartouche for each overseas département.

One unit is one kilometre on the mainland. Standard library only: `scripts/geographie` reads this page too.
"""

from dataclasses import dataclass
from math import cos, exp, log, pi, radians, sin, tan

LARGEUR, HAUTEUR = 1160, 1090

# Lambert-93 (IGN, NTG_71): conformal conic of two parallels, ellipsoid GRS 80.
_N, _C = 0.7256077650, 11_754_255.426
_XS, _YS = 700_000, 12_655_612.050
_E = 0.081_819_191_12
_OUEST, _NORD = 90_000, 7_120_000  # the corner of the drawing, in metres


@dataclass(frozen=True)
class Cartouche:
    """A frame in the Bay of Biscay, and the part of the world that it holds."""

    nom: str
    haut: int
    ouest: float
    est: float
    sud: float
    nord: float

    GAUCHE, LARGE, HAUT = 4, 192, 114
    MARGE, LEGENDE = 7, 30

    @property
    def milieu(self) -> int:
        """Where its name is centred."""
        return self.GAUCHE + self.LARGE // 2

    @property
    def ligne(self) -> int:
        """The line its name stands on."""
        return self.haut + self.HAUT - 9

    def projeter(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Degrees squared at the middle latitude, as large as the frame allows."""
        serre = cos(radians((self.sud + self.nord) / 2))
        large = (self.est - self.ouest) * serre
        echelle = min(
            (self.LARGE - 2 * self.MARGE) / large,
            (self.HAUT - self.LEGENDE - self.MARGE) / (self.nord - self.sud),
        )
        x = self.GAUCHE + self.LARGE / 2 + (longitude - (self.ouest + self.est) / 2) * serre * echelle
        y = self.haut + self.MARGE + (self.nord - latitude) * echelle
        return x, y


CARTOUCHES = {
    "971": Cartouche("Guadeloupe", 486, -61.82, -60.99, 15.82, 16.52),
    "972": Cartouche("Martinique", 608, -61.24, -60.80, 14.38, 14.89),
    "973": Cartouche("Guyane", 730, -54.62, -51.62, 2.10, 5.80),
    "974": Cartouche("La Réunion", 852, 55.20, 55.86, -21.40, -20.86),
    "976": Cartouche("Mayotte", 974, 45.01, 45.31, -13.01, -12.62),
}


def lambert93(longitude: float, latitude: float) -> tuple[float, float]:
    """Metres of the national grid."""
    phi = radians(latitude)
    iso = log(tan(pi / 4 + phi / 2) * ((1 - _E * sin(phi)) / (1 + _E * sin(phi))) ** (_E / 2))
    rayon, angle = _C * exp(-_N * iso), _N * radians(longitude - 3)
    return _XS + rayon * sin(angle), _YS - rayon * cos(angle)


def projeter(departement: str, longitude: float, latitude: float) -> tuple[float, float]:
    """Where a point of this département stands on the drawing."""
    if departement in CARTOUCHES:
        return CARTOUCHES[departement].projeter(longitude, latitude)
    x, y = lambert93(longitude, latitude)
    return (x - _OUEST) / 1000, (_NORD - y) / 1000
