"""Texts with places: how a sign is told from the rest, and how a copy's text is joined again."""

import json
import re

from manufactures.demonstration.peuplement import temps

CODE = r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2}"
SIGNES = re.compile(
    "|".join((
        "\x01(?P<marque>[^\x01]*)\x01",
        r"(?P<mot>[Zz][Qq]\d\d[Xx]\d\d[Zz])",
        r"(?P<numero>D-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})",
        r"(?P<acte>MP-\d{4}-\d{6})",
        r"(?P<empreinte>(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f]))",
        r"(?P<entree>seance/9\d{9}#\d+)",
        r"(?P<cle>(?<![\d.])9\d{9}(?!\d))",
        temps.INSTANT,
        temps.DATE,
        temps.EN_LETTRES,
        temps.BARRES,
        r"(?P<siret>000999\d{8})",
        r"(?P<telephone>0199009\d{3})",
        r"(?P<rna>W999000\d{3})",
        r"(?P<commune>ZQ0\d\d)",
        r"(?P<postal>(?<!\d)990\d\d(?!\d))",
        r"(?P<rang>(?<![\d.])32(?:69[01]|7[0-5]\d)(?!\d))",
        rf"(?P<code>(?<![0-9A-Z-]){CODE}(?![0-9A-Z-]))",
        r"(?P<lettre>(?<![\d,])\d{1,3}(?:\u00a0\d{3})+(?:,\d\d)?(?!\d))",
        r"(?P<somme>(?<![\d.])\d{4,9}\.\d\d(?!\d))",
    ))
)  # fmt: skip
GUILLEMETS = re.compile(
    '"(\x01(?:liste|compte|enveloppe|duree|ordre|nombre|rang|acteur|examines|outre_mer)(?::[^\x01]*)?\x01)"'
)
ECHAPPEMENTS = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def marque(*parties) -> str:
    """A place that no sign could mark: « \\x01genre:argument\\x01 »."""
    return f"\x01{':'.join(map(str, parties))}\x01"


def decouper(mot: str) -> tuple[int, int, str]:
    """Story, field and case of a word."""
    casse = "haut" if mot.isupper() else "bas" if mot.islower() else ""
    return int(mot[2:4]), int(mot[5:7]), casse


def ecrire(contenu, **options) -> str:
    """Compact JSON in which places stay places; those that stand for a number or a list lose their quotes."""
    texte = json.dumps(contenu, ensure_ascii=False, separators=(",", ":"), **options).replace(
        "\\u0001", "\x01"
    )
    return GUILLEMETS.sub(r"\1", texte)


class Texte:
    """Constant pieces and places by turns; `rendre` joins them."""

    __slots__ = ("constantes", "places")

    def __init__(self, constantes: list[str], places: list[int]):
        self.constantes = [""] * (2 * len(places) + 1)
        self.constantes[::2] = constantes
        self.places = tuple(places)

    def rendre(self, valeurs: list[str]) -> str:
        """The text of a copy."""
        morceaux = self.constantes.copy()
        morceaux[1::2] = [valeurs[place] for place in self.places]
        return "".join(morceaux)
