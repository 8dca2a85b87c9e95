"""Sixty-odd files that nobody should send, made here: what each is, its name, its content, and why it is refused."""

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass

import pikepdf
from PIL import Image

from candidatures.fichiers import OLE
from tests.factories.candidatures import PNG

MO = 1024 * 1024
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
EXE = b"MZ\x90\x00" + b"\x00" * 60
ODT = "application/vnd.oasis.opendocument.text"
N = pikepdf.Name


@dataclass(frozen=True)
class Hostile:
    """One file; `motif` is the key of its sentence. A browser cleans some names before it sends them."""

    quoi: str
    nom: str
    contenu: bytes
    motif: str
    nom_nettoye: str = ""  # the motif once Django has cleaned the name of a form's file


def pdf(prepare=None, **options) -> bytes:
    """A one-page PDF, prepared by a function of its document."""
    document = pikepdf.new()
    document.add_blank_page()
    if prepare:
        prepare(document)
    tampon = io.BytesIO()
    document.save(tampon, **options)
    return tampon.getvalue()


def racine(**entrees):
    """A PDF whose catalogue holds these entries, direct objects."""

    def prepare(document):
        for nom, valeur in entrees.items():
            document.Root[f"/{nom}"] = valeur(document) if callable(valeur) else valeur

    return pdf(prepare)


def action(**cles) -> bytes:
    """A PDF that acts when it opens."""
    return racine(OpenAction=pikepdf.Dictionary(**cles))


def annotation(**cles) -> bytes:
    """A PDF with one annotation on its page."""

    def prepare(document):
        note = pikepdf.Dictionary(Type=N("/Annot"), Rect=pikepdf.Array([0, 0, 9, 9]), **cles)
        document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(note)])

    return pdf(prepare)


def joint(document):
    """A file inside a PDF."""
    document.attachments["virus.exe"] = EXE


def noms_javascript(document):
    """A script in the names of the document, inside a compressed object stream."""
    script = document.make_indirect(pikepdf.Dictionary(S=N("/JavaScript"), JS=pikepdf.String("app.alert(1)")))
    arbre = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), script]))
    document.Root.Names = pikepdf.Dictionary(JavaScript=arbre)


