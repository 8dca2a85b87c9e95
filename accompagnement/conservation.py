"""What is kept of the laureates: the proof of a public aid, as long as it may be controlled."""

from django.db.models import Exists, OuterRef

from accompagnement.models import Tranche
from candidatures.conservation import journal_de_ce_dossier
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import Regle, conservation


@conservation("dossiers_laureats")
class DossiersDesLaureats(Regle):
    """Laureates whose path has ended, counted from the last payment: archives, to be sorted with a visa."""

    exemple = "numero"

    def lignes(self, limite):
        """Closed or abandoned, and paid for the last time, before the limit."""
        finis = journal_de_ce_dossier().filter(vers=OuterRef("etat"), le__lt=limite)
        jour = limite.astimezone(horloge.PARIS).date()
        payes = Tranche.objects.filter(convention__dossier=OuterRef("pk"), payee_le__gte=jour)
        laureats = Dossier.objects.filter(etat__in=(Etat.CLOS, Etat.ABANDONNE))
        return laureats.filter(Exists(finis), ~Exists(payes))
