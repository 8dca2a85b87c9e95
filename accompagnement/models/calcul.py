"""What is due on a tranche: min(ceilings, rate × accepted expenses) − paid; never typed."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from accompagnement.models.convention import arrondi
from accompagnement.models.facture import Facture, StatutFacture
from candidatures.models import BaseMontants

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Calcul:
    """The sum and each of its terms; invoices are those of all the tranches of the kind."""

    presentees: Decimal
    retenues: Decimal
    taux: Decimal
    produit: Decimal
    plafond_cumule: Decimal
    deja_verse: Decimal
    a_verser: Decimal
    reste: Decimal


def _plafond(tranche) -> Decimal:
    """What may be paid in all once this tranche is: advance 30 %, before the balance 80 %, then the maximum."""
    convention, maximum = tranche.convention, tranche.convention.montant(tranche.nature)
    parts = {
        "AVANCE": Decimal(convention.plafond_avance) / 100,
        "ACOMPTE": Decimal(convention.plafond_acomptes) / 100,
        "ANNEE_1": tranche.part,
    }
    return arrondi(maximum * parts[tranche.type]) if tranche.type in parts else maximum


def calculer(tranche) -> Calcul:
    """The sum due now; the advance and the seed money rest on no invoice."""
    convention = tranche.convention
    champ = "montant_ttc" if convention.base == BaseMontants.TTC else "montant_ht"
    factures = Facture.objects.filter(tranche__convention=convention, tranche__nature=tranche.nature)
    sommes = factures.aggregate(
        retenues=Sum(champ, filter=Q(statut=StatutFacture.ACCEPTEE), default=ZERO),
        presentees=Sum(champ, default=ZERO),
    )
    payees = convention.tranches.filter(nature=tranche.nature, payee_le__isnull=False).exclude(pk=tranche.pk)
    verse = payees.aggregate(somme=Sum("montant_verse", default=ZERO))["somme"]
    taux, plafond, maximum = (
        convention.taux(tranche.nature),
        _plafond(tranche),
        convention.montant(tranche.nature),
    )
    produit = arrondi(taux * sommes["retenues"])
    borne = min(plafond, produit) if tranche.sur_factures else plafond
    du = borne - verse if tranche.type == "SOLDE" else min(tranche.montant, borne - verse)
    du = max(du, ZERO)
    return Calcul(
        sommes["presentees"], sommes["retenues"], taux, produit, plafond, verse, du, maximum - verse - du
    )
