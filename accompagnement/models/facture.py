"""Invoices that justify a payment: accepted, or set aside with a reason that the beneficiary reads."""

from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from accompagnement.models.base import suivi_par
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.registres import TransitionInterdite


class StatutFacture(models.TextChoices):
    """What the check said of an invoice."""

    EN_CONTROLE = "EN_CONTROLE", "En contrôle"
    ACCEPTEE = "ACCEPTEE", "Acceptée"
    REJETEE = "REJETEE", "Rejetée"


class Facture(models.Model):
    """A paid invoice presented with a request; accepted, or set aside with its reason."""

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
        ]

    def __str__(self):
        return f"{self.numero}, {self.fournisseur}"

    def examiner(self, *, par, acceptee: bool, motif="") -> None:
        """Accept it, or set it aside with the reason printed for the beneficiary; until the service is certified."""
        convention = self.tranche.convention
        exiger("certifier_versement", par, convention)
        if not acceptee and not motif.strip():
            raise TransitionInterdite("Écrivez le motif du rejet : le porteur le lira.")
        with transaction.atomic():
            tranche = self.tranche.verrouiller("EN_CONTROLE")
            if tranche.service_fait_le:
                raise TransitionInterdite("Le service fait est certifié : les factures ne changent plus.")
            self.statut = StatutFacture.ACCEPTEE if acceptee else StatutFacture.REJETEE
            self.motif_rejet = "" if acceptee else motif
            self.save(update_fields=["statut", "motif_rejet"])
            consigner(convention.fil, "examiner_facture", par=par, facture=self.numero, statut=self.statut)
