"""The grounds of a proposed refusal: one a rule that is not met, in law and in fact."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from instruction.models.lignes import DeLaGrilleQuerySet
from manufactures.programme.models import Critere


class MotifRefus(models.Model):
    """A ground: the rule whose clause is cited, what it requires here, what the dossier shows (CRPA L211-5)."""

    instruction = models.ForeignKey("instruction.Instruction", models.CASCADE, related_name="motifs_refus")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="+")
    droit = models.TextField("en droit", blank=True)
    fait = models.TextField("en fait")

    objects = DeLaGrilleQuerySet.as_manager()

    class Meta:
        verbose_name = "motif de refus"
        verbose_name_plural = "motifs de refus"
        ordering = ["critere__rang"]
        constraints = [
            UniqueConstraint(fields=["instruction", "critere"], name="motif_refus_un_par_regle"),
            CheckConstraint(condition=~Q(fait=""), name="motif_refus_en_fait"),
        ]

    def __str__(self):
        return f"{self.critere.code} : {self.fait}"

    @property
    def phrase(self) -> str:
        """The ground as the proposal and the journal say it."""
        return f"{self.critere.code} {self.critere.libelle} : {self.fait.rstrip(' .')}."


def en_toutes_lettres(motifs) -> str:
    """All the grounds in one text."""
    return " ".join(motif.phrase for motif in motifs)
