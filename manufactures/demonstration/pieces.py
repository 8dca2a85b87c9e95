"""One-page PDFs made by hand: a demonstration needs hundreds of attachments and none of their content."""

PAGE = (595, 842)
CORPS = 12


def _chaine(texte: str) -> bytes:
    """A PDF literal string, in the encoding of its fonts."""
    octets = texte.encode("cp1252", "replace")
    return b"(" + octets.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _contenu(lignes: list[str]) -> bytes:
    morceaux = [b"BT /F1 18 Tf 72 740 Td 22 TL"]
    for rang, ligne in enumerate(lignes):
        if rang == 1:
            morceaux.append(b"/F1 %d Tf" % CORPS)
        morceaux.append(_chaine(ligne) + b" Tj T*")
    return b"\n".join([*morceaux, b"ET"])


def fabriquer_pdf(*lignes: str) -> bytes:
    """A one-page PDF that says these lines, the first as its title; the same lines give the same bytes."""
    contenu = _contenu(list(lignes))
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % PAGE,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(contenu), contenu),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    fichier, positions = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for numero, objet in enumerate(objets, 1):
        positions.append(len(fichier))
        fichier += b"%d 0 obj\n%b\nendobj\n" % (numero, objet)
    debut = len(fichier)
    fichier += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1)
    for position in positions:
        fichier += b"%010d 00000 n \n" % position
    fichier += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objets) + 1, debut)
    return bytes(fichier)


def piece_de_demonstration(libelle: str, *qui: str) -> bytes:
    """The page that stands for an attachment."""
    return fabriquer_pdf(
        "Pièce de démonstration",
        libelle,
        *qui,
        "Ce fichier remplace la pièce que le porteur aurait jointe.",
    )
