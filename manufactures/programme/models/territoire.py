"""Places of the official geographic code: codes are text, a commune is not a postcode."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Region(models.Model):
    """A region."""

    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=80)

    class Meta:
        verbose_name = "région"
        ordering = ["nom"]

    def __str__(self):
        return self.nom


class Departement(models.Model):
    """A département; overseas codes have three characters."""

    code = models.CharField(max_length=3, primary_key=True)
    nom = models.CharField(max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departements")

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self):
        return f"{self.nom} ({self.code})"


class Commune(models.Model):
    """A commune, or an arrondissement of Paris, Lyon or Marseille."""

    code = models.CharField(max_length=5, primary_key=True)
    nom = models.CharField(max_length=80)
    departement = models.ForeignKey(Departement, on_delete=models.PROTECT, related_name="communes")
    codes_postaux = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    recherche = models.CharField("nom sans accent, en minuscules", max_length=80)

    class Meta:
        verbose_name = "commune"
        ordering = ["recherche"]
        indexes = [
            GinIndex(fields=["recherche"], opclasses=["gin_trgm_ops"], name="commune_recherche_trgm"),
            GinIndex(fields=["codes_postaux"], name="commune_codes_postaux"),
        ]

    def __str__(self):
        return f"{self.nom} ({self.departement_id})"
