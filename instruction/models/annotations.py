"""What agents write beside a passage of the dossier or a page of a piece, for themselves."""

from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q

from candidatures.models import Dossier
from instruction.models.epingles import PassageCite, bornes_valables, lieu_valable, situer_dans
from instruction.models.grille import AGENTS, Instruction
from instruction.models.historique import DesAgentsQuerySet
from manufactures.journal.models import consigner
from manufactures.registres import GesteInterdit, TransitionInterdite, lire


class Annotation(PassageCite):
    """A remark on one place of the dossier: the agents of the call and the auditor read it, nobody else ever."""

    instruction = models.ForeignKey(Instruction, models.CASCADE, related_name="annotations")
    texte = models.TextField("annotation")

    objects = DesAgentsQuerySet.as_manager()

    class Meta:
        verbose_name = "annotation"
        ordering = ["le", "pk"]
        indexes = [models.Index(fields=["instruction", "le"], name="annotation_fil")]
        constraints = [
            lieu_valable(),
            bornes_valables(),
            CheckConstraint(condition=~Q(texte=""), name="annotation_non_vide"),
        ]

    def __str__(self):
        return f"{self.ou} : {self.texte}"

    @classmethod
    def ecrire(cls, instruction: Instruction, lieu: str, texte: str, *, par, **passage) -> "Annotation":
        """Keep a remark beside this place. Raises GesteInterdit to anyone but the agents of the call."""
        if not texte.strip():
            raise TransitionInterdite("Écrivez l'annotation.")
        with transaction.atomic():
            dossier, roles = lire(Dossier.objects.all(), par, pk=instruction.dossier_id)
            if not roles & AGENTS:
                raise GesteInterdit("Les annotations sont écrites par les agents de l'appel.")
            faits = situer_dans(dossier, lieu, **passage)
            note = cls.objects.create(instruction=instruction, texte=texte.strip(), par=par, **faits)
            note._compter(1)
            consigner(dossier.fil, "annoter", par=par, lieu=note.ou)
        return note

    def retirer(self, *, par) -> None:
        """Take one's own away. Raises GesteInterdit to anyone else."""
        if self.par_id != par.pk:
            raise GesteInterdit(f"{self.par.nom_complet} a écrit cette annotation : elle seule la retire.")
        with transaction.atomic():
            dossier, _ = lire(Dossier.objects.all(), par, pk=self.instruction.dossier_id)
            if Annotation.objects.filter(pk=self.pk).delete()[0]:
                self._compter(-1)
                consigner(dossier.fil, "retirer_annotation", par=par, lieu=self.ou)

    def _compter(self, de_plus: int) -> None:
        """A page that has none asks for none."""
        Instruction.objects.filter(pk=self.instruction_id).update(
            annotations_ecrites=F("annotations_ecrites") + de_plus
        )
