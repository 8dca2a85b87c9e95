"""The code shown at a door: derived from the session, the half day and the clock, never stored.

It changes every two minutes; the window just over is still taken, for who was signing in meanwhile.
"""

import binascii
import struct
from base64 import b32decode, b32encode
from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from manufactures import horloge

FENETRE = 120  # seconds
FENETRES_ADMISES = 2
CHIFFRES = 4
_SEL = "accompagnement.emargement"
# Session, rank of the half day, 40 bits of signature: ten bytes, hence sixteen characters in base 32.
_PORTE = struct.Struct(">IB5s")


def chiffres(session: int, rang: int, recul: int = 0) -> str:
    """The four figures of one window (`recul`: how many windows ago), typed by hand."""
    return _chiffres(session, rang, _fenetre() - recul)


def code_de_porte(session: int, rang: int, recul: int = 0) -> str:
    """The short code of one window, held by the QR code: it says which door, and signs it."""
    return _code(session, rang, _fenetre() - recul)


def programme(session: int, rang: int, debut: datetime, fin: datetime) -> dict:
    """What the door will show between two instants: its windows are shown by a phone that the network has left."""
    premiere, derniere = _fenetre(debut), _fenetre(fin)
    fenetres = range(premiere, derniere)
    return {
        "duree": FENETRE,
        "premiere": premiere,
        "codes": [_code(session, rang, fenetre) for fenetre in fenetres],
        "chiffres": [_chiffres(session, rang, fenetre) for fenetre in fenetres],
    }


def porte_de(code: str) -> tuple[int, int] | None:
    """(session, rank of the half day) that this code names, without believing it; None where it names nothing."""
    try:
        session, rang, _ = _PORTE.unpack(b32decode(code.upper()))
    except (binascii.Error, struct.error, ValueError):
        return None
    return session, rang


def est_affiche(saisi: str, fabrique, session: int, rang: int) -> bool:
    """`saisi` is what the door shows, or showed just before."""
    attendus = [fabrique(session, rang, recul) for recul in range(FENETRES_ADMISES)]
    # Each is compared, so that the time taken says nothing.
    return any([constant_time_compare(saisi.lower(), attendu) for attendu in attendus])


def _fenetre(instant: datetime | None = None) -> int:
    return int((instant or horloge.maintenant()).timestamp()) // FENETRE


def _chiffres(session: int, rang: int, fenetre: int) -> str:
    signature = _signature("chiffres", session, rang, fenetre)
    return str(int.from_bytes(signature[:8]) % 10**CHIFFRES).zfill(CHIFFRES)


def _code(session: int, rang: int, fenetre: int) -> str:
    signature = _signature("porte", session, rang, fenetre)
    return b32encode(_PORTE.pack(session, rang, signature[:5])).decode().lower()


def _signature(usage: str, session: int, rang: int, fenetre: int) -> bytes:
    return salted_hmac(f"{_SEL}.{usage}", f"{session}/{rang}/{fenetre}", algorithm="sha256").digest()
