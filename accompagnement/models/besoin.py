"""Needs flagged for a project (« besoins pré-fléchés ») : a theme, days, the reason."""

from decimal import Decimal

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from accompagnement.models.base import champ_jours, par_demi, suivi_par
from candidatures.models import Dossier
from manufactures.registres import TransitionInterdite


class Besoin(models.Model):
    """Days wished or granted on one theme; together they make the credit once it is open."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="besoins")
    theme = models.ForeignKey("programme.Theme", models.PROTECT, related_name="+", verbose_name="thème")
    jours = champ_jours("jours")
    raison = models.CharField("raison", max_length=300, blank=True)

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "besoin"
        ordering = ["-jours", "theme__libelle"]
        constraints = [
            UniqueConstraint(fields=["dossier", "theme"], name="besoin_unique_par_theme"),
            CheckConstraint(condition=Q(jours__gt=0) & par_demi("jours"), name="besoin_par_demi_journees"),
        ]

    def __str__(self):
        return f"{self.theme} : {self.jours}"

    @classmethod
    def flecher(cls, dossier, besoins) -> Decimal:
        """Replace the needs of a project, [(theme, days, reason)], in the caller's transaction; returns their sum."""
        besoins = list(besoins)
        if len({theme.pk for theme, _, _ in besoins}) != len(besoins):
            raise TransitionInterdite("Un thème est écrit deux fois.")
        cls.objects.filter(dossier=dossier).delete()
        cls.objects.bulk_create(
            [
                cls(dossier=dossier, theme=theme, jours=Decimal(jours), raison=raison)
                for theme, jours, raison in besoins
            ]
        )
        return sum((Decimal(jours) for _, jours, _ in besoins), Decimal(0))
