"""ClamAV, where one is configured: its INSTREAM command, over TCP or a socket of the machine, with a time limit."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

PORT = 3310
CONNEXION_S = 5
LECTURE_S = 60
MORCEAU = 64 * 1024
REPONSE_MAX = 4096


class AntivirusInjoignable(Exception):
    """No verdict: nobody answers, too late, or the answer is no verdict. To be asked again."""


def _ouvrir() -> socket.socket:
    adresse = urlsplit(settings.CLAMAV_URL)
    if adresse.scheme == "unix":
        prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        prise.settimeout(CONNEXION_S)
        try:
            prise.connect(adresse.path)
        except OSError:
            prise.close()
            raise
        return prise
    return socket.create_connection((adresse.hostname, adresse.port or PORT), CONNEXION_S)


def chercher(fichier) -> str:
    """The name of the virus found in this file, or "". Raises AntivirusInjoignable."""
    try:
        with _ouvrir() as prise:
            prise.settimeout(LECTURE_S)
            prise.sendall(b"zINSTREAM\0")
            while morceau := fichier.read(MORCEAU):
                prise.sendall(struct.pack(">I", len(morceau)) + morceau)
            prise.sendall(struct.pack(">I", 0))
            reponse = _lire(prise)
    except OSError as panne:
        raise AntivirusInjoignable(str(panne)) from panne
    # "stream: OK", "stream: Eicar-Test-Signature FOUND", "INSTREAM size limit exceeded. ERROR"
    if reponse.endswith("FOUND"):
        return reponse.partition(": ")[2].removesuffix("FOUND").strip() or "inconnu"
    if reponse.endswith("OK"):
        return ""
    raise AntivirusInjoignable(reponse or "aucune réponse")


def _lire(prise: socket.socket) -> str:
    """The one line of the answer, up to its zero."""
    lu = b""
    while b"\0" not in lu and len(lu) < REPONSE_MAX and (morceau := prise.recv(REPONSE_MAX)):
        lu += morceau
    return lu.partition(b"\0")[0].decode("utf-8", "replace").strip()
