"""What may be spent, by wave and kind of subsidy; the database forbids an overdraft."""

from decimal import Decimal

from django.db import models, transaction
from django.db.models import F, Q

from manufactures.francais import euros
from manufactures.registres import TransitionInterdite


class NatureAide(models.TextChoices):
    """The three kinds of support (press kit p. 12)."""

    INVESTISSEMENT = "INVESTISSEMENT", "Investissement"
    AMORCAGE = "AMORCAGE", "Amorçage"
    INGENIERIE = "INGENIERIE", "Ingénierie"


class EnveloppeDepassee(TransitionInterdite):
    """The amount is over what is left; the message says what is left."""


class Enveloppe(models.Model):
    """A line of the envelope, in euros."""

    vague = models.ForeignKey("programme.Vague", on_delete=models.PROTECT, related_name="enveloppes")
    nature = models.CharField("nature", max_length=14, choices=NatureAide)
    plafond = models.DecimalField("plafond", max_digits=12, decimal_places=2)
    engage = models.DecimalField("engagé", max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = "enveloppe"
        ordering = ["vague", "nature"]
        constraints = [
            models.UniqueConstraint(fields=["vague", "nature"], name="enveloppe_unique_par_nature"),
            models.CheckConstraint(
                condition=Q(engage__gte=0) & Q(engage__lte=F("plafond")), name="enveloppe_jamais_depassee"
            ),
        ]

    def __str__(self):
        return f"{self.get_nature_display()}, {self.vague}"

    @property
    def reste(self) -> Decimal:
        """Euros still free."""
        return self.plafond - self.engage

    def engager(self, montant: Decimal) -> None:
        """Commit `montant` euros under the row's lock. Raises EnveloppeDepassee with what is left, changing nothing."""
        with transaction.atomic():
            ligne = Enveloppe.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if montant > ligne.reste:
                raise EnveloppeDepassee(
                    f"Il reste {euros(ligne.reste)} en {ligne.get_nature_display().lower()} "
                    "sur l'enveloppe de cette vague."
                )
            ligne.engage = F("engage") + montant
            ligne.save(update_fields=["engage"])
        self.refresh_from_db(fields=["engage"])

    def liberer(self, montant: Decimal) -> None:
        """Give `montant` euros back to the envelope."""
        with transaction.atomic():
            ligne = Enveloppe.objects.select_for_update(of=("self",)).get(pk=self.pk)
            ligne.engage = F("engage") - montant
            ligne.save(update_fields=["engage"])
        self.refresh_from_db(fields=["engage"])
