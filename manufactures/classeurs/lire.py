"""Reading a spreadsheet sent by somebody: bounded in size, rows and depth; formulas are never run.

What comes out is text: a number is the very digits of the file, so that an amount keeps its cents. A cell computed by a
formula gives the value that the spreadsheet had stored, as its author saw it.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Context, InvalidOperation
from posixpath import join, normpath

from lxml import etree

from manufactures.tableur import DANGEREUX

TAILLE_MAX = 2 * 1024 * 1024  # the file as sent
DEPLIE_MAX = 20 * 1024 * 1024  # one of its parts, once unfolded
ENTREES_MAX = 500
LIGNES_MAX = 1_000
COLONNES_MAX = 40
CASE_MAX = 10_000  # characters of a cell
NOEUDS_MAX = 40_000  # rows, blank ones included, or texts of a workbook
CHIFFRES = Context(prec=15)  # what a spreadsheet keeps of a number: 0.30000000000000004 was typed 0.3
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ACCEPTES = "Enregistrez-le en ODS, XLSX ou CSV, 2 Mo au plus."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ILLISIBLES = (
    zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, csv.Error, KeyError, ValueError, EOFError,
    NotImplementedError, RuntimeError, IndexError, OverflowError,
)  # fmt: skip

Ligne = tuple[int, list[str]]  # number of the row in the file, its cells


class ClasseurRefuse(Exception):
    """A file that is not read: the message says why, and what to do."""


def lire(fichier, nom: str) -> list[Ligne]:
    """The rows of the first sheet that are not blank, each with its number. Raises ClasseurRefuse."""
    if fichier.size > TAILLE_MAX:
        raise ClasseurRefuse(
            f"« {nom} » dépasse 2 Mo. Gardez seulement le tableau, puis envoyez-le de nouveau."
        )
    fichier.seek(0)
    contenu = fichier.read(TAILLE_MAX + 1)
    extension = nom.rpartition(".")[2].lower()
    if not contenu:
        raise ClasseurRefuse(f"« {nom} » est vide.")
    if contenu.startswith(OLE):
        raise ClasseurRefuse(f"« {nom} » est protégé par un mot de passe, ou d'un ancien format. {ACCEPTES}")
    if extension not in ("csv", "xlsx", "ods"):
        raise ClasseurRefuse(f"« {nom} » n'est pas un tableau que nous savons lire. {ACCEPTES}")
    try:
        lignes = _classeur(contenu) if contenu.startswith(b"PK\x03\x04") else _texte(contenu)
        return _bornees(lignes)
    except _TropGrand:
        raise ClasseurRefuse(
            f"« {nom} » est trop grand : {LIGNES_MAX} lignes et {COLONNES_MAX} colonnes au plus."
        ) from None
    except ClasseurRefuse as refus:
        raise ClasseurRefuse(f"« {nom} » {refus}") from None
    except ILLISIBLES:
        raise ClasseurRefuse(f"« {nom} » est illisible. {ACCEPTES}") from None


class _TropGrand(Exception):
    """Past a limit: reading stops there."""


def _bornees(lignes: Iterator[Ligne]) -> list[Ligne]:
    """Blank rows left out, blank ends cut, limits held while reading."""
    gardees = []
    for numero, cases in lignes:
        propres = [_case(case) for case in cases]
        while propres and not propres[-1]:
            propres.pop()
        if len(propres) > COLONNES_MAX:
            raise _TropGrand
        if propres:
            gardees.append((numero, propres))
        if len(gardees) > LIGNES_MAX:
            raise _TropGrand
    return gardees


def _case(texte: str) -> str:
    """The cell's own text: without the blanks around, nor the apostrophe that made it harmless in an export."""
    texte = texte.strip().replace("\r\n", "\n")
    if len(texte) > CASE_MAX:
        raise _TropGrand
    if texte[:1] == "'" and (suite := texte[1:].strip(" \u00a0"))[:1] and suite[0] in DANGEREUX:
        return suite
    return texte


