"""The drawing of the procedure, made from its tables: one arrow for each row and state it leaves.

Only the places of the boxes are chosen here; a state without a place, or an arrow without a row, can't exist.
The same SVG stands on the help page (colours from the design system) and, alone with its colours, in `docs/`.
"""

from dataclasses import dataclass

from django.utils.html import escape

from manufactures.procedure import CYCLES, ETATS_DU_CYCLE, Partie, balle

LARGEUR_BOITE, HAUTEUR_BOITE = 190, 52
PAS_X, PAS_Y, MARGE = 390, 116, 16
BUS = 120  # how far left of the main column's boxes the shared way out runs

# (column, row) of each box: 1 is the main way, 0 the ways out, 2 and 3 the detours and refusals.
PLACES = {
    "dossier": {
        "BROUILLON": (1, 0),
        "DEPOSE": (1, 1),
        "EN_INSTRUCTION": (1, 2),
        "A_COMPLETER": (2, 2),
        "RECEVABLE": (1, 3),
        "IRRECEVABLE": (2, 3),
        "EN_COMITE": (1, 4),
        "A_AUDITIONNER": (2, 4),
        "AVIS_RENDU": (1, 5),
        "AJOURNE": (3, 5),
        "LAUREAT": (1, 6),
        "LISTE_COMPLEMENTAIRE": (2, 6),
        "NON_RETENU": (3, 6),
        "EN_INCUBATION": (1, 7),
        "EN_ARBITRAGE": (1, 8),
        "EN_ACCOMPAGNEMENT": (1, 9),
        "CLOS": (1, 10),
        "RETIRE": (0, 3),
        "ABANDONNE": (0, 8),
    },
    "convention": {
        "EN_PROJET": (1, 0),
        "SIGNEE": (1, 1),
        "EN_EXECUTION": (1, 2),
        "SOLDEE": (1, 3),
        "RESILIEE": (0, 1),
    },
    "mission": {
        "PROPOSEE": (1, 0),
        "ACCEPTEE": (1, 1),
        "COMMANDEE": (1, 2),
        "REALISEE": (1, 3),
        "ATTESTEE": (1, 4),
        "SERVICE_FAIT": (1, 5),
    },
}
# Arrows whose way is chosen: height at the departure, where the line turns (x from the middle of the boxes'
# gap), height at the arrival, and where the words stand; "haut": it arrives from above.
CHEMINS = {
    ("declarer_irrecevable", "EN_INSTRUCTION"): (20, -35, 0, "arrivee"),
    ("rendre_avis", "A_AUDITIONNER"): "haut",
    ("ajourner", "AVIS_RENDU"): (-16, 0, -16, "arrivee"),
    ("ne_pas_retenir", "AVIS_RENDU"): (4, 265, -14, "depart"),
    ("mettre_en_liste", "AVIS_RENDU"): (20, -35, -14, "coude"),
}
COULEURS = {
    Partie.PORTEUR: "porteur",
    Partie.AGENT: "agent",
    Partie.COMITE: "comite",
    Partie.EXPERT: "expert",
    None: "finale",
}
JOUEURS = {
    Partie.PORTEUR: "au porteur de jouer",
    Partie.AGENT: "à l'ANCT de jouer",
    Partie.COMITE: "au comité de jouer",
    Partie.EXPERT: "à l'expert de jouer",
    None: "terminé",
}
TITRES = {
    "dossier": "Le dossier",
    "convention": "La convention : l'argent",
    "mission": "La mission : les jours",
}
STYLE = (
    "text{font-family:sans-serif;fill:#161616}.boite{fill:#fff;stroke:#666;stroke-width:1.5}"
    ".boite--porteur{stroke:#0063cb}.boite--agent{stroke:#716043}.boite--comite{stroke:#6e445a}"
    ".boite--expert{stroke:#297254}.boite--finale{fill:#f6f6f6;stroke-dasharray:4 3}"
    ".trait{stroke:#666;fill:none}.pointe{fill:#666}.fond{fill:#fff}"
)


@dataclass(frozen=True)
class Fleche:
    """One arrow: a row of the table seen from one of the states it leaves."""

    action: str
    libelle: str
    de: str
    vers: str
    rang: int = 0  # among the arrows that join the same two boxes the same way
    sur: int = 1


