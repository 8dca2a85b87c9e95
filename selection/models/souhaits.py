"""« Aucun ne me convient » : the porteur asks for another slot, the secretariat answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from candidatures.models import Dossier
from manufactures import horloge


class EtatSouhait(models.TextChoices):
    """What became of it."""

    EN_ATTENTE = "EN_ATTENTE", "En attente"
    ACCEPTE = "ACCEPTE", "Accepté"
    REFUSE = "REFUSE", "Refusé"
    SANS_SUITE = "SANS_SUITE", "Sans suite"


class SouhaitQuerySet(models.QuerySet):
    """Wishes for another slot."""

    def visibles_par(self, user):
        """Those about the dossiers that `user` may know of."""
        return self.filter(audition__dossier__in=Dossier.objects.visibles_par(user))

    def en_attente(self):
        """Not answered."""
        return self.filter(etat=EtatSouhait.EN_ATTENTE)


class SouhaitDeCreneau(models.Model):
    """Another slot that a porteur asks for, with the reason; none named where no free one suits."""

    audition = models.ForeignKey(
        "selection.Audition", on_delete=models.CASCADE, related_name="souhaits", verbose_name="audition"
    )
    debut = models.DateTimeField("créneau demandé", null=True, blank=True)
    motif = models.TextField("raison", max_length=1000)
    etat = models.CharField("état", max_length=10, choices=EtatSouhait, default=EtatSouhait.EN_ATTENTE)
    demande_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="demandé par"
    )
    demande_le = models.DateTimeField("demandé le", default=horloge.maintenant)
    reponse = models.TextField("réponse", max_length=1000, blank=True)
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)

    objects = SouhaitQuerySet.as_manager()

    class Meta:
        verbose_name = "créneau demandé"
        verbose_name_plural = "créneaux demandés"
        ordering = ["demande_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audition"], condition=Q(etat="EN_ATTENTE"), name="souhait_un_en_attente"
            ),
            models.CheckConstraint(
                condition=Q(etat="EN_ATTENTE", repondu_le=None)
                | ~Q(etat="EN_ATTENTE") & Q(repondu_le__isnull=False),
                name="souhait_repondu_est_date",
            ),
            models.CheckConstraint(condition=~Q(motif=""), name="souhait_motive"),
        ]

    def __str__(self):
        return f"{self.get_etat_display()} : {self.audition}"
