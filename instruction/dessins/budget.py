"""The two plans: for each, where its money comes from, by standing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from instruction.dessins.commun import BLANC, CLAIR, ENCRE, FONCE, MOYEN, Dessin, image, mot, rectangle
from manufactures.francais import enumerer, euros, pourcent

LARGE, GAUCHE, BARRE, LIGNE, LEGENDE = 1740, 250, 1480, 84, 60
ASSEZ_LARGE = 120  # under this, its share does not fit in a segment

DEMANDE = "subvention demandée"
FONDS = {
    DEMANDE: ENCRE,
    "acquis": FONCE,
    "conditionnel": MOYEN,
    "sollicité": CLAIR,
    "envisagé": BLANC,
}
SOMBRES = {ENCRE, FONCE}


def dessiner_budget(volets: Iterable[Mapping]) -> Dessin | None:
    """A bar a plan, from the firmest to the least firm money; None without any resource."""
    barres = [(str(v["libelle"]), _parts(v)) for v in volets if Decimal(str(v["ressources"]))]
    if not barres:
        return None
    corps = "".join(_barre(rang, libelle, parts) for rang, (libelle, parts) in enumerate(barres))
    presentes = [nom for nom in FONDS if any(nom in parts for _, parts in barres)]
    corps += _legende(len(barres) * LIGNE + 14, presentes)
    texte = "Origine des ressources. " + " ".join(_dire(libelle, parts) for libelle, parts in barres)
    return Dessin(image(LARGE, len(barres) * LIGNE + LEGENDE, corps), texte)


def _parts(volet: Mapping) -> dict[str, Decimal]:
    """What each kind of money brings, without what brings nothing."""
    sommes = {DEMANDE: Decimal(str(volet["demande"]))} | {
        str(ligne["statut"]): Decimal(str(ligne["montant"])) for ligne in volet["autres"]
    }
    return {nom: sommes[nom] for nom in FONDS if sommes.get(nom)}


def _taux(montant: Decimal, parts: dict) -> Decimal:
    return (montant * 100 / sum(parts.values())).quantize(Decimal(1))


def _barre(rang: int, libelle: str, parts: dict[str, Decimal]) -> str:
    y, x, total = rang * LIGNE + 8, Decimal(GAUCHE), sum(parts.values())
    dessin = mot(0, y + 41, libelle, taille=27, gras=True)
    for nom, montant in parts.items():
        large = montant * BARRE / total
        dessin += rectangle(x, y, large, LIGNE - 24, FONDS[nom])
        if large >= ASSEZ_LARGE:
            part = mot(x + large / 2, y + 40, pourcent(_taux(montant, parts)), ancre="middle", gras=True)
            dessin += part.replace(ENCRE, BLANC) if FONDS[nom] in SOMBRES else part
        x += large
    return dessin


def _legende(y: int, noms: list[str]) -> str:
    dessin, x = "", GAUCHE
    for nom in noms:
        dessin += rectangle(x, y, 26, 26, FONDS[nom]) + mot(x + 38, y + 23, nom)
        x += 38 + 15 * len(nom) + 50
    return dessin


def _dire(libelle: str, parts: dict[str, Decimal]) -> str:
    lignes = [f"{nom} {euros(montant)} ({pourcent(_taux(montant, parts))})" for nom, montant in parts.items()]
    return f"{libelle} : {enumerer(lignes)}."
