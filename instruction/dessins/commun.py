"""What the drawings share: their greys, their letters, and the words that replace them."""

from base64 import b64encode
from dataclasses import dataclass
from decimal import Decimal
from html import escape

ENCRE, FONCE, MOYEN, CLAIR, BLANC = "#161616", "#666666", "#a3a3a3", "#dcdcdc", "#ffffff"
LETTRES = 'font-family="Marianne, DejaVu Sans, sans-serif"'


@dataclass(frozen=True)
class Dessin:
    """A drawing and what it says: never one without the other."""

    svg: str
    texte: str

    @property
    def source(self) -> str:
        """As a data: URL, since an act fetches nothing."""
        return "data:image/svg+xml;base64," + b64encode(self.svg.encode()).decode()


def image(large: int, haut: int, corps: str) -> str:
    """The whole picture, in units of a tenth of a millimetre, on white."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {large} {haut}" width="{large / 10:g}mm" '
        f'height="{haut / 10:g}mm">{corps}</svg>'
    )


def rectangle(x, y, large, haut, fond, *, trait=ENCRE) -> str:
    """A bar or a square, with its outline: two neighbouring greys stay two."""
    return (
        f'<rect x="{nu(x)}" y="{nu(y)}" width="{nu(large)}" height="{nu(haut)}" fill="{fond}" '
        f'stroke="{trait}" stroke-width="2"/>'
    )


def mot(x, y, texte: str, *, ancre="start", taille=25, gras=False) -> str:
    """A few letters."""
    poids = ' font-weight="700"' if gras else ""
    return (
        f'<text x="{nu(x)}" y="{nu(y)}" text-anchor="{ancre}" font-size="{taille}" {LETTRES}{poids} '
        f'fill="{ENCRE}">{escape(texte)}</text>'
    )


def nu(valeur) -> str:
    """A number of the drawing, to a hundredth of a millimetre."""
    return f"{Decimal(valeur):.1f}".rstrip("0").rstrip(".")
