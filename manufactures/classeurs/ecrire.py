"""Writing a workbook: text is typed as text and made harmless, amounts are numbers with all their cents.

The same cells as `tableur.py`, which writes the CSV.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpResponse

from manufactures.tableur import MARQUE, cellule, lignes

FORMATS = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
NOMBRE_MAGIQUE = (2021, 11, 4, 0, 0, 0)  # same content, same file: no date of making inside
ENTETE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
ESPACE_XLSX = "http://schemas.openxmlformats.org"
ESPACE_ODF = "urn:oasis:names:tc:opendocument:xmlns"
LARGEUR = 22  # characters of a column

Feuille = tuple[str, list[str], list[list]]  # its name, its head, its rows


def reponse(nom: str, extension: str, *feuilles: Feuille) -> HttpResponse:
    """The file to download; a CSV holds the first sheet alone."""
    contenu = {"csv": _csv, "xlsx": _xlsx, "ods": _ods}[extension](feuilles)
    return HttpResponse(
        contenu,
        content_type=FORMATS[extension],
        headers={
            "Content-Disposition": f'attachment; filename="{nom}.{extension}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _csv(feuilles) -> bytes:
    _, titres, rangees = feuilles[0]
    return (MARQUE + "".join(lignes(titres, rangees))).encode()


def _archiver(parties: Iterable[tuple[str, str]], mimetype: str = "") -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        if mimetype:  # OpenDocument: first, and not compressed
            archive.writestr(zipfile.ZipInfo("mimetype", NOMBRE_MAGIQUE), mimetype)
        for nom, contenu in parties:
            archive.writestr(
                zipfile.ZipInfo(nom, NOMBRE_MAGIQUE), ENTETE + contenu, compress_type=zipfile.ZIP_DEFLATED
            )
    return tampon.getvalue()


def _est_nombre(valeur) -> bool:
    return isinstance(valeur, Decimal | int) and not isinstance(valeur, bool)


def _propre(texte: str) -> str:
    """Without the control characters that XML forbids."""
    return escape("".join(c for c in texte if c >= " " or c in "\n\t"))


# -- XLSX ---------------------------------------------------------------------------------------------------------


def _xlsx(feuilles) -> bytes:
    rangs = range(1, len(feuilles) + 1)
    principal = f"{ESPACE_XLSX}/spreadsheetml/2006/main"
    liens = f"{ESPACE_XLSX}/officeDocument/2006/relationships"
    paquet = f"{ESPACE_XLSX}/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parties = [
        (
            "[Content_Types].xml",
            f'<Types xmlns="{paquet}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{types}.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{types}.worksheet+xml"/>'
                for n in rangs
            )
            + "</Types>",
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{paquet}/relationships">'
            f'<Relationship Id="rId1" Type="{liens}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{principal}" xmlns:r="{liens}"><sheets>'
            + "".join(
                f'<sheet name={quoteattr(nom[:31])} sheetId="{n}" r:id="rId{n}"/>'
                for n, (nom, _, _) in zip(rangs, feuilles, strict=True)
            )
            + "</sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{paquet}/relationships">'
            + "".join(
                f'<Relationship Id="rId{n}" Type="{liens}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                for n in rangs
            )
            + f'<Relationship Id="rId{len(feuilles) + 1}" Type="{liens}/styles" Target="styles.xml"/>'
            "</Relationships>",
        ),
        (
            "xl/styles.xml",
            f'<styleSheet xmlns="{principal}"><fonts count="2"><font/><font><b/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
            '<xf fontId="1" applyFont="1"/><xf numFmtId="4" applyNumberFormat="1"/></cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        ),
    ]
    for n, (_, titres, rangees) in zip(rangs, feuilles, strict=True):
        corps = "".join(
            f'<row r="{r}">{"".join(_case_xlsx(v, r, c, tete=r == 1) for c, v in enumerate(rangee))}</row>'
            for r, rangee in enumerate([titres, *rangees], 1)
        )
        feuille = (
            f'<worksheet xmlns="{principal}"><cols><col min="1" max="{len(titres)}" width="{LARGEUR}"'
            f' customWidth="1"/></cols><sheetData>{corps}</sheetData></worksheet>'
        )
        parties.append((f"xl/worksheets/sheet{n}.xml", feuille))
    return _archiver(parties)


def _reference(rang: int, colonne: int) -> str:
    lettres = ""
    colonne += 1
    while colonne:
        colonne, reste = divmod(colonne - 1, 26)
        lettres = chr(ord("A") + reste) + lettres
    return f"{lettres}{rang}"


def _case_xlsx(valeur, rang, colonne, *, tete) -> str:
    place = _reference(rang, colonne)
    if valeur is None or valeur == "":
        return ""
    if _est_nombre(valeur):
        style = ' s="2"' if isinstance(valeur, Decimal) else ""
        return f'<c r="{place}"{style}><v>{valeur}</v></c>'
    style = ' s="1"' if tete else ""
    texte = _propre(cellule(valeur))
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{texte}</t></is></c>'


# -- ODS ----------------------------------------------------------------------------------------------------------


def _ods(feuilles) -> bytes:
    corps = "".join(
        f"<table:table table:name={quoteattr(nom)}>"
        f'<table:table-column table:style-name="colonne" table:number-columns-repeated="{len(titres)}"/>'
        + "".join(_rangee_ods(r, tete=n == 0) for n, r in enumerate([titres, *rangees]))
        + "</table:table>"
        for nom, titres, rangees in feuilles
    )
    espaces = " ".join(
        f'xmlns:{nom}="{ESPACE_ODF}:{suite}:1.0"'
        for nom, suite in (
            ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
            ("fo", "xsl-fo-compatible"),
        )
    )  # fmt: skip
    contenu = (
        f'<office:document-content {espaces} office:version="1.3"><office:automatic-styles>'
        '<style:style style:name="colonne" style:family="table-column">'
        '<style:table-column-properties style:column-width="4.5cm"/></style:style>'
        '<style:style style:name="tete" style:family="table-cell">'
        '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{corps}</office:spreadsheet></office:body></office:document-content>"
    )
    manifeste = (
        f'<manifest:manifest xmlns:manifest="{ESPACE_ODF}:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{FORMATS["ods"]}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    return _archiver([("content.xml", contenu), ("META-INF/manifest.xml", manifeste)], FORMATS["ods"])


def _rangee_ods(rangee, *, tete) -> str:
    return f"<table:table-row>{''.join(_case_ods(v, tete) for v in rangee)}</table:table-row>"


def _case_ods(valeur, tete) -> str:
    style = ' table:style-name="tete"' if tete else ""
    if valeur is None or valeur == "":
        return "<table:table-cell/>"
    texte = "".join(f"<text:p>{_propre(t)}</text:p>" for t in cellule(valeur).split("\n"))
    if _est_nombre(valeur):
        genre = f'office:value-type="float" office:value="{valeur}"'
    elif isinstance(valeur, date):
        genre = f'office:value-type="date" office:date-value="{valeur.isoformat()}"'
    else:
        genre = 'office:value-type="string"'
    return f"<table:table-cell{style} {genre}>{texte}</table:table-cell>"
