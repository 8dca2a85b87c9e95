"""The State's mark on an act: fonts and symbol stay in the design system's package, where their licence keeps them."""

import re
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path

GRAISSES = (
    ("Regular", 400, "normal"),
    ("Regular_Italic", 400, "italic"),
    ("Medium", 500, "normal"),
    ("Bold", 700, "normal"),
)
BANDEAU = "linear-gradient(90deg,#000091 50%,#e1000f 50%)"
# What a drawing may ask of the page's resources; anything else is not copied from one act to another.
OPAQUE = b"/a1.0 gs"
_RESSOURCES = re.compile(rb"\b(?:gs|Do|cs|CS|scn|SCN|sh|Tf)$")


def feuille() -> str:
    """The rules that give an act the State's typeface, symbol and motto."""
    regles = [
        f"@font-face{{font-family:Marianne;font-weight:{graisse};font-style:{style};"
        f"src:url(data:font/woff2;base64,{_police(nom)})}}"
        for nom, graisse, style in GRAISSES
    ]
    symbole, devise = symboles()
    regles.append(f'.bloc-marque::before{{background-image:url("{symbole}"),{BANDEAU}}}')
    regles.append(f'.bloc-marque::after{{background-image:url("{devise}")}}')
    return "\n".join(regles)


def symboles() -> list[str]:
    """The data: addresses of Marianne and of the motto."""
    logo = (_dsfr() / "component/logo/logo.main.min.css").read_text()
    return re.findall(r'url\("(data:image/svg\+xml[^"]+)"\)', logo)[:2]


def _dsfr() -> Path:
    return Path(find_spec("dsfr").origin).parent / "static/dsfr/dist"


def _police(nom: str) -> str:
    return b64encode((_dsfr() / f"fonts/Marianne-{nom}.woff2").read_bytes()).decode()


class Dessin:
    """An image of WeasyPrint drawn once a process: the next acts copy its strokes.

    Drawing the motto anew is a third of a letter's time.
    """

    def __init__(self, image):
        self.image = image
        self.traits: dict[tuple, list] = {}

    def get_intrinsic_size(self, *arguments):
        """Width, height and ratio."""
        return self.image.get_intrinsic_size(*arguments)

    def draw(self, stream, largeur, hauteur, style):
        """Copy the strokes; draw, the first time at this size."""
        traits = self.traits.get((largeur, hauteur))
        if traits is not None:
            stream.set_alpha(1.0)  # brings the one resource that the strokes name
            stream.stream.extend(traits)
            return
        debut = len(stream.stream)
        self.image.draw(stream, largeur, hauteur, style)
        traits = stream.stream[debut:]
        if est_copiable(traits):
            self.traits[largeur, hauteur] = traits


def est_copiable(traits: list) -> bool:
    """Whether the strokes stand alone: they name no resource of their page but full opacity."""
    lignes = [trait if isinstance(trait, bytes) else str(trait).encode() for trait in traits]
    return all(ligne == OPAQUE for ligne in lignes if _RESSOURCES.search(ligne))