def fleches(cycle: str) -> list[Fleche]:
    """All arrows of a cycle, in the order of the table."""
    brutes = [(nom, t.libelle, de, t.vers) for nom, t in CYCLES[cycle].items() for de in t.depuis]
    paires = [frozenset((de, vers)) for _, _, de, vers in brutes]
    return [
        Fleche(nom, libelle, de, vers, rang=paires[:i].count(paires[i]), sur=paires.count(paires[i]))
        for i, (nom, libelle, de, vers) in enumerate(brutes)
    ]


def _centre(cycle: str, etat: str) -> tuple[int, int]:
    colonne, ligne = PLACES[cycle][etat]
    premiere = min(c for c, _ in PLACES[cycle].values())
    x = MARGE + LARGEUR_BOITE // 2 + (colonne - premiere) * PAS_X
    return x, MARGE + HAUTEUR_BOITE // 2 + ligne * PAS_Y


def _ligne(points: list[tuple[int, int]], f: Fleche) -> str:
    (x1, y1), (x2, y2) = points[-2:]
    dx, dy = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    x, y = x2 - 9 * dx, y2 - 9 * dy  # the base of the head
    pointe = f"{x2},{y2} {x - 5 * dy},{y - 5 * dx} {x + 5 * dy},{y + 5 * dx}"
    chemin = "M" + " L".join(f"{x},{y}" for x, y in points)
    return (
        f'<g data-action="{f.action}" data-de="{f.de}" data-vers="{f.vers}">'
        f'<path class="trait" d="{chemin}"/>'
        f'<polygon class="pointe" points="{pointe}"/></g>'
    )


def _texte(x: int, y: int, texte: str, ancrage: str = "start", taille: int = 13) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{ancrage}" font-size="{taille}">{escape(texte)}</text>'


def _de_haut_en_bas(f: Fleche, de, vers) -> list[str]:
    """Two boxes of one column, one row apart."""
    descend = 1 if vers[1] > de[1] else -1
    x = de[0] + (0 if f.sur == 1 else 24 * descend)
    y1, y2 = de[1] + descend * HAUTEUR_BOITE // 2, vers[1] - descend * HAUTEUR_BOITE // 2
    milieu = (y1 + y2) // 2 + 1
    legende = (
        _texte(x + 10, milieu, f.libelle)
        if descend > 0 or f.sur == 1
        else _texte(x - 10, milieu, f.libelle, "end")
    )
    return [_ligne([(x, y1), (x, y2)], f), legende]


