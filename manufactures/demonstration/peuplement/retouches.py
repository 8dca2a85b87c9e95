"""What a copy writes otherwise than the history: its own keys, no file behind its acts, nothing left to send, and the
figures that count all the items of a sitting."""

import json

from manufactures.demonstration.peuplement import seances, temps
from manufactures.demonstration.peuplement.moules import (
    ACTES,
    VERSIONS,
    Fonte,
    Moule,
    decouper,
    ecrire,
    marque,
)
from manufactures.demonstration.peuplement.releve import JOURNAL, MOT, Ligne


def _est_une_seance(moule: Moule) -> bool:
    return moule.nom.startswith("seance-")


def version(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """The frozen text is written once, for its column and for its digest."""
    v = ligne.valeurs
    canonique = ecrire(json.loads(v["contenu"]), sort_keys=True)
    empreinte = moule.place("empreinte", moule.nom, ligne.cle)
    moule.versions.append((empreinte, moule.place("contenu", ligne.cle), fonte.texte(moule, canonique)))
    return v | {"contenu": marque("contenu", ligne.cle)}


def acte(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """Numbered in its year's series, without file: nobody renders it."""
    v = ligne.valeurs
    k = len(moule.actes)
    moule.actes.append(moule.instant(temps.lire_instant(v["cree_le"]).local))
    if _est_une_seance(moule):
        instantane = seances.instantane(fonte, moule, ligne)
    else:
        instantane = ecrire(_placer(json.loads(v["instantane"])))
    return v | {
        "annee": marque("annee", k),
        "rang": marque("rang_annuel", k),
        "etat": "SANS_FICHIER",
        "instantane": instantane,
    }


# Words of the snapshots that depend on the place or on the whole wave.
PLACES = {"outre_mer": "outre_mer", "nb_dossiers": "examines"}


def _placer(contenu):
    if isinstance(contenu, dict):
        return {cle: marque(PLACES[cle]) if cle in PLACES else _placer(dit) for cle, dit in contenu.items()}
    return [_placer(dit) for dit in contenu] if isinstance(contenu, list) else contenu


def message(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """Sent the minute it was written: nothing is left to send."""
    v = ligne.valeurs | {"etat": "ENVOYE", "envoye_le": ligne.valeurs["cree_le"]}
    v["message_id"] = f"<{v['id']}@peuplement.test>"
    v["corps_html"] = MOT.sub(lambda mot: marque("html", *decouper(mot[0])), v["corps_html"])
    if _est_une_seance(moule):
        points = fonte.points[moule.nom]
        v |= {nom: seances.deja_dit(v[nom], points) for nom in ("objet", "corps_texte", "corps_html")}
    return v


def entree(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """The closing of a sitting counts its items."""
    v = ligne.valeurs
    if _est_une_seance(moule) and v["action"] == "clore":
        return v | {"faits": json.dumps(json.loads(v["faits"]) | {"points": marque("nombre")})}
    return v


def seance(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """The envelope at the opening is that of the real wave."""
    lignes = ligne.valeurs["enveloppe_ouverture"]
    return ligne.valeurs | {
        "enveloppe_ouverture": lignes if lignes == "[]" else marque("enveloppe", "enveloppe_ouverture")
    }


def bulletin(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """A key of its own."""
    return ligne.valeurs | {"id": marque("uuid", ligne.cle)}


def site(fonte: Fonte, moule: Moule, ligne: Ligne) -> dict:
    """Where the commune is."""
    return ligne.valeurs | {"latitude": marque("latitude"), "longitude": marque("longitude")}


RETOUCHES = {
    VERSIONS: version,
    ACTES: acte,
    JOURNAL: entree,
    "courrier_message": message,
    "selection_seance": seance,
    "selection_emargement": bulletin,
    "selection_bulletin": bulletin,
    "candidatures_site": site,
}
