"""What anybody may learn of a paper or a file: is it ours, was it changed, is it still in force."""

from django.http import Http404

from manufactures import horloge
from manufactures.actes.genres import GENRES
from manufactures.actes.models import Acte
from manufactures.actes.sceau import emetteurs, verifier_sceau


def publics():
    """Acts that verification may answer for: an act under embargo answers like an unknown code."""
    return Acte.objects.diffuses(horloge.maintenant()).select_related("remplace_par")


def page_publique(acte: Acte) -> dict:
    """The public facts of an act; the seal is checked on the stored file."""
    sceau = None
    if acte.fichier:
        try:
            sceau = verifier_sceau(acte.lire_fichier())
        except FileNotFoundError as perte:
            raise Http404 from perte
    return {
        "acte": acte,
        "nature": GENRES[acte.genre].nature_publique,
        "sceau": sceau,
        "certificat_expire": sceau is not None and sceau.est_perime(horloge.maintenant()),
    }


def examiner(contenu: bytes) -> dict:
    """A file of no known digest: what its seal tells, in one sentence and one word.

    ALTERE: our seal is there, and broken. INCONNU: nothing of ours. HORS_REGISTRE: our seal stands, on a file that no
    released act has.
    """
    sceau = verifier_sceau(contenu)
    if sceau.valide:
        return {
            "examen": "HORS_REGISTRE",
            "phrase": "Ce fichier porte le sceau de l'agence, mais aucun acte diffusé n'a son empreinte.",
        }
    a_nous = sceau.emetteur in emetteurs() if sceau.emetteur else b"/ByteRange" in contenu
    return {"examen": "ALTERE" if a_nous else "INCONNU", "phrase": sceau.raison}
