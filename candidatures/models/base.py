"""What the rows of a dossier share: they are seen through it, and keep the order in which they were typed."""

from django.db import models

from candidatures.models.dossier import Dossier


class DuDossierQuerySet(models.QuerySet):
    """Rows of a dossier: whoever may see the dossier may see them."""

    def visibles_par(self, user):
        """Rows of the dossiers that `user` may know of."""
        return self.filter(dossier__in=Dossier.objects.visibles_par(user))


class LigneDuDossier(models.Model):
    """A row of one of the dossier's tables."""

    rang = models.PositiveSmallIntegerField("rang", default=0)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["rang", "pk"]
