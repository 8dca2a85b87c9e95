"""What is kept of the dossiers and of their pieces, for how long, and the files that the pieces keep."""

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat

from candidatures.models import (
    Dossier,
    Envoi,
    Impression,
    Invitation,
    ModeleDePiece,
    Morceau,
    Piece,
    VersionDeposee,
)
from manufactures.journal.models import Entree, consigner
from manufactures.procedure import Etat
from manufactures.registres import Regle, conservation, effacer_avec, fichiers

NON_RETENUS = (Etat.IRRECEVABLE, Etat.NON_RETENU, Etat.AJOURNE, Etat.RETIRE)


@fichiers("pièce de")
def pieces():
    """Every piece, those taken away too: their content stays as long as their row. Named by its dossier's number."""
    return Piece.toutes.annotate(chemin=F("fichier"), de=F("dossier__numero"))


@fichiers("impression du dossier")
def impressions():
    """The whole dossiers as PDF, those that are made."""
    faites = Impression.objects.filter(faite_le__isnull=False)
    return faites.annotate(de=F("version__dossier__numero"))


def journal_de_ce_dossier():
    """The entries of the outer dossier's thread."""
    return Entree.objects.filter(fil=Concat(Value("dossier/"), OuterRef("numero")))


@fichiers("envoi de")
def morceaux():
    """What has come of the files on their way."""
    return Morceau.objects.annotate(chemin=F("fichier"), de=F("envoi__dossier__numero"))


@fichiers("modèle de")
def modeles():
    """The templates published with the calls."""
    return ModeleDePiece.objects.annotate(chemin=F("fichier"), de=F("demandee__code"))


@conservation("envois_inacheves")
class EnvoisInacheves(Regle):
    """Files that nobody went on sending, and the trace of those that arrived."""

    exemple = "dossier__numero"

    def lignes(self, limite):
        """Nothing has come since the limit."""
        return Envoi.objects.filter(modifie_le__lt=limite)

    def detruire(self, lignes):
        """Rows and bytes."""
        delaisses = list(Morceau.objects.filter(envoi__in=lignes).values_list("fichier", flat=True))
        lignes.delete()
        return delaisses


@conservation("brouillons")
class BrouillonsAbandonnes(Regle):
    """Drafts never deposited that nobody has touched: rows and files go, the thread of the journal says when."""

    exemple = "numero"

    def lignes(self, limite):
        """Never deposited, no answer written, nothing in the journal since the limit."""
        deposes = VersionDeposee.objects.filter(dossier=OuterRef("pk"))
        recents = journal_de_ce_dossier().filter(le__gte=limite)
        brouillons = Dossier.objects.filter(etat=Etat.BROUILLON, modifie_le__lt=limite, actes=None)
        return brouillons.filter(~Exists(deposes), ~Exists(recents))

    def detruire(self, lignes):
        """All that hangs on the draft, then the draft."""
        delaisses = [
            *Piece.toutes.filter(dossier__in=lignes).values_list("fichier", flat=True),
            *Morceau.objects.filter(envoi__dossier__in=lignes).values_list("fichier", flat=True),
        ]
        effacer_avec("dossier", lignes)
        for dossier in lignes:
            consigner(dossier.fil, "detruire_brouillon", par=None)
            dossier.delete()
        return delaisses


@conservation("pieces_retirees")
class PiecesRetirees(Regle):
    """Pieces taken away from a draft; never one that a deposited version names, nor what another replaced."""

    def lignes(self, limite):
        """Taken away before the limit, and absent from every deposit."""
        deposees_avec = VersionDeposee.objects.filter(
            dossier=OuterRef("dossier"),
            deposee_le__gte=OuterRef("ajoutee_le"),
            deposee_le__lte=OuterRef("retiree_le"),
        )
        retirees = Piece.toutes.filter(~Exists(deposees_avec), retiree_le__lt=limite, complement=False)
        return retirees.filter(remplacee_par=None)

    def detruire(self, lignes):
        """Row and content."""
        delaisses = list(lignes.values_list("fichier", flat=True))
        lignes.delete()
        return delaisses


@conservation("invitations")
class InvitationsCloses(Regle):
    """Addresses of people invited into a dossier, once their link is long dead; who joined is a member."""

    def lignes(self, limite):
        """Expired before the limit, answered or not."""
        return Invitation.objects.filter(expire_le__lt=limite)

    def detruire(self, lignes):
        """The rows."""
        lignes.delete()
        return ()


@conservation("dossiers_non_retenus")
class DossiersNonRetenus(Regle):
    """Dossiers that went no further, once nobody may appeal any more: archives, to be sorted with a visa."""

    exemple = "numero"

    def lignes(self, limite):
        """In that state since before the limit."""
        entres = journal_de_ce_dossier().filter(vers=OuterRef("etat"), le__lt=limite)
        return Dossier.objects.filter(Exists(entres), etat__in=NON_RETENUS)
