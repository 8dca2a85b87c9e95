"""What a file is, read from its name and its content: an allow-list, sizes, and one sentence for each refusal."""

import hashlib
import unicodedata
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from candidatures import examinateur
from manufactures.fichiers import verrouiller
from manufactures.francais import octets
from manufactures.televersement import FICHIER_MAX

TAILLE_MAX = FICHIER_MAX
TOTAL_MAX = 100 * 1024 * 1024
NOMBRE_MAX = 30
NOM_MAX = 200
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
IMAGES = ("image/jpeg", "image/png")
ACCEPTES = "PDF, ODT, ODS, DOCX, XLSX, JPG ou PNG. 20 Mo par fichier, 30 fichiers, 100 Mo en tout."
ARCHIVES = "zip rar 7z tar gz tgz bz2 xz iso cab arj lzh zst jar war ear".split()
PROGRAMMES = (
    "exe com scr pif bat cmd msi msix dll sys cpl ps1 psm1 vb vbs vbe js jse wsf wsh hta lnk reg sh bash run app"
    " apk dmg pkg deb rpm appimage py pl rb php jsp asp aspx cgi inf url chm"
).split()
A_MACROS = "docm dotm xlsm xltm xlsb xlam pptm potm ppsm".split()
ANCIENS = "doc dot xls xlt ppt pps rtf".split()
PAGES_WEB = "html htm xhtml mht mhtml svg svgz xml xsl xslt swf".split()
# Words that end a site's name or a library's (« atelier.com.pdf », « node.js.pdf ») deceive nobody.
DEUXIEMES = {*PROGRAMMES, *A_MACROS, *PAGES_WEB} - {
    "com",
    "js",
    "app",
    "py",
    "rb",
    "pl",
    "run",
    "sys",
    "url",
    "xml",
}
RESERVES = {"con", "prn", "aux", "nul", *(f"{nom}{n}" for nom in ("com", "lpt") for n in range(1, 10))}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones under a password
VBA = ("_VBA_PROJECT".encode("utf-16-le"), "Macros".encode("utf-16-le"))
SIGNATURES = {
    "pdf": b"%PDF-",
    **dict.fromkeys(("odt", "ods", "docx", "xlsx"), b"PK\x03\x04"),
    **dict.fromkeys(("jpg", "jpeg"), b"\xff\xd8\xff"),
    "png": b"\x89PNG\r\n\x1a\n",
}
DEGUISEMENTS = (  # what a wrong beginning is, when it is known
    ("programme", (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")),
    ("archive", (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
    ("page_web", (b"<",)),
)  # fmt: skip

PROTEGE = "est protégé par un mot de passe. Enlevez-le, puis ajoutez-le de nouveau."
PHRASES = {
    "vide": "est vide.",
    "incomplet": "est incomplet ou illisible. Enregistrez-le de nouveau, puis ajoutez-le.",
    "illisible": "est illisible. Enregistrez-le de nouveau, puis ajoutez-le.",
    "protege": PROTEGE,
    "pages": "dépasse 500 pages. Divisez-le.",
    "actif": "contient un programme ou un fichier joint. Imprimez-le en PDF, puis ajoutez ce nouveau fichier.",
    "macro": "contient des macros. Enregistrez-le sans macro, ou en PDF.",
    "objet": "contient un objet incorporé. Enregistrez-le en PDF, puis ajoutez ce PDF.",
    "lien": "va chercher un autre document en s'ouvrant. Enregistrez-le en PDF, puis ajoutez ce PDF.",
    "archive": "est une archive. Ajoutez chaque fichier séparément.",
    "archive_dedans": "contient une archive. Enregistrez-le en PDF.",
    "programme": "est un programme : nous n'en prenons aucun. Ajoutez un document ou une image.",
    "programme_dedans": "contient un programme. Enregistrez-le en PDF, puis ajoutez ce PDF.",
    "page_web": "est une page web ou un dessin qui peut agir. Enregistrez-le en PDF ou en PNG.",
    "ancien": "est d'un ancien format. Enregistrez-le en DOCX, en XLSX ou en PDF.",
    "volume": "est trop volumineux une fois ouvert. Réduisez-le, ou enregistrez-le en PDF.",
    "pixels": "dépasse 40 millions de points. Réduisez cette image, puis ajoutez-la de nouveau.",
    "double": "contient un second fichier caché. Enregistrez-le de nouveau en PDF ou en image.",
    "type": f"n'est pas le fichier que son nom annonce. {ACCEPTES}",
    "inconnu": f"n'est pas d'un type accepté. {ACCEPTES}",
    "nom_long": "a un nom trop long : 200 caractères au plus. Raccourcissez-le.",
    "nom_trompeur": "a un nom qui cache un chemin ou un caractère invisible. Renommez-le, puis ajoutez-le.",
    "nom_reserve": "a un nom que certains ordinateurs réservent. Renommez-le, puis ajoutez-le.",
    "nom_double": "porte deux extensions. Renommez-le avec une seule, puis ajoutez-le.",
}  # fmt: skip


class FichierRefuse(ValidationError):
    """A file that is not taken; the message says which, why, and what to do."""


def _refuser(nom: str, suite: str) -> FichierRefuse:
    return FichierRefuse(f"« {nom} » {suite}", code="fichier")


def refus(nom: str, mot: str) -> FichierRefuse:
    """The refusal that this word names; the file is named as one can read it."""
    return _refuser(nom_propre(nom), PHRASES[mot])


def nom_propre(nom: str) -> str:
    """The file's own name: no path, no control nor invisible character, 200 characters at most."""
    nom = PurePosixPath(nom.replace("\\", "/")).name
    nom = "".join(c for c in nom if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip()
    base, point, extension = (nom or "piece").rpartition(".")
    if not point or len(extension) > NOM_MAX // 2:
        return (nom or "piece")[:NOM_MAX]
    return f"{base[: NOM_MAX - 1 - len(extension)]}{point}{extension}"


def extension_de(nom: str) -> str:
    """What follows the last dot, in small letters."""
    return nom.rpartition(".")[2].lower() if "." in nom else ""


def verifier_nom(nom: str) -> None:
    """Neither deceiving nor dangerous to keep, and of a kind that is taken. Raises FichierRefuse."""
    morceaux = [morceau.strip().lower() for morceau in nom.split(".")]
    extension = morceaux[-1] if len(morceaux) > 1 else ""
    regles = (
        ("nom_long", len(nom) > NOM_MAX),
        ("nom_trompeur", nom_propre(nom) != nom.strip() or "\0" in nom),
        ("nom_reserve", morceaux[0] in RESERVES),
        ("archive", extension in ARCHIVES),
        ("programme", extension in PROGRAMMES),
        ("macro", extension in A_MACROS),
        ("page_web", extension in PAGES_WEB),
        ("ancien", extension in ANCIENS),
        ("inconnu", extension not in EXTENSIONS),
        ("nom_double", bool(DEUXIEMES & set(morceaux[1:-1]))),
    )
    if mot := next((mot for mot, vraie in regles if vraie), ""):
        raise refus(nom, mot)


def reconnaitre(fichier, nom: str) -> str:
    """The MIME type of this file, from its content. Raises FichierRefuse with the sentence for its sender."""
    fichier.seek(0, 2)
    taille = fichier.tell()
    fichier.seek(0)
    debut = fichier.read(512)
    if not debut:
        raise refus(nom, "vide")
    verifier_nom(nom)
    extension = extension_de(nom)
    if not debut.startswith(SIGNATURES[extension]):
        raise refus(nom, _deguisement(fichier, debut, extension))
    genre = "jpg" if extension == "jpeg" else extension
    mot, _ = examinateur.demander("examiner", genre, fichier, taille)
    if mot:
        raise refus(nom, mot)
    fichier.seek(0)
    return EXTENSIONS[extension]


def _deguisement(fichier, debut: bytes, extension: str) -> str:
    """What this file is, if not what its name announces."""
    if debut.startswith(OLE) and extension in ("docx", "xlsx"):
        fichier.seek(0)
        contenu = fichier.read(TAILLE_MAX)
        return "macro" if any(marque in contenu for marque in VBA) else "protege"
    if debut[257:262] == b"ustar":
        return "archive"
    nettoye = debut.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    return next((mot for mot, marques in DEGUISEMENTS if nettoye.startswith(marques)), "type")


def refaire_image(fichier, type_mime: str, taille: int) -> bytes:
    """The picture drawn again, small and without anything else of the file; nothing when it can't be."""
    _, image = examinateur.demander("apercu", "png" if type_mime == "image/png" else "jpg", fichier, taille)
    return image


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


def ranger(fichier, racine: str = "pieces") -> tuple[str, str]:
    """Store the content under its digest, once; the stored name and the SHA-256.

    In the transaction that writes the row: until it ends, nobody deletes what is found already there.
    """
    condense = hashlib.sha256()
    fichier.seek(0)
    for morceau in fichier.chunks():
        condense.update(morceau)
    empreinte = condense.hexdigest()
    chemin = f"{racine}/{empreinte[:2]}/{empreinte}"
    verrouiller(chemin)
    if not default_storage.exists(chemin):
        fichier.seek(0)
        chemin = default_storage.save(chemin, fichier)
    return chemin, empreinte
