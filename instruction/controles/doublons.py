"""Likely duplicates, and what agents said of them."""

from collections.abc import Iterator

from django.urls import reverse

from instruction.controles.constat import Constat, selon
from instruction.models import AvisDoublon, Rapprochement
from manufactures import horloge
from manufactures.francais import compter

CODE = "doublons.ressemblance"


def controler(dossier) -> Iterator[Constat]:
    """Look for them, then say how many wait for a word."""
    yield dire(dossier, Rapprochement.chercher(dossier))


def dire(dossier, paires) -> Constat:
    """Counts only: the page of the pairs shows those that its reader may see."""
    a_juger = [paire for paire in paires if not paire.avis]
    reconnus = sum(paire.avis == AvisDoublon.DOUBLON for paire in paires)
    distincts = len(paires) - len(a_juger) - reconnus
    if a_juger:
        du_meme = sum(paire.meme_siret for paire in a_juger)
        proches = compter(len(a_juger), "autre dossier déposé", "autres dossiers déposés")
        phrase = f"Ressemble à {proches}{f', dont {du_meme} du même SIRET' if du_meme else ''}."
    elif paires:
        dits = [f"{compter(reconnus, 'doublon')}"] * bool(reconnus)
        dits += [compter(distincts, "dossier distinct", "dossiers distincts")] * bool(distincts)
        phrase = f"Déjà jugé par un agent : {', '.join(dits)}."
    else:
        phrase = "Aucun dossier déposé ne porte un titre ou un texte semblable."
    return Constat(
        CODE,
        "Doublons probables",
        selon(not a_juger),
        phrase,
        "Titres, textes et SIRET des dossiers de l'appel",
        horloge.maintenant(),
        reverse("instruction:doublons", args=[dossier.numero]) if paires else "",
        "Comparer les textes" if paires else "",
    )
