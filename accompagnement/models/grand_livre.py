"""The ledger of days, in double entry: each movement takes from one account what it gives to another.

The database writes it (migration 0004): no deed, and no statement typed by hand, moves a day without its two entries.
"""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from accompagnement.models.base import suivi_par


class Poste(models.TextChoices):
    """Where the days of a project stand, theme by theme; `OUVERT` is where they come from, below zero."""

    OUVERT = "OUVERT", "Accordés par la décision"
    DISPONIBLE = "DISPONIBLE", "À commander"
    RESERVE = "RESERVE", "Commandés, à faire"
    NOTE = "NOTE", "Notés, à confirmer"
    CONSOMME = "CONSOMME", "Consommés"
    CADUC = "CADUC", "Caducs"


class CompteJours(models.Model):
    """A credit, a theme, a place. The balance is the sum of its entries, never below zero but at the source."""

    credit = models.ForeignKey("accompagnement.CreditJours", models.PROTECT, related_name="comptes")
    theme = models.ForeignKey("programme.Theme", models.PROTECT, related_name="+", verbose_name="thème")
    poste = models.CharField("poste", max_length=10, choices=Poste)
    solde = models.DecimalField("solde", max_digits=6, decimal_places=1, default=0)

    objects = suivi_par("credit__dossier").as_manager()

    class Meta:
        verbose_name = "compte de jours"
        verbose_name_plural = "comptes de jours"
        constraints = [
            UniqueConstraint(fields=["credit", "theme", "poste"], name="compte_de_jours_unique"),
            CheckConstraint(condition=Q(poste__in=Poste.values), name="compte_de_jours_poste"),
            CheckConstraint(
                condition=Q(poste="OUVERT", solde__lte=0) | ~Q(poste="OUVERT") & Q(solde__gte=0),
                name="compte_de_jours_jamais_sous_zero",
            ),
        ]

    def __str__(self):
        return f"{self.theme}, {self.get_poste_display().lower()} : {self.solde}"


class EcritureJours(models.Model):
    """One side of a movement; the sides of a movement sum to zero. Neither rewritten nor erased."""

    mouvement = models.BigIntegerField("mouvement", db_index=True)
    credit = models.ForeignKey("accompagnement.CreditJours", models.PROTECT, related_name="ecritures")
    theme = models.ForeignKey("programme.Theme", models.PROTECT, related_name="+", verbose_name="thème")
    poste = models.CharField("poste", max_length=10, choices=Poste)
    jours = models.DecimalField("jours", max_digits=6, decimal_places=1)
    mission = models.ForeignKey(
        "accompagnement.Mission", models.PROTECT, related_name="+", null=True, blank=True
    )
    journee = models.ForeignKey(
        "accompagnement.Journee", models.PROTECT, related_name="ecritures", null=True, blank=True
    )
    le = models.DateTimeField("écrite le")

    objects = suivi_par("credit__dossier").as_manager()

    class Meta:
        verbose_name = "écriture de jours"
        verbose_name_plural = "écritures de jours"
        ordering = ["pk"]
        constraints = [
            CheckConstraint(condition=~Q(jours=0), name="ecriture_de_jours_non_nulle"),
            UniqueConstraint(fields=["mouvement", "poste"], name="ecriture_une_par_poste"),
        ]

    def __str__(self):
        return f"{self.get_poste_display()} : {self.jours:+}"
