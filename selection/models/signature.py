"""The minutes are signed by the chair and by the secretary, each by a deed of their own, over what was frozen."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from manufactures import horloge
from selection.models.choix import EtatSeance
from selection.models.seance import Seance
from selection.models.tenue import Qualite, condenser


class SignatureQuerySet(models.QuerySet):
    """Signatures of minutes."""

    def visibles_par(self, user):
        """Those of the sittings that `user` may know of; the minutes themselves open by their own looks."""
        return self.filter(seance__in=Seance.objects.visibles_par(user))


class Signature(models.Model):
    """Who signed the minutes, in what capacity, when, and over which digest. Never edited, as the act itself."""

    seance = models.ForeignKey(
        Seance, on_delete=models.PROTECT, related_name="signatures", verbose_name="séance"
    )
    qualite = models.CharField("qualité", max_length=12, choices=Qualite)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="signataire"
    )
    empreinte = models.CharField("empreinte de ce qui est signé", max_length=64)
    signee_le = models.DateTimeField("signée le", default=horloge.maintenant)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "signature du procès-verbal"
        verbose_name_plural = "signatures des procès-verbaux"
        ordering = ["seance", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "qualite"], name="signature_une_par_qualite"),
            models.UniqueConstraint(fields=["seance", "user"], name="signature_deux_personnes"),
            models.CheckConstraint(condition=~Q(empreinte=""), name="signature_de_quelque_chose"),
        ]

    def __str__(self):
        return f"{self.user.nom_complet}, {self.get_qualite_display().lower()}"

    @property
    def est_valable(self) -> bool:
        """The minutes are still word for word those that were signed."""
        return self.seance.etat == EtatSeance.CLOSE and self.empreinte == condenser(self.seance.pv)