def _de_cote(f: Fleche, de, vers) -> list[str]:
    """Two boxes of one row, or a line that turns once on its way."""
    droite = 1 if vers[0] > de[0] else -1
    x1, x2 = de[0] + droite * LARGEUR_BOITE // 2, vers[0] - droite * LARGEUR_BOITE // 2
    ecart = 19 * f.rang - 19 * (f.sur - 1) // 2
    depart, coude, arrivee, ou = CHEMINS.get((f.action, f.de), (ecart, 0, ecart, ""))
    y1, y2 = de[1] + depart, vers[1] + arrivee
    xm = (x1 + x2) // 2 + coude
    if y1 == y2:
        x = x2 - PAS_X // 4 if ou else (x1 + x2) // 2
        return [_ligne([(x1, y1), (x2, y2)], f), _texte(x, y1 - 5, f.libelle, "middle", 12)]
    x, y, ancrage = {
        "depart": (xm - 8, y1 - 5, "end"),
        "coude": (xm + 8, (y1 + y2) // 2 + 4, "start"),
    }.get(ou, (xm + 8, y2 - 7, "start"))
    return [_ligne([(x1, y1), (xm, y1), (xm, y2), (x2, y2)], f), _texte(x, y, f.libelle, ancrage, 12)]


def _par_le_haut(f: Fleche, de, vers) -> list[str]:
    """Down from the box, then along the gap, then down into the other."""
    y = vers[1] - PAS_Y // 2 + 6
    points = [
        (de[0], de[1] + HAUTEUR_BOITE // 2),
        (de[0], y),
        (vers[0] + 70, y),
        (vers[0] + 70, vers[1] - HAUTEUR_BOITE // 2),
    ]
    return [_ligne(points, f), _texte(de[0] - 12, y - 6, f.libelle, "end", 12)]


def _par_le_bus(cycle: str, f: Fleche, de, vers) -> list[str]:
    """A way out shared by several states: along a line at the left of the main column."""
    colonne = next(etat for etat, (c, _) in PLACES[cycle].items() if c == 1)
    bus = _centre(cycle, colonne)[0] - LARGEUR_BOITE // 2 - BUS
    bas = HAUTEUR_BOITE // 2
    if PLACES[cycle][f.de][0] > 1:  # from a detour: under the row, then left
        depart = [(de[0] + 60, de[1] + bas), (de[0] + 60, de[1] + bas + 18), (bus, de[1] + bas + 18)]
    else:
        depart = [(de[0] - LARGEUR_BOITE // 2, de[1]), (bus, de[1])]
    lignes = [_ligne([*depart, (bus, vers[1]), (vers[0] + LARGEUR_BOITE // 2, vers[1])], f)]
    if f.de == CYCLES[cycle][f.action].depuis[0]:
        lignes.append(_texte(vers[0], vers[1] - bas - 8, f.libelle, "middle", 12))
    return lignes


def _fleche(cycle: str, f: Fleche) -> list[str]:
    de, vers = _centre(cycle, f.de), _centre(cycle, f.vers)
    (c1, l1), (c2, l2) = PLACES[cycle][f.de], PLACES[cycle][f.vers]
    if c2 == 0:
        return _par_le_bus(cycle, f, de, vers)
    if CHEMINS.get((f.action, f.de)) == "haut":
        return _par_le_haut(f, de, vers)
    if c1 == c2 and abs(l1 - l2) == 1:
        return _de_haut_en_bas(f, de, vers)
    return _de_cote(f, de, vers)


def _boite(cycle: str, etat: str) -> str:
    x, y = _centre(cycle, etat)
    tenant = balle(cycle, etat).tenant
    return (
        f'<g data-etat="{etat}"><rect class="boite boite--{COULEURS[tenant]}" x="{x - LARGEUR_BOITE // 2}" '
        f'y="{y - HAUTEUR_BOITE // 2}" width="{LARGEUR_BOITE}" height="{HAUTEUR_BOITE}" rx="4"/>'
        f'<text x="{x}" y="{y - 3}" text-anchor="middle" font-size="15" font-weight="700">'
        f"{escape(ETATS_DU_CYCLE[cycle](etat).label)}</text>"
        f"{_texte(x, y + 16, JOUEURS[tenant], 'middle', 12)}</g>"
    )


def dimensions(cycle: str) -> tuple[int, int]:
    """Width and height of a cycle's drawing."""
    xs, ys = zip(*(_centre(cycle, etat) for etat in PLACES[cycle]), strict=True)
    return max(max(xs) + LARGEUR_BOITE // 2 + MARGE, 720), max(ys) + HAUTEUR_BOITE // 2 + MARGE


def corps(cycle: str) -> str:
    """Boxes and arrows of one cycle; the words come last, over the lines."""
    morceaux = [m for f in fleches(cycle) for m in _fleche(cycle, f)]
    traits = [m for m in morceaux if m.startswith("<g")]
    textes = [m for m in morceaux if not m.startswith("<g")]
    return "\n".join([*traits, *(_boite(cycle, etat) for etat in PLACES[cycle]), *textes])


def svg(cycle: str) -> str:
    """The drawing of one cycle, for a page: its colours come from the stylesheet."""
    largeur, hauteur = dimensions(cycle)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {largeur} {hauteur}" width="{largeur}" '
        f'height="{hauteur}" role="img" aria-labelledby="dessin-{cycle}"><title id="dessin-{cycle}">'
        f"{escape(TITRES[cycle])} : les mêmes étapes sont écrites dans le tableau qui suit.</title>\n"
        f"{corps(cycle)}\n</svg>"
    )


def document() -> str:
    """The three cycles one under the other, with their colours: `docs/procedure.svg`."""
    morceaux, haut, large = [], 0, 0
    for cycle in CYCLES:
        largeur, hauteur = dimensions(cycle)
        titre = _texte(MARGE, haut + 34, TITRES[cycle], taille=22)
        morceaux.append(f'{titre}\n<g transform="translate(0 {haut + 50})">\n{corps(cycle)}\n</g>')
        haut, large = haut + hauteur + 60, max(large, largeur)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {large} {haut}" '
        f'width="{large}" height="{haut}">\n'
        f"<title>La procédure, tirée de manufactures/procedure.py</title>\n<style>{STYLE}</style>\n"
        f'<rect class="fond" width="{large}" height="{haut}"/>\n' + "\n".join(morceaux) + "\n</svg>\n"
    )
