"""Where the place is: its département on the outlines of the country, a dot for the place."""

from collections.abc import Mapping

from instruction.dessins.commun import BLANC, CLAIR, ENCRE, MOYEN, Dessin
from manufactures.carte.contours import contours, placer, trace, trace_du_departement
from manufactures.carte.projection import CARTOUCHES, HAUTEUR, LARGEUR

RAYON = 18


def dessiner_lieu(lieu: Mapping) -> Dessin | None:
    """A small map; None for a collectivity that the outlines do not hold."""
    code = str(lieu["code"])
    longitude, latitude = (lieu[nom] or None for nom in ("longitude", "latitude"))
    place = placer(code, longitude, latitude)
    if place is None:
        return None
    x, y = (round(mesure) for mesure in place)
    cadres = "".join(
        f'<rect x="{c.GAUCHE}" y="{c.haut}" width="{c.LARGE}" height="{c.HAUT}" fill="none" stroke="{MOYEN}" '
        'stroke-width="2"/>'
        for c in CARTOUCHES.values()
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LARGEUR} {HAUTEUR}">'
        f'<path d="{trace()}" fill="{BLANC}" stroke="{MOYEN}" stroke-width="2.5"/>'
        f'<path d="{trace_du_departement(code)}" fill="{CLAIR}" stroke="{ENCRE}" stroke-width="4"/>{cadres}'
        f'<circle cx="{x}" cy="{y}" r="{RAYON}" fill="{ENCRE}" stroke="{BLANC}" stroke-width="6"/></svg>'
    )
    region = "dans sa région" if contours()[code].region in CARTOUCHES else "en France"
    return Dessin(svg, f"Carte : {lieu['commune']}, département {lieu['departement']}, {region}.")
