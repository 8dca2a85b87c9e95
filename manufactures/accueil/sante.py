"""Is the machine well? Each part is asked in a second or two; what does not answer is named."""

import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.http import JsonResponse

from manufactures.celery import app
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin

DELAI_FILE_S = 1
DELAI_OUVRIER_S = 2
BIEN, MUETTE = "ok", "ne répond pas"


def base_de_donnees() -> bool:
    """One row is read."""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
            return curseur.fetchone() == (1,)
    except Error:
        return False


def stockage() -> bool:
    """A few bytes are written, read back, removed."""
    try:
        nom = default_storage.save(f"sante/{uuid.uuid4()}", ContentFile(b"ok"))
        try:
            with default_storage.open(nom) as fichier:
                return fichier.read() == b"ok"
        finally:
            default_storage.delete(nom)
    except OSError:
        return False


def file_d_attente() -> bool:
    """The broker takes a connection."""
    try:
        with app.connection_for_write() as lien:
            lien.ensure_connection(max_retries=1, timeout=DELAI_FILE_S)
            return True
    except Exception:  # each broker has its own errors: any of them means that it is away
        return False


def ouvrier() -> bool:
    """A worker answers."""
    try:
        return bool(app.control.ping(timeout=DELAI_OUVRIER_S, limit=1))
    except Exception:  # the broker left between the two questions
        return False


def etat_de_sante() -> dict:
    """What answers and what does not; the worker is not asked where the broker is away."""
    reponses = {
        "base_de_donnees": base_de_donnees(),
        "stockage": stockage(),
        "file_d_attente": file_d_attente(),
    }
    reponses["ouvrier"] = reponses["file_d_attente"] and ouvrier()
    en_panne = [nom for nom, repond in reponses.items() if not repond]
    etat = {"etat": "en panne" if en_panne else "ok"}
    etat |= {nom: BIEN if repond else MUETTE for nom, repond in reponses.items()}
    return etat | {"en_panne": en_panne}


def repondre() -> JsonResponse:
    """200 where everything answers, 503 naming what does not."""
    etat = etat_de_sante()
    reponse = JsonResponse(
        etat, status=503 if etat["en_panne"] else 200, json_dumps_params={"ensure_ascii": False}
    )
    reponse["Cache-Control"] = "no-store"
    return reponse


class SanteView(GesteMixin):
    """Read by the machine's watchers: no name, no figure of the programme."""

    geste = PUBLIC

    def get(self, request):
        """The same answer for everyone."""
        return repondre()
