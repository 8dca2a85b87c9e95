"""A PDF as a reader meets it: its pages, what stands out of them, headings left alone at the foot of one."""

import html
import re
import subprocess
from dataclasses import dataclass

MOT = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')
PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
MARGE = 28  # points: nothing of ours is printed nearer to the edge


@dataclass(frozen=True)
class Page:
    """A page: its words in reading order, and those that leave its box."""

    mots: list[str]
    debordent: list[str]

    @property
    def texte(self) -> str:
        """Its words, ordinary spaces and apostrophes, without the foot."""
        mots = " ".join(self.mots).replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
        return re.sub(
            r"\s*Acte n° MP-\d{4}-\d{6}(?: \(démonstration\))? – (?!Dossier).*?page \d+/\d+(?: [\w ]+$)?",
            "",
            mots,
        )


def pages_de(pdf: bytes) -> list[Page]:
    """Every page, by the boxes that `pdftotext` gives to its words."""
    sortie = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return [_page(float(large), float(haut), corps) for large, haut, corps in PAGE.findall(sortie)]


def _page(large: float, haut: float, corps: str) -> Page:
    mots, debordent = [], []
    for x1, y1, x2, y2, mot in MOT.findall(corps):
        mots.append(html.unescape(mot))
        dedans = MARGE <= float(x1) and float(x2) <= large - MARGE and float(y1) >= 0 and float(y2) <= haut
        if not dedans:
            debordent.append(html.unescape(mot))
    return Page(mots, debordent)


def titres_seuls(pages: list[Page], titres: list[str]) -> list[str]:
    """Headings with nothing after them on their page."""
    return [titre for page in pages for titre in titres if page.texte.rstrip().endswith(titre)]
