"""The map of the laureates: a circle a place, or a département once they are too many, on our own outlines."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from manufactures import francais
from manufactures.accueil.publication import Chiffres
from manufactures.carte.contours import contours, placer, trace
from manufactures.carte.projection import CARTOUCHES, HAUTEUR, LARGEUR

RAYON, RAYON_MAX = 11, 28
RAYON_CHIFFRE = 19  # under this, its number does not fit
ECART = 14  # two circles of one town stand side by side
AUTOUR = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))


@dataclass(frozen=True)
class Rond:
    """A circle: where, how large, what it says, where it leads; a number where it stands for several places."""

    x: int
    y: int
    rayon: int
    titre: str
    lien: str
    nombre: int | None = None
    laureat: str = ""

    def tracer(self, *, lien: bool) -> str:
        """Its circle, with its number; with its title and its link where it leads somewhere."""
        dessin = f'<circle cx="{self.x}" cy="{self.y}" r="{self.rayon}"/>'
        if self.nombre and self.rayon >= RAYON_CHIFFRE:
            dessin += f'<text class="mp-carte__nombre" x="{self.x}" y="{self.y}">{self.nombre}</text>'
        if not lien:
            return dessin
        qui = f' data-lieu="{self.laureat}"' if self.laureat else ""
        return f'<a href="{escape(self.lien)}" tabindex="-1"{qui}><title>{escape(self.titre)}</title>{dessin}</a>'


@dataclass(frozen=True)
class Carte:
    """What the template draws."""

    ronds: list[Rond]
    hors_carte: int  # places of the collectivities, which the drawing does not hold
    par_departement: bool
    choisis: str = ""  # outlines of the chosen region

    @property
    def legende(self) -> str:
        """What a circle is, and what the drawing lacks."""
        phrase = "Un rond par lieu."
        if self.par_departement:
            phrase = "Un rond par département, avec le nombre de ses lieux."
        if self.hors_carte:
            manquent = francais.compter(self.hors_carte, "lieu", "lieux")
            phrase += f" {manquent} hors de la carte (collectivités d'outre-mer), dans la liste seulement."
        return phrase

    @property
    def svg(self) -> SafeString:
        """The drawing with its links. Hidden from who listens: the list beside it says the same."""
        return self._tracer(liens=True)

    @property
    def image(self) -> SafeString:
        """The drawing alone, to stand inside one link."""
        return self._tracer(liens=False)

    def _tracer(self, *, liens: bool) -> SafeString:
        choisis = f'<path class="mp-carte__choix" d="{self.choisis}"/>' if self.choisis else ""
        return mark_safe(
            f'<svg class="mp-carte" viewBox="0 0 {LARGEUR} {HAUTEUR}" aria-hidden="true" focusable="false">'
            f"{_fond()}{choisis}{''.join(rond.tracer(lien=liens) for rond in self.ronds)}</svg>"
        )


@cache
def _fond() -> str:
    """The land and the cartouches, the same on every page."""
    cadres = "".join(
        f'<rect class="mp-carte__cadre" x="{c.GAUCHE}" y="{c.haut}" width="{c.LARGE}" height="{c.HAUT}"/>'
        f'<text class="mp-carte__nom" x="{c.milieu}" y="{c.ligne}">{c.nom}</text>'
        for c in CARTOUCHES.values()
    )
    return f'<path class="mp-carte__sol" d="{trace()}"/>{cadres}'


def dessiner(chiffres: Chiffres, adresse: Callable[[str], str], region: str = "") -> Carte:
    """The map of a choice, its region set out; `adresse(region)` leads to the list of one."""
    if chiffres.lieux:
        ronds = [_rond_du_lieu(*place) for place in _ecarter(_places(chiffres.lieux))]
    else:
        plus_grand = max((d["n"] for d in chiffres.par_departement), default=1)
        ronds = [
            rond for d in chiffres.par_departement if (rond := _rond_du_departement(d, plus_grand, adresse))
        ]
    dessines = sum(rond.nombre or 1 for rond in ronds)
    return Carte(
        ronds=ronds,
        hors_carte=chiffres.nombre_de_lieux - dessines,
        par_departement=not chiffres.lieux and bool(ronds),
        choisis=trace(region) if region else "",
    )


def _places(lieux: Iterable[Mapping]) -> Iterable[tuple[Mapping, float, float]]:
    for lieu in lieux:
        place = placer(lieu["departement"], lieu["longitude"], lieu["latitude"])
        if place is not None:
            yield lieu, *place


def _ecarter(places: Iterable[tuple[Mapping, float, float]]) -> Iterable[tuple[Mapping, float, float]]:
    """Places of one town would hide each other: the next ones stand beside the first, no further than that."""
    prises = set()
    for lieu, x, y in places:
        case = (round(x / ECART), round(y / ECART))
        libre = next(
            ((dx, dy) for dx, dy in ((0, 0), *AUTOUR) if (case[0] + dx, case[1] + dy) not in prises), (0, 0)
        )
        prises.add((case[0] + libre[0], case[1] + libre[1]))
        yield lieu, x + libre[0] * ECART, y + libre[1] * ECART


def _rond_du_lieu(lieu: Mapping, x: float, y: float) -> Rond:
    return Rond(
        round(x),
        round(y),
        RAYON,
        lieu["nom"],
        reverse("accueil:laureat", args=[lieu["slug"]]),
        laureat=lieu["slug"],
    )


def _rond_du_departement(ligne: Mapping, plus_grand: int, adresse: Callable[[str], str]) -> Rond | None:
    place = placer(ligne["code"], None, None)
    if place is None:
        return None
    rayon = max(RAYON, round(RAYON_MAX * sqrt(ligne["n"] / plus_grand)))  # the surface tells the number
    titre = f"Département {ligne['code']}\u00a0: {francais.compter(ligne['n'], 'lieu', 'lieux')}"
    return Rond(
        round(place[0]), round(place[1]), rayon, titre, adresse(contours()[ligne["code"]].region), ligne["n"]
    )
