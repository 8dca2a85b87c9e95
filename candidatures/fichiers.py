"""What a file is, read from its content: an allow-list, sizes, no archive, no password, no macro."""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

import pikepdf
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from manufactures.fichiers import verrouiller
from manufactures.francais import octets

TAILLE_MAX = 20 * 1024 * 1024
TOTAL_MAX = 100 * 1024 * 1024
NOMBRE_MAX = 30
DEPLIE_MAX = 200 * 1024 * 1024  # what an office file may weigh once unfolded
RATIO_MAX = 100
ENTREES_MAX = 2_000
MORCEAU = 1024 * 1024
PAGES_MAX = 500
ACTIONS_REFUSEES = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm")
PROTEGE = "est protégé par un mot de passe. Enlevez-le, puis ajoutez-le de nouveau."
EXTENSIONS = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
ACCEPTES = "PDF, ODT, ODS, DOCX, XLSX, JPG ou PNG. 20 Mo par fichier, 30 fichiers, 100 Mo en tout."
ARCHIVES = ("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones under a password


class FichierRefuse(ValidationError):
    """A file that is not taken; the message says which, why, and what to do."""


def _refuser(nom: str, suite: str) -> FichierRefuse:
    return FichierRefuse(f"« {nom} » {suite}", code="fichier")


def nom_propre(nom: str) -> str:
    """The file's own name: no path, no control character, 200 characters at most."""
    nom = re.sub(r"[\x00-\x1f\x7f/\\]", "", PurePosixPath(nom.replace("\\", "/")).name).strip()
    base, point, extension = (nom or "piece").rpartition(".")
    return f"{base[: 199 - len(extension)]}{point}{extension}" if point else nom[:200]


def _pdf(fichier, nom) -> None:
    """Readable, without password, script, launched program or file inside."""
    try:
        with pikepdf.open(fichier) as pdf:
            protege, actif = pdf.is_encrypted, len(pdf.pages) <= PAGES_MAX and _est_actif(pdf)
            trop_long = len(pdf.pages) > PAGES_MAX
    except pikepdf.PasswordError:
        protege, actif, trop_long = True, False, False
    except (pikepdf.PdfError, ValueError):
        raise _refuser(nom, "est illisible. Enregistrez-le de nouveau en PDF.") from None
    if protege:
        raise _refuser(nom, PROTEGE)
    if trop_long:
        raise _refuser(nom, f"dépasse {PAGES_MAX} pages. Divisez-le.")
    if actif:
        raise _refuser(
            nom,
            "contient un programme ou un fichier joint. Imprimez-le en PDF, puis ajoutez ce nouveau fichier.",
        )


def _est_actif(pdf) -> bool:
    """A script, a program to launch or an embedded file stands somewhere in the document."""
    for objet in pdf.objects:
        if isinstance(objet, pikepdf.Dictionary | pikepdf.Stream):
            cles = set(objet.keys())
            if cles & {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles"} or objet.get("/S") in ACTIONS_REFUSEES:
                return True
    return False


def _entrees(fichier, nom) -> set[str]:
    """Names inside an office file, checked against bombs, passwords, macros and nested archives.

    The bytes are counted as they unfold, whatever sizes the file declares; nothing is kept.
    """
    try:
        with zipfile.ZipFile(fichier) as archive:
            infos = archive.infolist()
            if any(info.flag_bits & 0x1 for info in infos):
                raise _refuser(nom, PROTEGE)
            if len(infos) > ENTREES_MAX or not _tient_deplie(archive, infos):
                raise _refuser(
                    nom, "est trop volumineux une fois ouvert. Réduisez-le, ou enregistrez-le en PDF."
                )
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError):
        raise _refuser(nom, "est illisible. Enregistrez-le de nouveau, puis ajoutez-le.") from None
    noms = {info.filename for info in infos}
    if any(n.lower().endswith("vbaproject.bin") or n.startswith("Basic/") for n in noms):
        raise _refuser(nom, "contient des macros. Enregistrez-le sans macro, ou en PDF.")
    if any(n.lower().endswith(tuple(f".{e}" for e in ARCHIVES)) for n in noms):
        raise _refuser(nom, "contient une archive. Enregistrez-le en PDF.")
    return noms


def _tient_deplie(archive, infos) -> bool:
    """Neither too big nor suspiciously dense, counted while it unfolds."""
    plie = sum(info.compress_size for info in infos)
    plafond = min(DEPLIE_MAX, max(RATIO_MAX * plie, MORCEAU))
    deplie = 0
    for info in infos:
        with archive.open(info) as entree:
            while morceau := entree.read(MORCEAU):
                deplie += len(morceau)
                if deplie > plafond:
                    return False
    return True


def _ooxml(dossier: str) -> Callable:
    def verifier(fichier, nom) -> None:
        noms = _entrees(fichier, nom)
        if "[Content_Types].xml" not in noms or not any(n.startswith(dossier) for n in noms):
            raise _pas_ce_type(nom)

    return verifier


def _opendocument(type_mime: str) -> Callable:
    def verifier(fichier, nom) -> None:
        if "mimetype" not in _entrees(fichier, nom):
            raise _pas_ce_type(nom)
        with zipfile.ZipFile(fichier) as archive, archive.open("mimetype") as entree:
            if entree.read(100).decode("ascii", "replace").strip() != type_mime:
                raise _pas_ce_type(nom)

    return verifier


def _pas_ce_type(nom: str) -> FichierRefuse:
    return _refuser(nom, f"n'est pas le fichier que son nom annonce. {ACCEPTES}")


CONTROLES: dict[str, tuple[bytes, Callable | None]] = {
    "pdf": (b"%PDF-", _pdf),
    "odt": (b"PK\x03\x04", _opendocument(EXTENSIONS["odt"])),
    "ods": (b"PK\x03\x04", _opendocument(EXTENSIONS["ods"])),
    "docx": (b"PK\x03\x04", _ooxml("word/")),
    "xlsx": (b"PK\x03\x04", _ooxml("xl/")),
    "jpg": (b"\xff\xd8\xff", None),
    "jpeg": (b"\xff\xd8\xff", None),
    "png": (b"\x89PNG\r\n\x1a\n", None),
}


def reconnaitre(fichier, nom: str) -> str:
    """The MIME type of this file, from its content. Raises FichierRefuse with the sentence for its sender."""
    extension = nom.rpartition(".")[2].lower() if "." in nom else ""
    fichier.seek(0)
    debut = fichier.read(16)
    if not debut:
        raise _refuser(nom, "est vide.")
    if extension in ARCHIVES:
        raise _refuser(nom, "est une archive. Ajoutez chaque fichier séparément.")
    if extension not in EXTENSIONS:
        raise _refuser(nom, f"n'est pas d'un type accepté. {ACCEPTES}")
    if debut.startswith(OLE) and extension in ("docx", "xlsx"):
        raise _refuser(nom, PROTEGE)
    signature, controle = CONTROLES[extension]
    if not debut.startswith(signature):
        raise _pas_ce_type(nom)
    if controle:
        fichier.seek(0)
        controle(fichier, nom)
    fichier.seek(0)
    return EXTENSIONS[extension]


def verifier_quotas(nom: str, taille: int, presentes: int, total: int) -> None:
    """Size of the file, number and weight of the dossier's. Raises FichierRefuse with the limit."""
    if taille > TAILLE_MAX:
        raise _refuser(nom, f"pèse {octets(taille)}. Divisez-le ou réduisez-le à 20 Mo.")
    if presentes >= NOMBRE_MAX:
        raise _refuser(
            nom, "serait le 31e fichier : un dossier en contient 30 au plus. Retirez-en un d'abord."
        )
    if total + taille > TOTAL_MAX:
        raise _refuser(
            nom,
            f"pèse {octets(taille)} : le dossier dépasserait 100 Mo. Réduisez-le ou retirez une autre pièce.",
        )


def ranger(fichier) -> tuple[str, str]:
    """Store the content under its digest, once; the stored name and the SHA-256.

    In the transaction that writes the row: until it ends, nobody deletes what is found already there.
    """
    condense = hashlib.sha256()
    fichier.seek(0)
    for morceau in fichier.chunks():
        condense.update(morceau)
    empreinte = condense.hexdigest()
    chemin = f"pieces/{empreinte[:2]}/{empreinte}"
    verrouiller(chemin)
    if not default_storage.exists(chemin):
        fichier.seek(0)
        chemin = default_storage.save(chemin, fichier)
    return chemin, empreinte
