"""What must always hold in submission, as small named queries."""

from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

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
    versions = VersionDeposee.objects.filter(
        dossier__numero=OuterRef("depose"), rang=OuterRef("version"), empreinte=OuterRef("dite")
    )
    accuses = Acte.objects.filter(genre="ar_depot").annotate(
        depose=KT("instantane__dossier__numero"),
        version=Cast(KT("instantane__dossier__version_deposee"), IntegerField()),
        dite=KT("instantane__empreinte_depot"),
    )
    for numero in accuses.filter(~Exists(versions)).values_list("numero", flat=True):
        yield f"{numero} : empreinte différente de la version déposée"


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
    versions = VersionDeposee.objects.values_list("dossier__numero", "rang", "contenu", "empreinte")
    for numero, rang, contenu, empreinte in versions.iterator(chunk_size=200):
        if empreinte_de(contenu) != empreinte:
            yield f"{numero}, version {rang} : le contenu ne correspond plus à son empreinte"


@invariant("un dépôt prolongé l'est par une prolongation motivée")
def prolongations_fideles():
    """What the dossier says of its extra time is the last row that gave some."""
    dossiers = Dossier.objects.annotate(dernier=Max("prolongations__jusqu_au"))
    faux = ~Q(prolonge_jusquau=F("dernier")) | Q(prolonge_jusquau=None) | Q(dernier=None)
    for dossier in dossiers.filter(faux).exclude(prolonge_jusquau=None, dernier=None):
        yield f"{dossier.numero} : délai prolongé sans prolongation"


@invariant("chaque pièce a son fichier")
def pieces_avec_fichier():
    """Every row, taken away or not, finds its content, of the right size; one that many share is asked for once."""
    contenus = Piece.toutes.order_by().values_list("fichier", "taille").distinct()
    for chemin, taille in contenus.iterator(chunk_size=500):
        if not default_storage.exists(chemin):
            defaut = "le fichier manque"
        elif default_storage.size(chemin) != taille:
            defaut = "le fichier n'a plus sa taille"
        else:
            continue
        for piece in Piece.toutes.filter(fichier=chemin, taille=taille).select_related("dossier"):
            yield f"{piece.dossier.numero}, « {piece.nom} » : {defaut}"


@invariant("un titulaire par dossier")
def un_titulaire():
    """Never none; the database forbids two."""
    titulaires = Membre.objects.filter(dossier=OuterRef("pk"), droit=Droit.TITULAIRE)
    for dossier in Dossier.objects.filter(~Exists(titulaires)):
        yield f"{dossier.numero} : aucun titulaire"


@invariant("un dossier se retrouve par ce qu'il dit aujourd'hui")
def recherche_fidele():
    """The words, the sorted name and the place that the triggers keep, against their sources; one entry a dossier."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT d.numero FROM candidatures_dossier AS d"
            " LEFT JOIN candidatures_recherche AS r ON r.dossier_id = d.id"
            " LEFT JOIN recherche_calculee(ARRAY(SELECT id FROM candidatures_dossier)) AS c ON c.dossier_id = d.id"
            " WHERE (r.mots, r.nom, r.commune_id, r.departement_id, r.textes)"
            " IS DISTINCT FROM (c.mots, c.nom, c.commune_id, c.departement_id, c.textes)"
        )
        for (numero,) in curseur.fetchall():
            yield f"{numero} : l'entrée de recherche ne suit plus le dossier"
