"""The answers of the self-test, carried over into the draft they began: a reminder for its members, for nobody else."""

from django.db import models

from candidatures.models.dossier import Dossier
from candidatures.models.membres import Membre
from manufactures import horloge


class AutotestQuerySet(models.QuerySet):
    """Never part of the candidature: the administration does not read it."""

    def visibles_par(self, user):
        """Those of one's own dossiers."""
        return self.filter(dossier__in=Membre.objects.filter(user_id=user.pk).values("dossier"))


class Autotest(models.Model):
    """What was answered before the draft, as it was then said: the call's questions may change afterwards."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="autotest")
    reponses = models.JSONField("réponses", default=list)
    repris_le = models.DateTimeField("repris le", default=horloge.maintenant)

    objects = AutotestQuerySet.as_manager()

    class Meta:
        verbose_name = "test d'éligibilité"
        verbose_name_plural = "tests d'éligibilité"

    def __str__(self):
        return f"Test d'éligibilité, {self.dossier_id}"
