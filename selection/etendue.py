"""The spread of the readings as a drawing: a line a dossier, on a scale of 0 to 100; shapes, not colours, speak."""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from manufactures.francais import compter

LARGE, GAUCHE, DROITE, LIGNE, TETE = 920, 300, 890, 30, 34
LETTRES_AU_PLUS = 34
GRADUATIONS = range(0, 101, 20)


def dessiner(lignes: Iterable[tuple[str, "object"]], *, identifiant: str = "etendue") -> SafeString:
    """An inline SVG for (name, line of the ranking), in the order given; empty where nothing is read."""
    lignes = list(lignes)
    if not lignes:
        return SafeString("")
    haut = TETE + LIGNE * len(lignes) + 8
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-titre {}-texte">'
        '<title id="{}-titre">Étendue des notes</title><desc id="{}-texte">{}</desc>{}{}</svg>',
        LARGE, haut, identifiant, identifiant, identifiant, identifiant, texte_de(lignes), _echelle(haut),
        format_html_join("", "{}", ((_ligne(rang, *ligne),) for rang, ligne in enumerate(lignes))),
    )  # fmt: skip


def texte_de(lignes: list[tuple[str, "object"]]) -> str:
    """What the drawing says, in words: each dossier from its lowest to its highest reading."""
    dites = [
        f"{nom} : de {ligne.basse:.0f} à {ligne.haute:.0f}, corrigée {ligne.corrige:.0f}"
        for nom, ligne in lignes
    ]
    return f"{compter(len(lignes), 'dossier')}, notes sur 100. {' ; '.join(dites)}."


def _x(score: float) -> str:
    return f"{GAUCHE + (DROITE - GAUCHE) * min(100.0, max(0.0, score)) / 100:.1f}"


def _echelle(haut: int) -> SafeString:
    return format_html_join(
        "",
        '<text x="{}" y="16" text-anchor="middle" font-size="13">{}</text>'
        '<path class="trait" d="M{} 22V{}" stroke-dasharray="2 4"/>',
        ((_x(valeur), valeur, _x(valeur), haut - 4) for valeur in GRADUATIONS),
    )


def _ligne(rang: int, nom: str, ligne) -> SafeString:
    """A line from the lowest to the highest, a hollow circle a reading, a bar the mean, a diamond once corrected."""
    y = TETE + LIGNE * rang + LIGNE // 2
    court = nom if len(nom) <= LETTRES_AU_PLUS else f"{nom[: LETTRES_AU_PLUS - 1].rstrip()}…"
    corrige = float(_x(ligne.corrige))
    return format_html(
        '<text x="0" y="{}" font-size="15">{}</text><path class="trait" stroke-width="2" d="M{} {}H{}"/>{}'
        '<path class="trait" stroke-width="3" d="M{} {}v18"/><path class="pointe" d="M{} {}l6 7l-6 7l-6 -7z"/>',
        y + 5, court, _x(ligne.basse), y, _x(ligne.haute),
        format_html_join("", '<circle class="boite" cx="{}" cy="{}" r="5"/>', ((_x(s), y) for s in ligne.scores)),
        _x(ligne.brut), y - 9, f"{corrige:.1f}", y - 7,
    )  # fmt: skip
