"""What was deposited: a frozen version, its digest, its receipt."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models.base import DuDossierQuerySet
from candidatures.models.dossier import Dossier
from manufactures import horloge


class VersionDeposee(models.Model):
    """The dossier as it was deposited: every answer and every attachment with its digest.

    The database refuses to change it (migration 0002): what the committee reads is what was deposited.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="versions")
    rang = models.PositiveSmallIntegerField("version")
    contenu = models.JSONField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    deposee_le = models.DateTimeField("déposée le", default=horloge.maintenant)
    deposee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "version déposée"
        verbose_name_plural = "versions déposées"
        ordering = ["rang"]
        constraints = [
            UniqueConstraint(fields=["dossier", "rang"], name="version_unique"),
            CheckConstraint(condition=Q(rang__gte=1), name="version_rang"),
            CheckConstraint(condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"), name="version_empreinte"),
        ]

    def __str__(self):
        return f"{self.dossier.numero}, version {self.rang}"
