"""Between the draft of an act and its signature: checked by somebody else, or returned with a note."""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.registres import GesteInterdit, TransitionInterdite

NOTE_MIN = 20


class SensRelecture(models.TextChoices):
    """What whoever read the draft makes of it."""

    VISE = "VISE", "Vérifié"
    RENVOYE = "RENVOYE", "Renvoyé avec une note"


class RelectureQuerySet(models.QuerySet):
    """Readings of drafts."""

    def visibles_par(self, user):
        """Whoever reads the draft, which its own stage decides."""
        return self if user.is_active else self.none()

    def renvois(self, fil, depuis):
        """Returns that nobody has answered by a new draft; arguments may be columns."""
        return self.filter(fil=fil, sens=SensRelecture.RENVOYE, le__gt=depuis)


class Relecture(models.Model):
    """One reading of one draft; `fil` names the draft, no key points upward."""

    fil = models.CharField("fil", max_length=80)
    sens = models.CharField("conclusion", max_length=8, choices=SensRelecture)
    note = models.TextField("note", blank=True)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="relu par"
    )
    le = models.DateTimeField("relu le", default=horloge.maintenant)

    objects = RelectureQuerySet.as_manager()

    class Meta:
        verbose_name = "relecture"
        ordering = ["-le", "-pk"]
        indexes = [models.Index(fields=["fil", "-le"], name="relecture_fil")]
        constraints = [
            models.CheckConstraint(condition=Q(sens="VISE") | ~Q(note=""), name="relecture_renvoi_note"),
        ]

    def __str__(self):
        return f"{self.fil} {self.sens}"

    @classmethod
    def noter(cls, fil: str, sens: str, *, par, auteur_id: int, note: str = "") -> "Relecture":
        """Check the draft, or return it. Raises GesteInterdit (its author), TransitionInterdite (no note)."""
        sens, note = SensRelecture(sens), note.strip()
        if par.pk == auteur_id:
            raise GesteInterdit("Vous avez rédigé ce projet : une autre personne le vérifie.")
        if sens == SensRelecture.RENVOYE and len(note) < NOTE_MIN:
            raise TransitionInterdite(f"Dites en {NOTE_MIN} caractères au moins ce qui est à reprendre.")
        with transaction.atomic():
            consigner(fil, "viser" if sens == SensRelecture.VISE else "renvoyer", par=par, motif=note)
            return cls.objects.create(fil=fil, sens=sens, note=note, par=par, le=horloge.instant_exact())

    @classmethod
    def renvoi_pendant(cls, fil: str, depuis: datetime) -> bool:
        """The draft written at `depuis` was returned since, and not taken up again."""
        return cls.objects.renvois(fil, depuis).exists()
