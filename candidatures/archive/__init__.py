"""A dossier at its end as one package that verifies itself, for the archives: streamed, never whole in memory."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from candidatures.archive.manifeste import Entree as Objet
from candidatures.archive.manifeste import manifeste
from candidatures.models import Dossier, Piece
from manufactures import horloge
from manufactures.actes.models import ExemplaireSigne
from manufactures.journal.models import CONDENSES, Entree, canonique

MORCEAU = 256 * 1024
RACINE = Path(__file__).parent
JAMAIS_COMPRIMES = (".pdf", ".jpg", ".jpeg", ".png", ".zip", ".docx", ".xlsx", ".odt", ".ods")
LISEZMOI = """Archive du dossier {numero}, éditée le {le}.

actes/        les actes scellés (PDF) et les données dont chacun est tiré (JSON)
actes/signes/ leurs exemplaires signés à la main, numérisés
versions/     le dossier tel qu'il a été déposé, version par version
pieces/       les pièces jointes, sous leur nom
journal.jsonl le journal du dossier : chaque ligne est chaînée à la précédente
MANIFESTE.xml l'inventaire au format d'un transfert d'archives (d'après SEDA 2.1)
inventaire.json  chaque fichier, sa taille, son empreinte SHA-256

Pour vérifier cette archive sans réseau, décompressez-la puis lancez : python3 verifier.py
"""


class _Tuyau:
    """Where the zip is written, emptied at each piece: it cannot be read back, and never grows."""

    def __init__(self):
        self.octets = bytearray()

    def write(self, octets):
        self.octets += octets
        return len(octets)

    def flush(self):
        """Nothing to keep."""

    def vider(self) -> bytes:
        dits, self.octets = bytes(self.octets), bytearray()
        return dits


class _Paquet:
    """Files one after the other, each digested as it passes."""

    def __init__(self, instant):
        self.tuyau = _Tuyau()
        self.zip = zipfile.ZipFile(self.tuyau, "w", allowZip64=True)
        self.date = instant.astimezone(horloge.PARIS).timetuple()[:6]
        self.objets: list[Objet] = []
        self.manquants: list[str] = []

    def ajouter(
        self, chemin: str, titre: str, morceaux: Iterable[bytes], *, declaree: str = ""
    ) -> Iterator[bytes]:
        info = zipfile.ZipInfo(chemin, self.date)
        comprime = not chemin.lower().endswith(JAMAIS_COMPRIMES)
        info.compress_type = zipfile.ZIP_DEFLATED if comprime else zipfile.ZIP_STORED
        condense, taille = hashlib.sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as sortie:
            for morceau in morceaux:
                condense.update(morceau)
                taille += len(morceau)
                sortie.write(morceau)
                yield self.tuyau.vider()
        self.objets.append(Objet(chemin, titre, taille, condense.hexdigest(), declaree))

    def ajouter_fichier(self, chemin: str, titre: str, stocke: str, declaree: str) -> Iterator[bytes]:
        try:
            fichier = default_storage.open(stocke)
        except FileNotFoundError:
            self.manquants.append(chemin)
            return
        with fichier:
            yield from self.ajouter(chemin, titre, fichier.chunks(MORCEAU), declaree=declaree)

    def clore(self) -> bytes:
        self.zip.close()
        return self.tuyau.vider()


def flux(dossier: Dossier) -> Iterator[bytes]:
    """The bytes of the package, as they come."""
    instant = horloge.maintenant()
    paquet = _Paquet(instant)
    actes = list(dossier.actes.order_by("annee", "rang"))
    for acte in actes:
        if acte.fichier:
            titre = f"{acte.libelle} n° {acte.numero}"
            yield from paquet.ajouter_fichier(f"actes/{acte.numero}.pdf", titre, acte.fichier, acte.empreinte)
        donnees = _json(
            {"numero": acte.numero, "genre": acte.genre, "etat": acte.etat, "instantane": acte.instantane}
        )
        yield from paquet.ajouter(
            f"actes/{acte.numero}.json", f"Données de l'acte n° {acte.numero}", [donnees]
        )
    exemplaires = (
        ExemplaireSigne.objects.filter(acte__in=actes).select_related("acte").defer("acte__instantane")
    )
    for exemplaire in exemplaires.order_by("pk"):
        numero = exemplaire.acte.numero
        chemin = f"actes/signes/{numero}-{exemplaire.pk}.pdf"
        titre = f"Exemplaire signé à la main de l'acte n° {numero}"
        yield from paquet.ajouter_fichier(chemin, titre, exemplaire.fichier, exemplaire.empreinte)
    for version in dossier.versions.order_by("rang"):
        texte = json.dumps(
            version.contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
        chemin, titre = f"versions/version-{version.rang}.json", f"Dossier déposé, version {version.rang}"
        yield from paquet.ajouter(chemin, titre, [texte], declaree=version.empreinte)
    for piece in Piece.toutes.filter(dossier=dossier).order_by("pk"):
        chemin = f"pieces/{piece.pk:08d}-{_nom(piece.nom)}"
        yield from paquet.ajouter_fichier(
            chemin, piece.libelle or piece.nom, piece.fichier.name, piece.empreinte
        )
    fils = {dossier.fil, *(acte.fil for acte in actes)}
    yield from paquet.ajouter("journal.jsonl", "Journal du dossier", _journal(fils))
    yield from paquet.ajouter(
        "verifier.py", "Vérification hors ligne", [(RACINE / "verifier.py").read_bytes()]
    )
    lisezmoi = LISEZMOI.format(numero=dossier.numero, le=f"{instant.astimezone(horloge.PARIS):%d/%m/%Y}")
    yield from paquet.ajouter("LISEZMOI.txt", "Mode d'emploi", [lisezmoi.encode()])
    yield from paquet.ajouter("MANIFESTE.xml", "Manifeste", [manifeste(dossier, paquet.objets, instant)])
    yield from paquet.ajouter("inventaire.json", "Inventaire", [_json(_inventaire(dossier, paquet, instant))])
    yield paquet.clore()


def _inventaire(dossier, paquet, instant) -> dict:
    return {
        "dossier": dossier.numero,
        "etat": dossier.etat,
        "edite_le": instant.isoformat(),
        "fichiers": [objet.en_json() for objet in paquet.objets],
        "manquants": paquet.manquants,
    }


def _journal(fils: set[str]) -> Iterator[bytes]:
    """One line an entry: the very text that its digest was drawn from, and the digest."""
    entrees = Entree.objects.filter(fil__in=fils).order_by("fil", "rang")
    for *dits, empreinte in entrees.values_list(*CONDENSES, "empreinte").iterator(chunk_size=500):
        yield _json({"texte": canonique(dits), "empreinte": empreinte}, ligne=True)


def _json(valeur, *, ligne: bool = False) -> bytes:
    mise = {"separators": (",", ":")} if ligne else {"indent": 1}
    return (json.dumps(valeur, ensure_ascii=False, cls=DjangoJSONEncoder, **mise) + "\n").encode()


def _nom(nom: str) -> str:
    """A file's name that no system refuses, and that stays in its folder."""
    propre = "".join(lettre if lettre.isalnum() or lettre in " .-_" else "_" for lettre in nom)
    return propre.strip(" .")[-120:] or "piece"