def _nombre(texte: str) -> str:
    """Digits as one writes them, without exponent; what is none stays as it is."""
    try:
        valeur = CHIFFRES.create_decimal(texte.strip())
    except InvalidOperation:
        return texte
    return format(valeur.normalize(), "f") if valeur.is_finite() else texte


# -- Text ---------------------------------------------------------------------------------------------------------


def _texte(contenu: bytes) -> Iterator[Ligne]:
    """CSV: UTF-8 or the encoding of French Windows; semicolon, comma or tab, as its first line shows."""
    if b"\x00" in contenu:
        raise ClasseurRefuse(f"n'est pas le tableau que son nom annonce. {ACCEPTES}")
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        texte = contenu.decode("cp1252", "replace")
    premiere = texte.split("\n", 1)[0]
    separateur = max(";,\t", key=premiere.count)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    for cases in lecteur:
        yield lecteur.line_num, cases


# -- Workbooks ----------------------------------------------------------------------------------------------------


class _Borne(io.RawIOBase):
    """A part of the archive, whose bytes are counted as they unfold whatever size it declares."""

    def __init__(self, partie):
        super().__init__()
        self.partie, self.reste = partie, DEPLIE_MAX

    def read(self, taille=-1):
        """A piece; past the limit, nothing more is unfolded."""
        morceau = self.partie.read(min(taille, self.reste + 1) if taille >= 0 else self.reste + 1)
        self.reste -= len(morceau)
        if self.reste < 0:
            raise _TropGrand
        return morceau


def _classeur(contenu: bytes) -> Iterator[Ligne]:
    """Which of the two formats it is, by what it holds."""
    archive = zipfile.ZipFile(io.BytesIO(contenu))
    noms = archive.namelist()
    if len(noms) > ENTREES_MAX:
        raise _TropGrand
    if any(nom.lower().endswith("vbaproject.bin") or nom.startswith("Basic/") for nom in noms):
        raise ClasseurRefuse("contient des macros. Enregistrez-le sans macro.")
    if any(info.flag_bits & 0x1 for info in archive.infolist()):
        raise ClasseurRefuse("est protégé par un mot de passe. Enlevez-le, puis envoyez-le de nouveau.")
    if "xl/workbook.xml" in noms:
        return _xlsx(archive)
    if "content.xml" in noms and "mimetype" in noms:
        with archive.open("mimetype") as partie:
            if partie.read(100).decode("ascii", "replace").strip() == ODS:
                return _ods(archive)
    raise ClasseurRefuse(f"n'est pas le tableau que son nom annonce. {ACCEPTES}")


