"""What is due on a tranche: min(ceilings, rate × accepted expenses) − paid; never typed.

An invoice accepted in part counts for what is left of it: the part set aside is in the convention's own base.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum

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


def _depenses(convention, nature) -> dict:
    """Sums of the invoices of one kind of subsidy, all its tranches together: presented, and accepted."""
    champ = "montant_ttc" if convention.base == BaseMontants.TTC else "montant_ht"
    return Facture.objects.filter(tranche__convention=convention, tranche__nature=nature).aggregate(
        retenues=Sum(F(champ) - F("montant_ecarte"), filter=Q(statut=StatutFacture.ACCEPTEE), default=ZERO),
        presentees=Sum(champ, default=ZERO),
    )


def du_sur_depenses(convention, nature) -> Decimal:
    """What accepted expenses justify of one kind of subsidy, within its ceiling."""
    retenues = _depenses(convention, nature)["retenues"]
    return min(convention.montant(nature), arrondi(convention.taux(nature) * retenues))


def calculer(tranche) -> Calcul:
    """The sum due now; the advance and the seed money rest on no invoice."""
    convention = tranche.convention
    sommes = _depenses(convention, tranche.nature)
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
