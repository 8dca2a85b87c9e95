"""Money of the dossier: the two financing plans and the three-year business plan."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models.base import DuDossierQuerySet, LigneDuDossier
from candidatures.models.choix import (
    FINANCEURS_PUBLICS,
    Annee,
    NatureExploitation,
    Sens,
    StatutRessource,
    TypeFinanceur,
    Volet,
)
from candidatures.models.dossier import Dossier

MONTANT_POSITIF = MinValueValidator(0, message="Écrivez un montant positif ou nul, par exemple 12 400,50.")


class LigneFinancement(LigneDuDossier):
    """A row of a financing plan: an expense or a resource, of investment or of seed money.

    `definitif` rows are the plan after arbitration, kept beside the deposited one and compared with it.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="lignes_financement")
    volet = models.CharField("volet", max_length=16, choices=Volet)
    sens = models.CharField("sens", max_length=10, choices=Sens)
    libelle = models.CharField("libellé", max_length=200)
    montant = models.DecimalField(
        "montant (€)", max_digits=12, decimal_places=2, validators=[MONTANT_POSITIF]
    )
    eligible = models.BooleanField("éligible", default=False)
    type_financeur = models.CharField("financeur", max_length=16, choices=TypeFinanceur, blank=True)
    statut = models.CharField("statut", max_length=14, choices=StatutRessource, blank=True)
    statut_le = models.DateField("demandé ou obtenu le", null=True, blank=True)
    preuve = models.ForeignKey(
        "candidatures.Piece",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="preuve parmi vos pièces",
    )
    preuve_lien = models.URLField("adresse de la preuve", max_length=300, blank=True)
    definitif = models.BooleanField("plan définitif", default=False)

    class Meta(LigneDuDossier.Meta):
        verbose_name = "ligne du plan de financement"
        verbose_name_plural = "lignes du plan de financement"
        constraints = [
            CheckConstraint(condition=Q(montant__gte=0), name="financement_montant"),
            CheckConstraint(
                condition=Q(sens=Sens.DEPENSE, type_financeur="", statut="")
                | (Q(sens=Sens.RESSOURCE, eligible=False) & ~Q(type_financeur="") & ~Q(statut="")),
                name="financement_sens",
            ),
        ]

    def __str__(self):
        return self.libelle

    @property
    def est_publique(self) -> bool:
        """Public money, counted in the public share of the plan."""
        return self.type_financeur in FINANCEURS_PUBLICS

    @property
    def est_prouvee(self) -> bool:
        """Someone's word stands behind it: a piece of the dossier, or a page that can be read."""
        return bool(self.preuve_id or self.preuve_lien)


class Exercice(models.Model):
    """One of the three years of the business plan; its result may be negative."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="exercices")
    annee = models.CharField("année", max_length=3, choices=Annee)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "exercice"
        ordering = ["annee"]
        constraints = [UniqueConstraint(fields=["dossier", "annee"], name="exercice_unique")]

    def __str__(self):
        return self.get_annee_display()

    def _total(self, nature) -> Decimal:
        return sum((ligne.montant for ligne in self.lignes.all() if ligne.nature == nature), Decimal("0.00"))

    @property
    def total_produits(self) -> Decimal:
        """Products of the year."""
        return self._total(NatureExploitation.PRODUIT)

    @property
    def total_charges(self) -> Decimal:
        """Charges of the year."""
        return self._total(NatureExploitation.CHARGE)

    @property
    def resultat(self) -> Decimal:
        """Products less charges; no balance is required here."""
        return self.total_produits - self.total_charges


class LigneExerciceQuerySet(models.QuerySet):
    """Rows of the business plan, seen with their dossier."""

    def visibles_par(self, user):
        """Rows of the dossiers that `user` may know of."""
        return self.filter(exercice__in=Exercice.objects.visibles_par(user))


class LigneExercice(models.Model):
    """An account of the business plan, for one year (60 to 69 charges, 70 to 79 products)."""

    exercice = models.ForeignKey(Exercice, models.CASCADE, related_name="lignes")
    rang = models.PositiveSmallIntegerField("rang", default=0)
    nature = models.CharField("nature", max_length=8, choices=NatureExploitation)
    compte = models.CharField("compte", max_length=6, blank=True)
    libelle = models.CharField("libellé", max_length=200)
    montant = models.DecimalField(
        "montant (€)", max_digits=12, decimal_places=2, validators=[MONTANT_POSITIF]
    )

    objects = LigneExerciceQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne d'exercice"
        verbose_name_plural = "lignes d'exercice"
        ordering = ["rang", "pk"]
        constraints = [CheckConstraint(condition=Q(montant__gte=0), name="exercice_montant")]

    def __str__(self):
        return self.libelle
