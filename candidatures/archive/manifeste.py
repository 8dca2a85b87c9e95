"""The manifest of a package, after the State's standard for the transfer of archives (SEDA 2.1)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from mimetypes import guess_type
from xml.etree import ElementTree

ESPACE = "fr:gouv:culture:archivesdefrance:seda:v2.1"
GROUPES = {
    "actes": "Actes",
    "versions": "Dossier déposé",
    "pieces": "Pièces jointes",
    "": "Journal et inventaire",
}


@dataclass(frozen=True)
class Entree:
    """One file of the package: what it is, what it weighs, its digest, and the one its row declared."""

    chemin: str
    titre: str
    taille: int
    sha256: str
    declaree: str = ""

    def en_json(self) -> dict:
        """As the inventory says it."""
        return {cle: valeur for cle, valeur in asdict(self).items() if valeur != ""}


def manifeste(dossier, objets: list[Entree], instant: datetime) -> bytes:
    """Data objects with their digests, then the archive units that describe them, by folder."""
    racine = ElementTree.Element("ArchiveTransfer", xmlns=ESPACE)
    _dire(racine, "Comment", f"Dossier {dossier.numero}, appel Manufactures de proximité")
    _dire(racine, "Date", instant.isoformat())
    _dire(racine, "MessageIdentifier", f"manufactures-{dossier.numero}-{instant:%Y%m%dT%H%M%SZ}")
    paquet = ElementTree.SubElement(racine, "DataObjectPackage")
    for rang, objet in enumerate(objets, 1):
        _objet(paquet, rang, objet)
    _description(paquet, dossier, objets)
    gestion = ElementTree.SubElement(paquet, "ManagementMetadata")
    _dire(gestion, "OriginatingAgencyIdentifier", "ANCT")
    for role in ("ArchivalAgency", "TransferringAgency"):
        _dire(ElementTree.SubElement(racine, role), "Identifier", "ANCT" if role[0] == "T" else "À compléter")
    ElementTree.indent(racine)
    return ElementTree.tostring(racine, encoding="utf-8", xml_declaration=True)


def _objet(paquet, rang, objet):
    donnee = ElementTree.SubElement(paquet, "BinaryDataObject", id=f"objet-{rang}")
    _dire(donnee, "Uri", objet.chemin)
    _dire(donnee, "MessageDigest", objet.sha256, algorithm="SHA-256")
    _dire(donnee, "Size", str(objet.taille))
    nature = guess_type(objet.chemin)[0] or "application/octet-stream"
    _dire(ElementTree.SubElement(donnee, "FormatIdentification"), "MimeType", nature)
    _dire(ElementTree.SubElement(donnee, "FileInfo"), "Filename", objet.chemin.rsplit("/", 1)[-1])


def _description(paquet, dossier, objets):
    description = ElementTree.SubElement(paquet, "DescriptiveMetadata")
    tout = ElementTree.SubElement(description, "ArchiveUnit", id="dossier")
    contenu = ElementTree.SubElement(tout, "Content")
    _dire(contenu, "DescriptionLevel", "File")
    _dire(contenu, "Title", f"{dossier.nom_projet} (dossier {dossier.numero})")
    for cle, titre in GROUPES.items():
        siens = [(rang, o) for rang, o in enumerate(objets, 1) if _dossier_de(o.chemin) == cle]
        if not siens:
            continue
        unite = ElementTree.SubElement(tout, "ArchiveUnit", id=f"groupe-{cle or 'racine'}")
        corps = ElementTree.SubElement(unite, "Content")
        _dire(corps, "DescriptionLevel", "RecordGrp")
        _dire(corps, "Title", titre)
        for rang, objet in siens:
            piece = ElementTree.SubElement(unite, "ArchiveUnit", id=f"unite-{rang}")
            fiche = ElementTree.SubElement(piece, "Content")
            _dire(fiche, "DescriptionLevel", "Item")
            _dire(fiche, "Title", objet.titre)
            renvoi = ElementTree.SubElement(piece, "DataObjectReference")
            _dire(renvoi, "DataObjectReferenceId", f"objet-{rang}")


def _dossier_de(chemin: str) -> str:
    return chemin.split("/", maxsplit=1)[0] if "/" in chemin else ""


def _dire(parent, nom: str, texte: str, **attributs: str) -> None:
    ElementTree.SubElement(parent, nom, attributs).text = "".join(
        lettre for lettre in texte if lettre.isprintable() or lettre in "\n\t"
    )
