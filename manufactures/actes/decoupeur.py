"""Asks another process what an untrusted file holds: pdfium, zxing, qpdf and Pillow never read one in this process."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from manufactures.actes.feuille import Feuille, lire_la_feuille

DECOUPE = Path(__file__).with_name("decoupe.py")
PATIENCE_S = 90
PHRASES = {
    "protege": "Ce PDF est protégé par un mot de passe. Numérisez les lettres de nouveau, sans mot de passe.",
    "pages": "Ce PDF dépasse 200 pages. Numérisez les lettres en plusieurs fois.",
    "volume": "Une page de ce PDF est trop lourde à dessiner. Numérisez les lettres à 300 points par pouce au plus.",
    "illisible": "Ce PDF est illisible. Numérisez les lettres de nouveau.",
    "image_illisible": "Cette image est illisible. Ajoutez une image PNG ou JPG.",
    "image_lourde": "Cette image dépasse 12 millions de points. Réduisez-la.",
    "image_blanche": "Cette image est blanche : on n'y voit pas de signature.",
}


class NumerisationRefusee(ValueError):
    """A scan that cannot be read; the message is a sentence for the agent."""


@dataclass(frozen=True)
class PageLue:
    """One page as it was read: its code if it bears one of ours, the turn to the right that puts it straight."""

    feuille: Feuille | None
    tour: int
    blanche: bool
    vignette: bytes


def lire_les_pages(contenu: bytes, debut: int, nombre: int) -> tuple[int, list[PageLue]]:
    """How many pages the scan has, and these, `debut` counted from 0. Raises NumerisationRefusee."""
    reponse, _ = _demander({"geste": "lire", "debut": debut, "nombre": nombre}, contenu)
    pages = [
        PageLue(
            feuille=_feuille(page["codes"]),
            tour=page["tour"],
            blanche=page["blanche"],
            vignette=base64.b64decode(page["vignette"]),
        )
        for page in reponse["pages"]
    ]
    return reponse["total"], pages


def couper(contenu: bytes, pages: list[tuple[int, int]], titre: str) -> bytes:
    """These pages (rank from 0, turn) as one PDF. Raises NumerisationRefusee."""
    return _demander({"geste": "couper", "pages": pages, "titre": titre}, contenu)[1]


def redessiner(contenu: bytes) -> bytes:
    """The ink of an image (PNG, JPG), as a small PNG. Raises NumerisationRefusee."""
    return _demander({"geste": "redessiner"}, contenu)[1]


def _feuille(codes: list[str]) -> Feuille | None:
    """The code that tells the page too wins over the one that tells the act alone; codes of two acts tell nothing."""
    feuilles = [feuille for texte in codes if (feuille := lire_la_feuille(texte))]
    if len({feuille.code for feuille in feuilles}) != 1:
        return None
    return max(feuilles, key=lambda feuille: feuille.rang)


def _demander(demande: dict, contenu: bytes) -> tuple[dict, bytes]:
    try:
        fini = subprocess.run(
            [sys.executable, "-I", str(DECOUPE)],
            input=json.dumps(demande).encode() + b"\n" + contenu,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            check=True,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise NumerisationRefusee(PHRASES["volume"]) from None
    ligne, _, octets = fini.stdout.partition(b"\n")
    reponse = json.loads(ligne)
    if mot := reponse.get("mot"):
        raise NumerisationRefusee(PHRASES[mot])
    return reponse, octets
