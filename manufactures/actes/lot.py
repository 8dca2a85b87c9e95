"""A postal batch: several sealed letters as one file to print, each behind a sheet that bears its address.

Printed on both sides, each sheet and each letter starts on a new leaf. The paper is a copy: the seal stays in the file.
"""

from collections.abc import Iterable
from io import BytesIO

import pikepdf

from manufactures.actes.templatetags.acte import ligne_postale

LOT_MAX = 100
A4 = (595, 842)
_MM = 72 / 25.4
FENETRE = (110 * _MM, A4[1] - 55 * _MM)  # 110 mm from the left, 50 mm from the top
INTERLIGNE = 14


class LotRefuse(ValueError):
    """A batch that cannot be made; the message is a sentence for the agent."""


def lignes_du_destinataire(instantane: dict) -> list[str]:
    """The lines of the envelope's window, or nothing where the act has no addressee on paper."""
    porteur, representant = instantane.get("porteur") or {}, instantane.get("representant") or {}
    adresse = porteur.get("adresse") or []
    if not adresse:
        return []
    personne = f"{representant.get('civilite') or ''} {representant.get('nom') or ''}".strip()
    attention = [f"À l'attention de {personne}"] if personne else []
    return [porteur.get("raison_sociale") or "", *attention, *adresse[:-1], ligne_postale(adresse[-1])]


def imprimer_le_lot(actes: Iterable) -> bytes:
    """One PDF. Raises LotRefuse: nothing to print, a document not ready, an act without address."""
    actes = list(actes)
    if not actes:
        raise LotRefuse("Choisissez au moins un acte.")
    if len(actes) > LOT_MAX:
        raise LotRefuse(f"Un lot compte {LOT_MAX} actes au plus.")
    sortie = BytesIO()
    with pikepdf.new() as lot:
        for rang, acte in enumerate(actes, 1):
            lignes = lignes_du_destinataire(acte.instantane)
            if not acte.est_scelle:
                raise LotRefuse(f"Le document de l'acte {acte.numero} n'est pas prêt.")
            if not lignes:
                raise LotRefuse(f"L'acte {acte.numero} n'a pas d'adresse postale.")
            with pikepdf.open(BytesIO(acte.lire_fichier())) as lettre:
                feuilles = len(lettre.pages)
                _intercalaire(lot, acte, lignes, f"Lettre {rang} sur {len(actes)}, {feuilles} page(s)")
                lot.add_pages_from(lettre, forms="strip")
                if feuilles % 2:
                    lot.add_blank_page(page_size=A4)
        lot.docinfo["/Title"] = f"Lot postal, {len(actes)} lettre(s)"
        lot.save(sortie)
    return sortie.getvalue()


def _intercalaire(lot, acte, lignes, compte):
    """The sheet and its blank back."""
    page = lot.add_blank_page(page_size=A4)
    police = lot.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=police))
    gauche, haut = FENETRE
    dessin = _texte(gauche, haut, lignes) + _texte(20 * _MM, 120 * _MM, [acte.numero, acte.objet, compte])
    page.Contents = lot.make_stream(dessin)
    lot.add_blank_page(page_size=A4)


def _texte(x: float, y: float, lignes: Iterable[str]) -> bytes:
    """Lines of text, the first one at this place."""
    debut = f"BT /F1 11 Tf {INTERLIGNE} TL {x:.1f} {y:.1f} Td\n".encode()
    return debut + b"".join(b"(" + _chaine(ligne) + b") Tj T*\n" for ligne in lignes) + b"ET\n"


def _chaine(ligne: str) -> bytes:
    """What a PDF string bears: parentheses and backslashes escaped, what Windows-1252 lacks replaced."""
    octets = ligne.replace("\u202f", " ").encode("cp1252", "replace")
    return octets.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)").replace(b"\r", b" ")
