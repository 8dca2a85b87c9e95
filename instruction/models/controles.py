"""What the machine has looked at for the agents, as rows: hints with their source, never decisions."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models import Dossier
from candidatures.models.base import DuDossierQuerySet
from manufactures import horloge


class VerdictAuto(models.TextChoices):
    """What one check says; the agent alone concludes."""

    A_REGARDER = "A_REGARDER", "À regarder"
    NON_VERIFIABLE = "NON_VERIFIABLE", "Non vérifiable"
    CONFORME = "CONFORME", "Conforme"


class PassageControles(models.Model):
    """The order to look at one dossier, and when it was done: the row outlives a queue that loses its messages."""

    dossier = models.OneToOneField(
        Dossier, models.CASCADE, related_name="passage_controles", primary_key=True
    )
    commande_le = models.DateTimeField("commandé le", default=horloge.maintenant)
    fait_le = models.DateTimeField("fait le", null=True, blank=True)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "passage des vérifications"
        verbose_name_plural = "passages des vérifications"
        indexes = [models.Index(fields=["commande_le"], name="passage_a_faire", condition=Q(fait_le=None))]

    def __str__(self):
        return f"Vérifications du dossier {self.dossier.numero}"

    @classmethod
    def commander(cls, dossier) -> None:
        """Ask for it, again if it was done; whoever orders wakes the task."""
        ordre = cls(dossier=dossier, commande_le=horloge.maintenant(), fait_le=None)
        cls.objects.bulk_create(
            [ordre],
            update_conflicts=True,
            unique_fields=["dossier"],
            update_fields=["commande_le", "fait_le"],
        )


class ControleAuto(models.Model):
    """One check of one dossier: verdict, sentence, where it comes from and of when, where to read it."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="controles_auto")
    code = models.CharField("code", max_length=40)
    rang = models.PositiveSmallIntegerField("rang")
    libelle = models.CharField("vérification", max_length=120)
    verdict = models.CharField("verdict", max_length=14, choices=VerdictAuto)
    phrase = models.TextField("constat")
    source = models.CharField("source", max_length=160)
    source_le = models.DateTimeField("source du", null=True, blank=True)
    lien = models.CharField("où regarder", max_length=200, blank=True)
    lien_libelle = models.CharField("ce que le lien ouvre", max_length=120, blank=True)
    regle = models.CharField("règle de la grille", max_length=20, blank=True)
    calcule_le = models.DateTimeField("calculé le", default=horloge.maintenant)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "vérification automatique"
        verbose_name_plural = "vérifications automatiques"
        ordering = ["rang"]
        constraints = [
            UniqueConstraint(fields=["dossier", "code"], name="controle_auto_unique"),
            CheckConstraint(condition=Q(verdict__in=VerdictAuto.values), name="controle_auto_verdict"),
            CheckConstraint(condition=~Q(phrase="") & ~Q(source=""), name="controle_auto_source"),
        ]
        indexes = [
            models.Index(
                fields=["dossier"], name="controle_auto_a_regarder", condition=Q(verdict="A_REGARDER")
            )
        ]

    def __str__(self):
        return f"{self.libelle} : {self.get_verdict_display()}"

    @property
    def est_ailleurs(self) -> bool:
        """The place to look at is another site's."""
        return self.lien.startswith("https://")
