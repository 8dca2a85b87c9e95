"""The history of the grid: who changed which line, from what to what, when."""

from django.conf import settings
from django.db import models

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Role


class DesAgentsQuerySet(models.QuerySet):
    """Rows of a grid that agents and auditors alone read, never the committee, never the porteur."""

    def visibles_par(self, user):
        """Those of the dossiers that `user` sees as an agent or an auditor."""
        roles = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)
        return self.filter(instruction__dossier__in=Dossier.objects.visibles_par(user, *roles))


class ModificationGrille(models.Model):
    """One change of one line: its former words and its new ones, whole."""

    instruction = models.ForeignKey("instruction.Instruction", models.CASCADE, related_name="modifications")
    code = models.CharField("ligne", max_length=20, blank=True)
    libelle = models.CharField("libellé", max_length=200)
    avant = models.TextField("avant", blank=True)
    apres = models.TextField("après", blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    le = models.DateTimeField("modifiée le", default=horloge.maintenant)

    objects = DesAgentsQuerySet.as_manager()

    class Meta:
        verbose_name = "modification de la grille"
        verbose_name_plural = "modifications de la grille"
        ordering = ["-le", "-pk"]
        indexes = [models.Index(fields=["instruction", "-le", "-id"], name="modification_grille_recente")]

    def __str__(self):
        return f"{self.code} : {self.avant} → {self.apres}"

    @classmethod
    def noter(cls, instruction, changements: list[dict], *, par) -> None:
        """Write the history of one save: one query, whatever the number of lines."""
        instant = horloge.maintenant()
        cls.objects.bulk_create(
            cls(instruction=instruction, par=par, le=instant, **faits) for faits in changements
        )
