"""What must always hold in submission, as small named queries."""

from django.core.files.storage import default_storage
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from candidatures.gel import empreinte_de
from candidatures.models import Dossier, Droit, Membre, Piece, VersionDeposee
from manufactures.actes.models import Acte
from manufactures.procedure import Etat
from manufactures.registres import invariant


@invariant("un accusé de réception par dépôt")
def un_accuse_par_depot():
    """As many receipts as frozen versions, for each dossier, whatever its state."""
    dossiers = Dossier.objects.annotate(
        depots=Count("versions", distinct=True),
        accuses=Count("actes", filter=Q(actes__genre="ar_depot"), distinct=True),
    )
    for dossier in dossiers.exclude(depots=F("accuses")):
        yield f"{dossier.numero} : {dossier.depots} dépôts, {dossier.accuses} accusés de réception"


@invariant("chaque accusé cite l'empreinte de sa version")
def accuses_fideles():
    """The receipt's digest is the one of the frozen version that bears its rank."""
    versions = {
        (v.dossier.numero, v.rang): v.empreinte for v in VersionDeposee.objects.select_related("dossier")
    }
    for acte in Acte.objects.filter(genre="ar_depot").iterator():
        dossier = acte.instantane["dossier"]
        if (
            versions.get((dossier["numero"], dossier["version_deposee"]))
            != acte.instantane["empreinte_depot"]
        ):
            yield f"{acte.numero} : empreinte différente de la version déposée"


@invariant("un dossier déposé a sa version figée")
def deposes_avec_version():
    """The last version is the one the dossier names, and they follow each other without a gap."""
    dossiers = Dossier.objects.annotate(nombre=Count("versions"), dernier=Max("versions__rang"))
    for dossier in dossiers.exclude(etat=Etat.BROUILLON).exclude(
        nombre=F("version_deposee"), dernier=F("version_deposee"), version_deposee__gte=1
    ):
        yield f"{dossier.numero} : version {dossier.version_deposee}, {dossier.nombre} figées"


@invariant("l'empreinte d'une version est celle de son contenu")
def versions_intactes():
    """The digest is computed again from what is stored."""
    for version in VersionDeposee.objects.select_related("dossier").iterator(chunk_size=200):
        if empreinte_de(version.contenu) != version.empreinte:
            yield f"{version} : le contenu ne correspond plus à son empreinte"


@invariant("chaque pièce a son fichier")
def pieces_avec_fichier():
    """Every row, taken away or not, still finds its content, of the right size."""
    for piece in Piece.toutes.select_related("dossier").iterator(chunk_size=500):
        if not default_storage.exists(piece.fichier.name):
            yield f"{piece.dossier.numero} : le fichier de « {piece.nom} » manque"
        elif default_storage.size(piece.fichier.name) != piece.taille:
            yield f"{piece.dossier.numero} : « {piece.nom} » n'a plus sa taille"


@invariant("un titulaire par dossier")
def un_titulaire():
    """Never none; the database forbids two."""
    titulaires = Membre.objects.filter(dossier=OuterRef("pk"), droit=Droit.TITULAIRE)
    for dossier in Dossier.objects.filter(~Exists(titulaires)):
        yield f"{dossier.numero} : aucun titulaire"
