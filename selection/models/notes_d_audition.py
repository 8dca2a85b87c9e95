"""What a member writes for themselves while a porteur is heard: nobody else ever reads it, in any role."""

from django.db import models

from candidatures.models import Dossier
from manufactures import horloge
from selection.models.audition import Audition
from selection.models.carnet import SIGNES_AU_PLUS, garder_pour_soi
from selection.models.comite import Membre


class NoteAuditionQuerySet(models.QuerySet):
    """Private notes."""

    def visibles_par(self, user):
        """One's own, on the dossiers that one still sees: no role opens another's."""
        if not user.is_active:
            return self.none()
        return self.filter(membre__user=user, audition__dossier__in=Dossier.objects.visibles_par(user))


class NoteAudition(models.Model):
    """One member's notes on one hearing. Neither the journal nor an act tells of them."""

    audition = models.ForeignKey(
        Audition, on_delete=models.CASCADE, related_name="notes_des_membres", verbose_name="audition"
    )
    membre = models.ForeignKey(
        Membre, on_delete=models.CASCADE, related_name="notes_d_audition", verbose_name="membre"
    )
    texte = models.TextField("notes d'audition", max_length=SIGNES_AU_PLUS)
    modifiee_le = models.DateTimeField("modifiée le", default=horloge.maintenant)

    objects = NoteAuditionQuerySet.as_manager()

    class Meta:
        verbose_name = "note d'audition"
        verbose_name_plural = "notes d'audition"
        ordering = ["audition", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["audition", "membre"], name="note_audition_unique"),
            models.CheckConstraint(condition=~models.Q(texte=""), name="note_audition_non_vide"),
        ]

    def __str__(self):
        return f"Notes de {self.membre} sur {self.audition}"

    @classmethod
    def ecrire(cls, audition: Audition, membre: Membre, texte: str, *, par) -> None:
        """Keep this text in place of the one before; an empty one leaves nothing behind."""
        garder_pour_soi(
            cls,
            {"audition": audition},
            membre,
            texte,
            par=par,
            dossier=audition.dossier_id,
            trop_long="Vos notes d'audition dépassent 20 000 caractères.",
        )