def _noeuds(archive, nom: str, *balises: str) -> Iterator:
    """The elements of these names, whatever their namespace, each forgotten once read; no entity, no network."""
    with archive.open(nom) as partie:
        contexte = etree.iterparse(
            _Borne(partie),
            events=("end",),
            tag=[f"{{*}}{balise}" for balise in balises],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for rang, (_, noeud) in enumerate(contexte):
            if rang == 0 and noeud.getroottree().docinfo.doctype:
                raise ValueError(nom)
            if rang > NOEUDS_MAX:
                raise _TropGrand
            yield noeud
            noeud.clear()
            while noeud.getprevious() is not None and noeud.getparent() is not None:
                del noeud.getparent()[0]


def _nom(noeud) -> str:
    return etree.QName(noeud).localname if isinstance(noeud.tag, str) else ""


def _attribut(noeud, nom: str, defaut: str = "") -> str:
    """An attribute by its own name, whatever its namespace."""
    return next((v for cle, v in noeud.attrib.items() if etree.QName(cle).localname == nom), defaut)


def _textes_de(noeud) -> str:
    """The runs of a text, the phonetic ones apart."""
    return "".join(
        t.text or "" for t in noeud.iter("{*}t") if t.getparent() is None or _nom(t.getparent()) != "rPh"
    )


def _xlsx(archive) -> Iterator[Ligne]:
    feuille = _premiere_feuille(archive)
    communs = []
    if "xl/sharedStrings.xml" in archive.namelist():
        for noeud in _noeuds(archive, "xl/sharedStrings.xml", "si"):
            communs.append(_textes_de(noeud))
    suivant = 1
    for rangee in _noeuds(archive, feuille, "row"):
        numero = int(_attribut(rangee, "r") or suivant)
        suivant = numero + 1
        cases: list[str] = []
        for noeud in rangee:
            if _nom(noeud) != "c":
                continue
            rang = _colonne(_attribut(noeud, "r")) if _attribut(noeud, "r") else len(cases)
            valeur = _valeur_xlsx(noeud, communs)
            if rang >= COLONNES_MAX:
                if valeur.strip():
                    raise _TropGrand
                continue
            cases += [""] * (rang - len(cases))
            cases.append(valeur)
        yield numero, cases


def _premiere_feuille(archive) -> str:
    """The part that holds the first sheet shown."""
    visibles = (
        n
        for n in _noeuds(archive, "xl/workbook.xml", "sheet")
        if _attribut(n, "state", "visible") == "visible"
    )
    cle = next((_attribut(noeud, "id") for noeud in visibles), "")
    for lien in _noeuds(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
        if _attribut(lien, "Id") == cle:
            cible = _attribut(lien, "Target")
            return cible.lstrip("/") if cible.startswith("/") else normpath(join("xl", cible))
    raise ValueError(cle)


def _colonne(reference: str) -> int:
    """Rank of the column, from « B7 »."""
    rang = 0
    for lettre in reference.upper():
        if not "A" <= lettre <= "Z":
            break
        rang = rang * 26 + ord(lettre) - ord("A") + 1
    return rang - 1


def _valeur_xlsx(noeud, communs) -> str:
    genre = _attribut(noeud, "t", "n")
    if genre == "inlineStr":
        return _textes_de(noeud)
    valeur = next((enfant.text or "" for enfant in noeud if _nom(enfant) == "v"), "")
    if genre == "s":
        return communs[int(valeur)] if valeur else ""
    if genre == "b":
        return "oui" if valeur == "1" else "non"
    return _nombre(valeur) if genre == "n" else valeur


def _ods(archive) -> Iterator[Ligne]:
    """The first table: its rows as they come, those of other tables left out."""
    numero = 1
    for noeud in _noeuds(archive, "content.xml", "table-row", "table"):
        if _nom(noeud) == "table":
            return
        fois = min(int(_attribut(noeud, "number-rows-repeated", "1")), LIGNES_MAX + 1)
        cases = _cases_ods(noeud)
        if any(case.strip() for case in cases):
            for rang in range(fois):
                yield numero + rang, cases
        numero += int(_attribut(noeud, "number-rows-repeated", "1"))


def _cases_ods(rangee) -> list[str]:
    cases: list[str] = []
    for noeud in rangee:
        if _nom(noeud) not in ("table-cell", "covered-table-cell"):
            continue
        valeur = _valeur_ods(noeud)
        fois = int(_attribut(noeud, "number-columns-repeated", "1"))
        if valeur.strip() and len(cases) + fois > COLONNES_MAX:
            raise _TropGrand
        cases += [valeur] * min(fois, COLONNES_MAX)
        if len(cases) > COLONNES_MAX * 2:
            del cases[COLONNES_MAX * 2 :]
    return cases


def _valeur_ods(noeud) -> str:
    genre = _attribut(noeud, "value-type")
    if genre in ("float", "currency", "percentage"):
        return _nombre(_attribut(noeud, "value"))
    if genre == "date":
        return _attribut(noeud, "date-value")[:10]
    if genre == "boolean":
        return "oui" if _attribut(noeud, "boolean-value") == "true" else "non"
    return "\n".join(_paragraphe(enfant) for enfant in noeud if _nom(enfant) == "p")


def _paragraphe(noeud) -> str:
    """A paragraph's text, its spaces and tabs written out."""
    texte = noeud.text or ""
    for enfant in noeud:
        nom = _nom(enfant)
        if nom == "s":
            texte += " " * min(int(_attribut(enfant, "c", "1")), CASE_MAX)
        elif nom in ("tab", "line-break"):
            texte += "\t" if nom == "tab" else "\n"
        elif nom in ("span", "a"):
            texte += _paragraphe(enfant)
        texte += enfant.tail or ""
    return texte