def zip_de(entrees: dict, compression=zipfile.ZIP_DEFLATED, retouche=None) -> bytes:
    """An archive of these entries."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", compression) as sortie:
        for chemin, contenu in entrees.items():
            info = zipfile.ZipInfo(chemin)
            info.compress_type = compression
            if retouche:
                retouche(info)
            sortie.writestr(info, contenu)
    return tampon.getvalue()


def docx(types="x", **autres) -> bytes:
    """A Word document with these entries more (`__` for `/`)."""
    entrees = {"[Content_Types].xml": types, "word/document.xml": "<w:document/>"}
    return zip_de(entrees | {nom.replace("__", "/"): c for nom, c in autres.items()})


def livre() -> bytes:
    """An electronic book that carries the parts of a Word document too: only its first entry tells what it is."""
    entrees = {
        "mimetype": "application/epub+zip",
        "[Content_Types].xml": "x",
        "word/document.xml": "<w:document/>",
    }
    return zip_de(entrees, zipfile.ZIP_STORED)


def xlsx(**autres) -> bytes:
    """An Excel sheet with these entries more."""
    entrees = {"[Content_Types].xml": "x", "xl/workbook.xml": "<workbook/>"}
    return zip_de(entrees | {nom.replace("__", "/"): c for nom, c in autres.items()})


def odt(**autres) -> bytes:
    """A Writer document with these entries more."""
    entrees = {"mimetype": ODT, "content.xml": "<office:document-content/>"}
    return zip_de(entrees | {nom.replace("__", "/"): c for nom, c in autres.items()})


def chiffre(contenu: bytes) -> bytes:
    """The same archive, said to be under a password."""
    octets = bytearray(contenu)
    for signature, decalage in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = octets.find(signature)
        while position >= 0:
            octets[position + decalage] |= 1
            position = octets.find(signature, position + 4)
    return bytes(octets)


def taille_menteuse() -> bytes:
    """A bomb that declares ten bytes in its directory, and unfolds sixty megabytes."""
    octets = bytearray(zip_de({"[Content_Types].xml": "x", "xl/a.xml": b"\0" * 60 * MO}))
    for signature, decalage in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        position = octets.rfind(signature)
        octets[position + decalage : position + decalage + 4] = struct.pack("<I", 10)
    return bytes(octets)


def lien_symbolique() -> bytes:
    """An entry that is a link to a file of the machine."""

    def retouche(info):
        if info.filename == "word/x":
            info.external_attr = (stat.S_IFLNK | 0o777) << 16

    entrees = {"[Content_Types].xml": "x", "word/document.xml": "x", "word/x": "/etc/passwd"}
    return zip_de(entrees, retouche=retouche)


def image(format_="PNG", taille=(8, 8)) -> bytes:
    """A true picture."""
    tampon = io.BytesIO()
    Image.effect_noise(taille, 50).convert("RGB").save(tampon, format_)
    return tampon.getvalue()


def bombe_de_pixels(largeur=30_000, hauteur=30_000) -> bytes:
    """Nine hundred million points, folded into a few kilobytes."""

    def bloc(genre, contenu):
        corps = genre + contenu
        return struct.pack(">I", len(contenu)) + corps + struct.pack(">I", zlib.crc32(corps))

    entete = struct.pack(">IIBBBBB", largeur, hauteur, 1, 0, 0, 0, 0)
    return PNG[:8] + bloc(b"IHDR", entete) + bloc(b"IDAT", zlib.compress(b"\0" * 1000)) + bloc(b"IEND", b"")


def png_commente(texte: bytes) -> bytes:
    """A picture whose comment is a program."""
    corps = b"tEXtComment\0" + texte
    bloc = struct.pack(">I", len(corps) - 4) + corps + struct.pack(">I", zlib.crc32(corps))
    return PNG[:33] + bloc + PNG[33:]


def pdf_bombe() -> bytes:
    """An object stream folded twice, two gigabytes once open."""
    zeros = zlib.compress(zlib.compress(b"\0" * 64 * MO, 9) * 32, 9)
    flux = b"<</Type/ObjStm/N 1/First 10/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(zeros)
    return (
        b"%PDF-1.7\n1 0 obj\n" + flux + zeros + b"\nendstream\nendobj\ntrailer<</Root 2 0 R/Size 9>>\n%%EOF\n"
    )


def hostiles() -> list[Hostile]:
    """All of them, by family."""
    h = Hostile
    return [*_noms(h), *_types(h), *_pdf(h), *_office(h), *_images(h)]


def _noms(h):
    bon = pdf()
    return [
        h("extension double", "facture.pdf.exe", EXE, "programme"),
        h("programme devant une extension permise", "facture.exe.pdf", bon, "nom_double"),
        h("page devant une extension permise", "facture.html.pdf", bon, "nom_double"),
        h("espaces avant l'extension", "facture.pdf" + " " * 40 + ".exe", EXE, "programme"),
        h("sens de lecture inversé", "facture\u202efdp.exe", EXE, "nom_trompeur", "programme"),
        h("sens de lecture inversé, PDF", "plan\u202egnp.pdf", b"MZ" + bon, "nom_trompeur", "programme"),
        h("largeur nulle", "pl\u200ban.pdf", EXE, "nom_trompeur", "programme"),
        h("chemin", "../../etc/cron.d/plan.pdf", EXE, "nom_trompeur", "programme"),
        h("chemin de Windows", "..\\..\\Windows\\plan.pdf", EXE, "nom_trompeur", "programme"),
        h("octet nul", "plan.pdf\0.exe", EXE, "nom_trompeur", "programme"),
        h("retour à la ligne", "plan\r\nSet-Cookie: a=b.pdf", EXE, "nom_trompeur", "inconnu"),
        h("nom réservé", "con.pdf", bon, "nom_reserve"),
        h("nom réservé en capitales", "LPT1.png", PNG, "nom_reserve"),
        h("nom très long", "a" * 240 + ".pdf", bon, "nom_long"),
        h("flux caché de Windows", "plan.pdf::$DATA", bon, "inconnu"),
        h("point final", "plan.pdf.", bon, "inconnu"),
        h("fichier de configuration", ".htaccess", b"AddType application/x-httpd-php .pdf", "inconnu"),
    ]


def _types(h):
    return [
        h("programme de Windows", "virus.exe", EXE, "programme"),
        h("script", "script.js", b"alert(1)", "programme"),
        h("raccourci", "plan.lnk", b"L\0\0\0", "programme"),
        h("programme Windows en PDF", "plan.pdf", EXE, "programme"),
        h("programme Linux en PNG", "plan.png", b"\x7fELF" + b"\0" * 60, "programme"),
        h("script d'interpréteur en DOCX", "plan.docx", b"#!/bin/sh\nrm -rf /\n", "programme"),
        h("fichier d'essai des antivirus", "eicar.com", EICAR, "programme"),
        h("fichier d'essai en PDF", "eicar.pdf", EICAR, "type"),
        h("archive", "devis.zip", zip_de({"a.pdf": pdf()}), "archive"),
        h("archive RAR en PDF", "devis.pdf", b"Rar!\x1a\x07\x00" + b"\0" * 40, "archive"),
        h("archive en PNG", "devis.png", zip_de({"a.pdf": pdf()}), "archive"),
        h("page web", "plan.html", b"<script>alert(1)</script>", "page_web"),
        h("dessin avec script", "logo.svg", b"<svg onload='alert(1)' xmlns='x'/>", "page_web"),
        h("page web en PDF", "plan.pdf", b"\n <!doctype html><script>alert(1)</script>", "page_web"),
        h("dessin en PNG", "logo.png", b"<svg><script>alert(1)</script></svg>", "page_web"),
        h("ancien document à macros", "plan.doc", OLE + "_VBA_PROJECT".encode("utf-16-le"), "ancien"),
        h("OLE à macros en DOCX", "plan.docx", OLE + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
        h("OLE chiffré en XLSX", "plan.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "protege"),
        h("vide", "vide.pdf", b"", "vide"),
        h("PNG en PDF", "plan.pdf", PNG, "type"),
        h("sans extension", "plan", EXE, "inconnu"),
    ]


def _pdf(h):
    js = {"S": N("/JavaScript"), "JS": pikepdf.String("app.alert(1)")}
    bon = pdf()
    verrou = pikepdf.Encryption(user="secret", owner="secret")
    return [
        h("script à l'ouverture", "plan.pdf", action(**js), "actif"),
        h("script dans les noms", "plan.pdf", pdf(noms_javascript), "actif"),
        h(
            "script dans un flux d'objets",
            "plan.pdf",
            pdf(noms_javascript, object_stream_mode=pikepdf.ObjectStreamMode.generate),
            "actif",
        ),
        h("script au nom déguisé", "plan.pdf", action(**js).replace(b"/JavaScript", b"/J#61vaScript"), "actif"),
        h("script d'une page", "plan.pdf", racine(AA=pikepdf.Dictionary(WC=pikepdf.Dictionary(**js))), "actif"),
        h("programme lancé", "plan.pdf", action(S=N("/Launch"), F=pikepdf.String("cmd.exe")), "actif"),
        h(
            "programme lancé par un lien",
            "plan.pdf",
            annotation(Subtype=N("/Link"), A=pikepdf.Dictionary(S=N("/Launch"), F=pikepdf.String("calc.exe"))),
            "actif",
        ),
        h("formulaire envoyé", "plan.pdf", action(S=N("/SubmitForm"), F=pikepdf.String("http://x")), "actif"),
        h("données importées", "plan.pdf", action(S=N("/ImportData"), F=pikepdf.String("x")), "actif"),
        h("fichier joint", "plan.pdf", pdf(joint), "actif"),
        h("formulaire XFA", "plan.pdf", racine(AcroForm=pikepdf.Dictionary(XFA=pikepdf.String("x"))), "actif"),
        h("média enrichi", "plan.pdf", annotation(Subtype=N("/RichMedia")), "actif"),
        h("mot de passe", "plan.pdf", pdf(encryption=verrou), "protege"),
        h(
            "mot de passe du seul auteur",
            "plan.pdf",
            pdf(encryption=pikepdf.Encryption(user="", owner="secret")),
            "protege",
        ),
        h("PDF coupé", "plan.pdf", bon[: len(bon) // 2], "incomplet"),
        h("PDF sans page", "plan.pdf", b"%PDF-1.7\nrien\n%%EOF\n", "illisible"),
        h("PDF derrière une image", "plan.pdf", b"GIF89a" + bon, "type"),
        h("archive derrière un PDF", "plan.pdf", bon + zip_de({"a.exe": EXE}), "double"),
        h("archive et PDF ensemble", "plan.pdf", bon + zip_de({"a.exe": EXE}) + b"\n%%EOF", "double"),
        h("page web et PDF ensemble", "plan.pdf", bon.replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), "double"),
        h("trop de pages", "plan.pdf", pdf(lambda d: [d.add_blank_page() for _ in range(500)]), "pages"),
        h("flux d'objets plié deux fois", "plan.pdf", pdf_bombe(), "illisible"),
    ]  # fmt: skip


def _office(h):
    genre = "http://x/relationships/attachedTemplate"
    modele_distant = f'<Relationship Type="{genre}" Target="http://x/m.dotm" TargetMode="External"/>'
    dde = '<w:instrText xml:space="preserve"> DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"</w:instrText>'
    return [
        h("extension à macros", "budget.xlsm", xlsx(), "macro"),
        h("macros de Word", "note.docx", docx(**{"word__vbaProject.bin": OLE}), "macro"),
        h("type à macros", "note.docx", docx(types="ms-word.document.macroEnabled.main+xml"), "macro"),
        h("feuille de macros", "budget.xlsx", xlsx(**{"xl__macrosheets__sheet1.xml": "x"}), "macro"),
        h("contrôle ActiveX", "note.docx", docx(**{"word__activeX__activeX1.bin": "x"}), "macro"),
        h("macros de LibreOffice", "note.odt", odt(**{"Basic__Standard__Module1.xml": "x"}), "macro"),
        h("scripts de LibreOffice", "note.odt", odt(**{"Scripts__python__x.py": "x"}), "macro"),
        h("objet OLE", "note.docx", docx(**{"word__embeddings__oleObject1.bin": OLE + b"\0" * 99}), "objet"),
        h("programme incorporé", "note.docx", docx(**{"word__media__image1.png": EXE}), "programme_dedans"),
        h("modèle distant", "note.docx", docx(**{"word___rels__settings.xml.rels": modele_distant}), "lien"),
        h("commande DDE", "note.docx", docx(**{"word__footer.xml": dde}), "lien"),
        h("lien DDE d'un tableur", "budget.xlsx", xlsx(**{"xl__externalLinks__l.xml": "<ddeLink/>"}), "lien"),
        h("entités XML", "note.docx", docx(**{"word__x.xml": '<!DOCTYPE a [<!ENTITY a "aa">]>'}), "lien"),
        h("archive incorporée", "note.docx", docx(**{"word__media__x.zip": zip_de({"a": "a"})}), "archive_dedans"),
        h(
            "archive sous un autre nom",
            "note.docx",
            docx(**{"word__media__x.png": zip_de({"a": "a"})}),
            "archive_dedans",
        ),
        h(
            "macros dans un tableau incorporé",
            "note.docx",
            docx(**{"word__embeddings__t.xlsx": xlsx(**{"xl__vbaProject.bin": OLE})}),
            "macro",
        ),
        h("bombe", "budget.xlsx", xlsx(**{"xl__a.xml": b"\0" * 60 * MO}), "volume"),
        h("bombe à la taille menteuse", "budget.xlsx", taille_menteuse(), "illisible"),
        h("bombe d'entrées", "note.odt", odt(**{f"x{rang}": "" for rang in range(2_001)}), "volume"),
        h("entrées qui s'échappent", "note.docx", docx(**{"..__..__etc__passwd": "x"}), "illisible"),
        h("lien symbolique", "note.docx", lien_symbolique(), "illisible"),
        h("sous un mot de passe", "note.odt", chiffre(odt()), "protege"),
        h("chiffré par LibreOffice", "note.odt", odt(**{"META-INF__manifest.xml": "<encryption-data/>"}), "protege"),
        h("tableur en traitement de texte", "note.docx", xlsx(), "type"),
        h("archive en DOCX", "note.docx", zip_de({"a.pdf": pdf()}), "type"),
        h("livre en DOCX", "note.docx", livre(), "type"),
        h("document coupé", "note.docx", docx()[:-30], "illisible"),
    ]  # fmt: skip


def _images(h):
    jpeg = image("JPEG", (64, 64))
    return [
        h("bombe de points", "photo.png", bombe_de_pixels(), "pixels"),
        h("image coupée", "photo.jpg", jpeg[: len(jpeg) // 2], "incomplet"),
        h("image sans contenu", "photo.png", PNG[:8] + b"\0" * 64, "incomplet"),
        h("archive derrière une image", "photo.jpg", jpeg + zip_de({"a.exe": EXE}), "double"),
        h("programme en commentaire", "photo.png", png_commente(b"<?php system($_GET[0]);"), "double"),
        h("page web derrière une image", "photo.jpg", jpeg + b"<script>alert(1)</script>", "double"),
        h("JPEG en PNG", "photo.png", jpeg, "type"),
    ]
