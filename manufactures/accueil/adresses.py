"""Every address of the project, with the row of the rights table that opens it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from manufactures.droits import DROITS

# What is not ours answers to its own rules: one row each, by the first folder of the address.
TIERS = {
    "/admin/": ("administration", "Administration technique (Django)", 52),
    "/compte/": ("compte", "Son compte (allauth) : connexion, inscription, second facteur", 4),
}
SANS_CORPS = ("head", "options", "trace")


@dataclass(frozen=True)
class Adresse:
    """One address: its name, its pattern, what it takes, and whose deed it is.

    `geste_du_post` is the deed of its forms where one row opens the page and another one its button; a page of several
    buttons asks for each deed itself.
    """

    nom: str
    motif: str
    methodes: tuple[str, ...]
    geste: str
    ligne: int | None
    droit: str
    geste_du_post: str = ""

    def en_json(self) -> dict:
        """For machines."""
        return asdict(self)


def adresses() -> list[Adresse]:
    """All of them, in the order of their patterns. Raises LookupError at a view of ours that names no known deed."""
    return sorted((_adresse(*trouvee) for trouvee in _parcourir()), key=lambda adresse: adresse.motif)


def _parcourir(motifs=None, prefixe="/", espace="") -> Iterator[tuple[str, str, URLPattern]]:
    """Pattern and full name of each view, includes unfolded."""
    for motif in get_resolver().url_patterns if motifs is None else motifs:
        chemin = prefixe + str(motif.pattern)
        if isinstance(motif, URLResolver):
            dedans = f"{espace}{motif.namespace}:" if motif.namespace else espace
            yield from _parcourir(motif.url_patterns, chemin, dedans)
        else:
            yield chemin, f"{espace}{motif.name}" if motif.name else "", motif


def _adresse(chemin: str, nom: str, motif: URLPattern) -> Adresse:
    for debut, (geste, libelle, ligne) in TIERS.items():
        if chemin.startswith(debut):
            return Adresse(nom, chemin, ("GET", "POST"), geste, ligne, libelle)
    vue = getattr(motif.callback, "view_class", None)
    geste = getattr(vue, "geste", "")
    if geste not in DROITS:
        raise LookupError(f"{chemin} ne nomme aucun geste connu ({geste!r}).")
    droit, poste = DROITS[geste], getattr(vue, "geste_du_post", "")
    return Adresse(nom, chemin, _methodes(motif), geste, droit.ligne, droit.libelle, poste)


def _methodes(motif: URLPattern) -> tuple[str, ...]:
    """What the view takes: the methods it permits, among those it writes."""
    vue = motif.callback.view_class
    permises = motif.callback.view_initkwargs.get("http_method_names", vue.http_method_names)
    return tuple(m.upper() for m in permises if m not in SANS_CORPS and hasattr(vue, m))
