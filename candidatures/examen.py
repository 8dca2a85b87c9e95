"""What is wrong with a file that nobody trusts, in one word: run as a script, in a process of its own.

It imports nothing of ours. `examinateur.py` starts it once, with the slow libraries loaded; each file is then read by a
child of its own, with 512 MB and 20 seconds at most, that may write no file (guarantees F14, F15, F17).
"""

import io
import json
import os
import re
import resource
import stat
import sys
import zipfile
import zlib

import magic
import pikepdf
from PIL import Image, ImageOps

MEMOIRE_MAX = 512 * 1024 * 1024
SECONDES_MAX = 20
DEPLIE_MAX = 200 * 1024 * 1024  # what an office file may weigh once unfolded
RATIO_MAX = 100
ENTREES_MAX = 2_000
MORCEAU = 1024 * 1024
PAGES_MAX = 500
PIXELS_MAX = 40_000_000
APERCU = (1600, 1600)
ARCHIVES = ("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz")
FORMATS = {"jpg": ("JPEG", "MPO"), "png": ("PNG",)}  # MPO: a telephone's JPEG with a second picture inside
TYPES_ODF = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
DOSSIERS_OOXML = {"docx": "word/", "xlsx": "xl/"}
OFFICE = tuple(DOSSIERS_OOXML) + tuple(TYPES_ODF)
# What libmagic says of an office file whose parts stand in another order.
ENVELOPPES = {"application/zip", "application/octet-stream"}
OOXML = "application/vnd.openxmlformats-officedocument."
LUS = {  # what libmagic may read in a file of each kind
    "pdf": {"application/pdf"},
    "jpg": {"image/jpeg"},
    "png": {"image/png"},
    "docx": ENVELOPPES | {f"{OOXML}wordprocessingml.document"},
    "xlsx": ENVELOPPES | {f"{OOXML}spreadsheetml.sheet"},
    **{genre: ENVELOPPES | {mime.decode()} for genre, mime in TYPES_ODF.items()},
}
LIBMAGIC = magic.Magic(mime=True)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMMES = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition"}
CLES = {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent", "/RichMedia"}
SUSPECT = re.compile(
    rb"/(JS|JavaScript|EF|EmbeddedFiles|XFA|RichMedia\w*|Launch|ImportData|SubmitForm|GoToE|Rendition)\b"
)
SCRIPT = re.compile(rb"<\?php|<script|<!doctype html", re.IGNORECASE)
LIEN_ACTIF = re.compile(  # fields and links that run a program or fetch another document when the file opens
    rb"<w:instrText[^>]{0,200}>\s{0,50}DDE|w:instr=[\"']\s{0,50}DDE|<ddeLink|<text:dde-connection|<table:dde-link"
    rb"|<!ENTITY|/(?:attachedTemplate|oleObject|subDocument|frame)[\"'][^>]{0,300}TargetMode=[\"']External"
    rb"|TargetMode=[\"']External[\"'][^>]{0,300}/(?:attachedTemplate|oleObject|subDocument|frame)[\"']"
)
RECOUVREMENT = 400  # a pattern may stand across two pieces


class Refus(Exception):
    """The word that says why; the sentence is `fichiers.PHRASES`."""


def examiner(genre: str, contenu: bytes) -> None:
    """Read the whole file as what its name announces, then ask libmagic what it sees there. Raises Refus."""
    if genre == "pdf":
        _pdf(contenu)
    elif genre in FORMATS:
        _image(genre, contenu)
    else:
        _office(genre, contenu)
    if LIBMAGIC.from_buffer(contenu) not in LUS[genre]:
        raise Refus("type")


# -- PDF -----------------------------------------------------------------------------------------------------
def _pdf(contenu: bytes) -> None:
    if not re.match(rb"%PDF-\d\.\d\s", contenu) or SCRIPT.search(contenu[:1024]):
        raise Refus("double")
    if b"%%EOF" not in contenu.rstrip(b"\0\r\n\t ")[-4096:]:
        raise Refus("incomplet")
    _sans_archive_derriere(contenu)
    try:
        with pikepdf.open(io.BytesIO(contenu)) as pdf:
            if pdf.is_encrypted:
                raise Refus("protege")
            if not len(pdf.pages):
                raise Refus("illisible")
            if len(pdf.pages) > PAGES_MAX:
                raise Refus("pages")
            if any(_est_actif(objet) for objet in pdf.objects):
                raise Refus("actif")
    except pikepdf.PasswordError:
        raise Refus("protege") from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        raise Refus("illisible") from None


def _est_actif(objet) -> bool:
    """A script, a program to launch or an embedded file stands in this object; its references are other objects."""
    if not isinstance(objet, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        return False
    texte = (objet.stream_dict if isinstance(objet, pikepdf.Stream) else objet).unparse(resolved=True)
    return bool(SUSPECT.search(texte)) and _agit(objet, 0)


def _agit(objet, profondeur: int) -> bool:
    if profondeur > 50:  # noqa: PLR2004 -- nobody nests so deep in good faith
        return True
    if isinstance(objet, pikepdf.Dictionary | pikepdf.Stream):
        if set(objet.keys()) & CLES or {str(objet.get("/S")), str(objet.get("/Subtype"))} & (ACTIONS | CLES):
            return True
        suite = [valeur for _, valeur in objet.items()]
    elif isinstance(objet, pikepdf.Array):
        suite = list(objet)
    else:
        return False
    return any(
        _agit(x, profondeur + 1)
        for x in suite
        if isinstance(x, pikepdf.Object) and not getattr(x, "is_indirect", False)
    )


# -- Images --------------------------------------------------------------------------------------------------
def _image(genre: str, contenu: bytes) -> None:
    Image.MAX_IMAGE_PIXELS = None  # counted here
    if SCRIPT.search(contenu):
        raise Refus("double")
    _sans_archive_derriere(contenu)
    try:
        with Image.open(io.BytesIO(contenu), formats=FORMATS[genre]) as image:
            if image.width * image.height > PIXELS_MAX:
                raise Refus("pixels")
            image.load()
    except (OSError, ValueError, SyntaxError, EOFError, zlib.error):
        raise Refus("incomplet") from None


def apercu(genre: str, contenu: bytes) -> bytes:
    """The picture made again from its pixels, at most 1600 wide: nothing else of the file goes to a browser."""
    with Image.open(io.BytesIO(contenu), formats=FORMATS[genre]) as image:
        image.draft("RGB", APERCU)
        redressee = ImageOps.exif_transpose(image)
        redressee.thumbnail(APERCU)
        fond = Image.new("RGB", redressee.size, "white")
        claire = redressee.convert("RGBA")
        fond.paste(claire, mask=claire.getchannel("A"))
        sortie = io.BytesIO()
        fond.save(sortie, "JPEG", quality=80)
    return sortie.getvalue()


def _sans_archive_derriere(contenu: bytes) -> None:
    """No archive glued behind a PDF or an image."""
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            if archive.infolist():
                raise Refus("double")
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        pass
    if contenu[:3] != b"%PD" and any(
        s in contenu[-65_536:] for s in (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
    ):
        raise Refus("double")


# -- Office --------------------------------------------------------------------------------------------------
def _office(genre: str, contenu: bytes, profondeur: int = 0) -> None:
    """Bombs, passwords, macros, objects, archives: the bytes are counted as they unfold, whatever the file declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
            infos = archive.infolist()
            if any(info.flag_bits & 0x1 for info in infos):
                raise Refus("protege")
            if len(infos) > ENTREES_MAX:
                raise Refus("volume")
            _noms(infos)
            _deplier(archive, infos, len(contenu), profondeur)
            _est_ce_type(genre, archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, KeyError, OSError):
        raise Refus("illisible") from None


def _noms(infos) -> None:
    """Names inside: no path that escapes, no link, no macro, no archive."""
    for info in infos:
        nom = info.filename
        if nom.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", nom) or "\0" in nom:
            raise Refus("illisible")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refus("illisible")
        bas = nom.lower()
        if bas.endswith(("vbaproject.bin", "vbadata.xml")) or nom.startswith(("Basic/", "Scripts/")):
            raise Refus("macro")
        if "macrosheets/" in bas or "activex/" in bas:
            raise Refus("macro")
        if bas.endswith(tuple(f".{e}" for e in ARCHIVES)):
            raise Refus("archive_dedans")
    if len({info.filename for info in infos}) != len(infos):
        raise Refus("illisible")


def _deplier(archive, infos, taille: int, profondeur: int) -> None:
    """Unfold each entry to nowhere, count it, read what it is."""
    plafond = min(DEPLIE_MAX, max(RATIO_MAX * taille, MORCEAU))
    deplie = 0
    for info in infos:
        avant, debut = b"", None
        garde = [] if "/embeddings/" in info.filename.lower() else None
        with archive.open(info) as entree:
            while morceau := entree.read(MORCEAU):
                deplie += len(morceau)
                if deplie > plafond:
                    raise Refus("volume")
                if debut is None:
                    debut = morceau[:16]
                    _entree(debut, garde is not None)
                if garde is not None:
                    garde.append(morceau)
                _texte(info.filename, avant + morceau)
                avant = morceau[-RECOUVREMENT:]
        if garde and debut.startswith(b"PK\x03\x04"):
            _incorpore(info.filename, b"".join(garde), profondeur)


def _entree(debut: bytes, incorporee: bool) -> None:
    if debut.startswith(OLE):
        raise Refus("objet")
    if debut.startswith(PROGRAMMES):
        raise Refus("programme_dedans")
    if (
        debut.startswith((b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b"))
        and not incorporee
    ):
        raise Refus("archive_dedans")


def _incorpore(nom: str, contenu: bytes, profondeur: int) -> None:
    """A sheet behind a chart is read as the file itself; nothing inside that one."""
    genre = nom.rpartition(".")[2].lower()
    if genre not in OFFICE or profondeur:
        raise Refus("archive_dedans")
    _office(genre, contenu, profondeur + 1)


def _texte(nom: str, morceau: bytes) -> None:
    bas = nom.lower()
    if not bas.endswith((".xml", ".rels")):
        return
    if bas == "[content_types].xml" and (b"macroEnabled" in morceau or b"vbaProject" in morceau):
        raise Refus("macro")
    if bas == "meta-inf/manifest.xml":
        if b"encryption-data" in morceau:
            raise Refus("protege")
        if b"sun.star.oleobject" in morceau:
            raise Refus("objet")
    if LIEN_ACTIF.search(morceau):
        raise Refus("lien")


def _est_ce_type(genre: str, archive) -> None:
    noms = set(archive.namelist())
    if genre in DOSSIERS_OOXML:
        juste = "[Content_Types].xml" in noms and any(n.startswith(DOSSIERS_OOXML[genre]) for n in noms)
    else:
        juste = "mimetype" in noms and archive.read("mimetype")[:100].strip() == TYPES_ODF[genre]
    if not juste:
        raise Refus("type")


# -- The process ---------------------------------------------------------------------------------------------
def _borner() -> None:
    """Memory, time, and no file to write: the bounds of one child."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_MAX, MEMOIRE_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES_MAX, SECONDES_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def traiter(geste: str, genre: str, contenu: bytes) -> tuple[str, bytes]:
    """The word of the refusal, or ""; and the picture, where one was asked for."""
    try:
        if geste == "apercu":
            return "", apercu(genre, contenu)
        examiner(genre, contenu)
    except Refus as refus:
        return str(refus), b""
    except (MemoryError, RecursionError):
        return "volume", b""
    except Exception:  # a library that stumbles on a crafted file: it is not taken
        return "illisible", b""
    return "", b""


def _par_un_enfant(geste: str, genre: str, contenu: bytes) -> bytes:
    """The answer of a child made for this file; nothing when it did not live to give one."""
    lecture, ecriture = os.pipe()
    enfant = os.fork()
    if not enfant:
        os.close(lecture)
        _borner()
        mot, image = traiter(geste, genre, contenu)
        with os.fdopen(ecriture, "wb") as sortie:
            sortie.write(mot.encode() + b"\n" + image)
        os._exit(0)
    os.close(ecriture)
    with os.fdopen(lecture, "rb") as entree:
        reponse = entree.read()
    os.waitpid(enfant, 0)
    return reponse


def servir(entree, sortie) -> None:
    """One line of JSON and the bytes of a file in; one line of JSON and the bytes of a picture out; until the end."""
    while ligne := entree.readline():
        demande = json.loads(ligne)
        reponse = _par_un_enfant(demande["geste"], demande["genre"], entree.read(demande["taille"]))
        mot, fin, image = reponse.partition(b"\n")
        entete = {"mot": mot.decode() if fin else "volume", "taille": len(image)}
        sortie.write(json.dumps(entete).encode() + b"\n" + image)
        sortie.flush()


if __name__ == "__main__":
    servir(sys.stdin.buffer, sys.stdout.buffer)
