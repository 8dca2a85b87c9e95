"""Invoices that justify a payment: accepted, in whole or in part, or set aside with a reason that is read."""

from decimal import Decimal

from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from accompagnement.models.base import suivi_par
from candidatures.models import BaseMontants
from manufactures.droits import exiger
from manufactures.francais import euros
from manufactures.journal.models import consigner
from manufactures.registres import TransitionInterdite


class StatutFacture(models.TextChoices):
    """What the check said of an invoice."""

    EN_CONTROLE = "EN_CONTROLE", "En contrôle"
    ACCEPTEE = "ACCEPTEE", "Acceptée"
    REJETEE = "REJETEE", "Rejetée"


class Facture(models.Model):
    """A paid invoice presented with a request; accepted, accepted less a part, or set aside, with the reason.

    The part set aside is counted in the convention's base, like the expense that it is taken from.
    """

    tranche = models.ForeignKey("accompagnement.Tranche", models.PROTECT, related_name="factures")
    numero = models.CharField("numéro", max_length=60)
    fournisseur = models.CharField("fournisseur", max_length=200)
    objet = models.CharField("objet", max_length=250)
    date = models.DateField("date")
    montant_ht = models.DecimalField("montant HT", max_digits=12, decimal_places=2)
    montant_ttc = models.DecimalField("montant TTC", max_digits=12, decimal_places=2)
    statut = models.CharField(
        "statut", max_length=12, choices=StatutFacture, default=StatutFacture.EN_CONTROLE
    )
    montant_ecarte = models.DecimalField(
        "montant écarté", max_digits=12, decimal_places=2, default=Decimal("0.00"), db_default=Decimal("0.00")
    )
    motif_rejet = models.CharField("motif du rejet", max_length=500, blank=True)

    objects = suivi_par("tranche__convention__dossier").as_manager()

    class Meta:
        verbose_name = "facture"
        ordering = ["date", "pk"]
        constraints = [
            UniqueConstraint(fields=["tranche", "fournisseur", "numero"], name="facture_unique"),
            CheckConstraint(
                condition=Q(montant_ht__gt=0, montant_ttc__gte=F("montant_ht")), name="facture_montants"
            ),
            CheckConstraint(
                condition=~Q(statut="REJETEE") | ~Q(motif_rejet=""), name="facture_rejetee_avec_motif"
            ),
            CheckConstraint(
                condition=Q(montant_ecarte=0)
                | Q(montant_ecarte__gt=0, montant_ecarte__lt=F("montant_ttc"), statut="ACCEPTEE")
                & ~Q(motif_rejet=""),
                name="facture_ecartee_en_partie",
            ),
        ]

    def __str__(self):
        return f"{self.numero}, {self.fournisseur}"

    @property
    def presente(self) -> Decimal:
        """The amount that counts: with taxes or without, as the convention says."""
        ttc = self.tranche.convention.base == BaseMontants.TTC
        return self.montant_ttc if ttc else self.montant_ht

    @property
    def verdict(self) -> str:
        """What the check said, in words."""
        if not self.montant_ecarte:
            return self.get_statut_display()
        return f"Acceptée, sauf {euros(self.montant_ecarte)}"

    def examiner(self, *, par, acceptee: bool, motif="", ecarte=Decimal("0.00")) -> None:
        """Accept it, whole or less `ecarte`, or set it aside; until the service is certified.

        The reason of what is set aside is printed for the beneficiary.
        """
        convention = self.tranche.convention
        exiger("certifier_versement", par, convention)
        ecarte = ecarte if acceptee else Decimal("0.00")
        if (not acceptee or ecarte) and not motif.strip():
            raise TransitionInterdite("Écrivez le motif du rejet : le porteur le lira.")
        if not 0 <= ecarte < self.presente:
            raise TransitionInterdite(
                f"La part écartée de la facture {self.numero} est inférieure à son montant, {euros(self.presente)}."
            )
        with transaction.atomic():
            tranche = self.tranche.verrouiller("EN_CONTROLE")
            if tranche.service_fait_le:
                raise TransitionInterdite("Le service fait est certifié : les factures ne changent plus.")
            self.statut = StatutFacture.ACCEPTEE if acceptee else StatutFacture.REJETEE
            self.montant_ecarte = ecarte
            self.motif_rejet = motif if ecarte or not acceptee else ""
            self.save(update_fields=["statut", "montant_ecarte", "motif_rejet"])
            faits = {"ecarte": str(ecarte)} if ecarte else {}
            consigner(
                convention.fil, "examiner_facture", par=par, facture=self.numero, statut=self.statut, **faits
            )
