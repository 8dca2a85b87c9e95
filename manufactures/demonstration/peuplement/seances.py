"""What a sitting says of all its items at once: minutes, summons, counts. In a copy the items are others, and more."""

import json

from manufactures.demonstration.peuplement.moules import Fonte, Moule
from manufactures.demonstration.peuplement.recits import PAR_RANG
from manufactures.demonstration.peuplement.releve import Ligne
from manufactures.demonstration.peuplement.signes import RANGS
from manufactures.demonstration.peuplement.textes import ecrire, marque
from manufactures.francais import compter

COMPTES = {  # figure of the minutes -> opinion that it counts
    "n_favorables": "favorable",
    "n_reserves": "reserve",
    "n_defavorables": "defavorable",
    "n_ajournements": "ajournement",
    "n_liste_complementaire": "liste",
}
ACCORDS = {  # words that follow a number of items
    "candidature recevable": "candidatures recevables",
    "projet lauréat": "projets lauréats",
    "candidature": "candidatures",
    "dossier": "dossiers",
}
PORTEUR = ("porteur", "porteurs")
MINUTES_PAR_DOSSIER = 10


def seance_du_rang(rang: int) -> str:
    """Which sitting an item of this rank belongs to."""
    return max((premier, cle) for cle, premier in RANGS.items() if premier <= rang)[1]


def accorder(nombre: int, singulier: str) -> str:
    """« 1 candidature recevable », « 40 candidatures recevables »."""
    return compter(nombre, singulier, ACCORDS.get(singulier))


def deja_dit(texte: str, points: int) -> str:
    """A text in which the number of items is a place."""
    for singulier, pluriel in ACCORDS.items():
        texte = texte.replace(compter(points, singulier, pluriel), marque("points", singulier))
    return texte.replace(compter(points, "minute"), marque("points", "minute"))


def instantane(fonte: Fonte, moule: Moule, ligne: Ligne) -> str:
    """The snapshot of a sitting's act, its lists cut by dossier."""
    contenu = json.loads(ligne.valeurs["instantane"])
    points = fonte.points[moule.nom]
    if "dossiers" in contenu:
        _proces_verbal(fonte, moule, contenu)
    for ligne_du_jour in contenu.get("ordre_du_jour", ()):
        ligne_du_jour["libelle"] = deja_dit(ligne_du_jour["libelle"], points)
        if ligne_du_jour["duree"]:
            ligne_du_jour["duree"] = marque("duree")
    return ecrire(contenu)


def _proces_verbal(fonte: Fonte, moule: Moule, contenu: dict) -> None:
    for cle in ("dossiers", "liste_classee"):
        if cle not in contenu:
            continue
        for ordre, element in enumerate(contenu[cle]):
            sien = fonte.moules[fonte.releve.numeros[element["numero"]]]
            if cle == "liste_classee":
                element["rang"] = marque("ordre")
            sien.fragments[moule.nom, cle] = ordre, fonte.texte(sien, ecrire(element))
        contenu[cle] = marque("liste", cle)
    for cle in COMPTES.keys() & contenu.keys():
        if contenu[cle]:  # a first sitting gives no opinion
            contenu[cle] = marque("compte", COMPTES[cle])
    for cle in ("enveloppe_ouverture", "enveloppe_cloture"):
        if cle in contenu:
            contenu[cle] = marque("enveloppe", cle)
    entendus = sum(PAR_RANG[recit].audition for recit in PAR_RANG)
    for point in contenu.get("points", ()):
        point["texte"] = point["texte"].replace(compter(entendus, *PORTEUR), marque("entendus"))
