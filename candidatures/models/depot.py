"""What was deposited: a frozen version, its digest, its receipt, and the same on paper."""

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from candidatures import tasks
from candidatures.models.base import DuDossierQuerySet
from candidatures.models.dossier import Dossier
from manufactures import horloge
from manufactures.taches import reveiller

ESSAIS_MAX = 5


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

    def commander_l_impression(self) -> None:
        """Order the whole of it as a PDF, in the transaction of its deposit."""
        reveiller(tasks.imprimer, Impression.objects.create(version=self).pk)

    def imprimer(self) -> None:
        """Order it again, or at last: twice is once, and a failed one is tried again."""
        with transaction.atomic():
            impression, _ = Impression.objects.get_or_create(version=self)
            if impression.est_en_echec:
                impression.essais = 0
                impression.save(update_fields=["essais"])
            if not impression.est_faite:
                reveiller(tasks.imprimer, impression.pk)


class ImpressionQuerySet(models.QuerySet):
    """Whoever may see the dossier may read it printed."""

    def visibles_par(self, user):
        """Of the dossiers that `user` may know of."""
        return self.filter(version__dossier__in=Dossier.objects.visibles_par(user))

    def a_faire(self):
        """Ordered and not yet made."""
        return self.filter(chemin="", essais__lt=ESSAIS_MAX)


class Impression(models.Model):
    """The whole of a frozen version as one PDF, made outside the request: the row is the order.

    No act: it says nothing that the version does not, and whoever reads the dossier may print it. The representative's
    address and telephone are left out, so that one file serves every reader.
    """

    version = models.OneToOneField(VersionDeposee, models.CASCADE, related_name="impression")
    commandee_le = models.DateTimeField("commandée le", default=horloge.maintenant)
    faite_le = models.DateTimeField("faite le", null=True, blank=True)
    chemin = models.CharField("fichier", max_length=200, blank=True)
    empreinte = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    taille = models.PositiveIntegerField("taille, en octets", default=0)
    essais = models.PositiveSmallIntegerField("essais", default=0)
    motif_echec = models.TextField("raison de l'échec", blank=True)

    objects = ImpressionQuerySet.as_manager()

    class Meta:
        verbose_name = "impression d'un dossier"
        verbose_name_plural = "impressions de dossiers"
        indexes = [models.Index(fields=["essais", "id"], name="impression_a_faire", condition=Q(chemin=""))]
        constraints = [
            CheckConstraint(
                condition=Q(chemin="", faite_le=None)
                | (~Q(chemin="") & ~Q(empreinte="") & Q(taille__gt=0, faite_le__isnull=False)),
                name="impression_faite_a_son_fichier",
            ),
        ]

    def __str__(self):
        return str(self.version)

    @property
    def est_faite(self) -> bool:
        """The file is there."""
        return bool(self.chemin)

    @property
    def est_en_echec(self) -> bool:
        """Tried too often: asked again by hand."""
        return not self.chemin and self.essais >= ESSAIS_MAX

    def ranger(self, pdf: bytes) -> None:
        """Store the file under its digest, then mark the row."""
        self.empreinte, self.taille = hashlib.sha256(pdf).hexdigest(), len(pdf)
        chemin = f"impressions/{self.empreinte[:2]}/{self.empreinte}.pdf"
        if not default_storage.exists(chemin):
            default_storage.save(chemin, ContentFile(pdf))
        self.chemin, self.faite_le, self.motif_echec = chemin, horloge.maintenant(), ""
        self.save()

    def noter_echec(self, raison: str) -> None:
        """One more failed try."""
        Impression.objects.filter(pk=self.pk).update(essais=F("essais") + 1, motif_echec=raison[:2000])
