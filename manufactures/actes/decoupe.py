"""What a scan holds, the pieces cut from it, the ink of a signature: run as a script, in a process of its own.

It imports nothing of ours, and lives for one request: pdfium, zxing and qpdf read a file that nobody trusts, in bounded
memory and time, with no file to write. What leaves is text, pictures drawn again from their pixels, and bare pages.
"""

import base64
import io
import json
import math
import resource
import sys

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

MEMOIRE_MAX = 1024 * 1024 * 1024
SECONDES_MAX = 60
PAGES_MAX = 200
PIXELS_MAX = 12_000_000  # an A4 page at 300 dpi is 8.7 millions
POINTS = 72
FINESSES = (200, 300)  # dots an inch: the second for codes that the first did not give
LARGEUR_VIGNETTE = 420
BORD = 0.06  # what a scanner darkens around the sheet
SOMBRE, SOMBRES_MAX = 170, 3
QUART = 90
PAPIER = 215  # paler than that is paper
TRACE = (900, 360)
INUTILES = ("/Annots", "/AA", "/B", "/StructParents", "/Metadata", "/PieceInfo", "/Thumb", "/Trans", "/Tabs")


class Refus(Exception):
    """The word that says why; the sentence is `decoupeur.PHRASES`."""


def lire(contenu: bytes, debut: int, nombre: int) -> list[bytes]:
    """How many pages there are, then what stands on each of these."""
    try:
        pdf = pypdfium2.PdfDocument(contenu)
    except pypdfium2.PdfiumError as cause:
        raise Refus("protege" if "password" in str(cause).lower() else "illisible") from None
    if not len(pdf):
        raise Refus("illisible")
    if len(pdf) > PAGES_MAX:
        raise Refus("pages")
    lues = [_page(pdf[rang]) for rang in range(debut, min(debut + nombre, len(pdf)))]
    return [json.dumps({"total": len(pdf), "pages": lues}).encode()]


def _page(page) -> dict:
    """The texts of its codes, the turn that puts it right, whether it is blank, and a small picture of it."""
    image, codes = None, []
    for finesse in FINESSES:
        image = _dessiner(page, finesse)
        if codes := _codes(image):
            break
    tour = -round(codes[0][1] / QUART) * QUART % 360 if codes else 0
    petite = image.copy()
    petite.thumbnail((LARGEUR_VIGNETTE, 2 * LARGEUR_VIGNETTE))
    vignette = io.BytesIO()
    petite.rotate(-tour, expand=True).save(vignette, "JPEG", quality=60)
    return {
        "codes": [texte for texte, _ in codes],
        "tour": tour,
        "blanche": not codes and _est_blanche(petite),
        "vignette": base64.b64encode(vignette.getvalue()).decode(),
    }


def _dessiner(page, finesse: int):
    largeur, hauteur = page.get_size()
    echelle = min(finesse / POINTS, math.sqrt(PIXELS_MAX / max(1.0, largeur * hauteur)))
    return page.render(scale=echelle, grayscale=True).to_pil().convert("L")


def _codes(image) -> list[tuple[str, int]]:
    """Text and orientation of each QR code."""
    trouves = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return [(code.text[:200], code.orientation) for code in trouves]


def _est_blanche(image) -> bool:
    """Nothing but dust on it, its edges apart."""
    cadre = (
        int(image.width * BORD),
        int(image.height * BORD),
        int(image.width * (1 - BORD)),
        int(image.height * (1 - BORD)),
    )
    return sum(image.crop(cadre).histogram()[:SOMBRE]) <= SOMBRES_MAX


def couper(contenu: bytes, pages: list[list[int]], titre: str) -> list[bytes]:
    """These pages ([rank from 0, turn]) as a file of their own: their drawing, and nothing else of the scan."""
    sortie = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(contenu)) as source, pikepdf.new() as piece:
            for rang, tour in pages:
                piece.pages.append(source.pages[rang])
                page = piece.pages[-1]
                for cle in INUTILES:
                    if cle in page.obj:
                        del page.obj[cle]
                page.rotate(tour, relative=True)
            piece.docinfo["/Title"] = titre
            piece.Root.Lang = pikepdf.String("fr")
            piece.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
            piece.save(sortie, deterministic_id=True)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise Refus("illisible") from None
    return [b"{}", sortie.getvalue()]


def redessiner(contenu: bytes) -> list[bytes]:
    """The ink of an image of a signature, grey on white, cropped: its pixels, and nothing else of the file."""
    Image.MAX_IMAGE_PIXELS = None  # counted here
    try:
        with Image.open(io.BytesIO(contenu), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > PIXELS_MAX:
                raise Refus("image_lourde")
            droite = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Refus("image_illisible") from None
    fond = Image.new("RGB", droite.size, "white")
    fond.paste(droite, mask=droite.getchannel("A"))
    encre = ImageOps.grayscale(fond).point(lambda gris: gris if gris < PAPIER else 255)
    if (cadre := ImageOps.invert(encre).getbbox()) is None:
        raise Refus("image_blanche")
    trace = encre.crop(cadre)
    trace.thumbnail(TRACE)
    sortie = io.BytesIO()
    trace.save(sortie, "PNG", optimize=True)
    return [b"{}", sortie.getvalue()]


GESTES = {"lire": lire, "couper": couper, "redessiner": redessiner}


def repondre(demande: dict, contenu: bytes) -> list[bytes]:
    """One line of JSON, then the bytes asked for."""
    try:
        return GESTES[demande.pop("geste")](contenu, **demande)
    except Refus as refus:
        mot = str(refus)
    except (MemoryError, RecursionError):
        mot = "volume"
    except Exception:  # a library that stumbles on a crafted file: it is not taken
        mot = "illisible"
    return [json.dumps({"mot": mot}).encode()]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_MAX, MEMOIRE_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES_MAX, SECONDES_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    ligne, _, octets = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.buffer.write(b"\n".join(repondre(json.loads(ligne), octets)))
