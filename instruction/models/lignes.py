"""The lines of the grid: a verdict a rule, an indicative mark a criterion."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from manufactures import horloge
from manufactures.programme.models import Critere, NatureCritere
from manufactures.registres import TransitionInterdite


class Reponse(models.TextChoices):
    """What a rule may be answered; « à demander » becomes a line of the request for completion."""

    OUI = "OUI", "Oui"
    NON = "NON", "Non"
    A_DEMANDER = "A_DEMANDER", "À demander"


class LigneGrille(models.Model):
    """A line of the grid: it remembers the grid's version that wrote it, so that two hands never erase each other."""

    NATURE: NatureCritere
    CHAMPS: tuple[str, ...] = ()
    saisie: dict

    version = models.PositiveIntegerField("version", default=0)
    le = models.DateTimeField("écrite le", default=horloge.maintenant)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def a_change(self) -> bool:
        """The entry says something else than the row."""
        return any(getattr(self, nom) != self.saisie[nom] for nom in self.CHAMPS if nom in self.saisie)

    def changement(self) -> dict:
        """What the row said and will say, for the history; before it is written."""
        avant = self.lue() if self.pk else ""
        libelle = self.critere.libelle
        return {"code": self.critere.code, "libelle": libelle, "avant": avant, "apres": self.proposee()}

    def lue(self) -> str:
        """The row in one sentence."""
        raise NotImplementedError

    def proposee(self) -> str:
        """The entry in one sentence."""
        raise NotImplementedError

    @classmethod
    def ecrire(cls, lignes, *, par, version: int) -> None:
        """Write the entries of these lines, new rows together, then known ones; the database refuses a bare « non »."""
        for ligne in lignes:
            for nom in cls.CHAMPS:
                if nom in ligne.saisie:
                    setattr(ligne, nom, ligne.saisie[nom])
            ligne.par, ligne.le, ligne.version = par, horloge.maintenant(), version
            ligne.verifier()
        connues = [ligne for ligne in lignes if ligne.pk is not None]
        cls.objects.bulk_create([ligne for ligne in lignes if ligne.pk is None])
        cls.objects.bulk_update(connues, [*cls.CHAMPS, "par", "le", "version"])

    def validate_constraints(self, exclude=None):
        """The forms say them in words, the database holds them: to ask it first is three queries a line."""

    def verifier(self) -> None:
        """Raises TransitionInterdite with the sentence of what is missing."""


class DeLaGrilleQuerySet(models.QuerySet):
    """Lines of a grid: whoever may see the grid may see them."""

    def visibles_par(self, user):
        """Lines of the grids that `user` may know of."""
        grilles = self.model._meta.get_field("instruction").related_model.objects
        return self.filter(instruction__in=grilles.visibles_par(user))


class Verdict(LigneGrille):
    """The answer to one rule of the cahier des charges, with its reason and its proof."""

    NATURE = NatureCritere.ELIGIBILITE
    CHAMPS = ("reponse", "motif", "preuve", "preuve_ou")

    instruction = models.ForeignKey("instruction.Instruction", models.CASCADE, related_name="verdicts")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="+")
    reponse = models.CharField("réponse", max_length=10, choices=Reponse, blank=True)
    motif = models.TextField("motif", blank=True)
    preuve = models.TextField("preuve", blank=True, help_text="Le passage du dossier qui établit la réponse.")
    preuve_ou = models.CharField("épinglée sur", max_length=80, blank=True)

    objects = DeLaGrilleQuerySet.as_manager()

    class Meta:
        verbose_name = "verdict"
        ordering = ["critere__rang"]
        constraints = [
            UniqueConstraint(fields=["instruction", "critere"], name="verdict_un_par_regle"),
            CheckConstraint(condition=Q(reponse__in=["", *Reponse]), name="verdict_reponse"),
            CheckConstraint(condition=~Q(reponse=Reponse.NON) | ~Q(motif=""), name="verdict_non_motive"),
            CheckConstraint(
                condition=~Q(reponse=Reponse.A_DEMANDER) | ~Q(motif=""), name="verdict_demande_ecrite"
            ),
        ]

    def __str__(self):
        return f"{self.critere.code} : {self.get_reponse_display() or 'sans réponse'}"

    def verifier(self) -> None:
        """A « non » is reasoned, a question is written."""
        if self.reponse == Reponse.NON and not self.motif.strip():
            raise TransitionInterdite(f"{self.critere.code} : écrivez pourquoi la règle n'est pas remplie.")
        if self.reponse == Reponse.A_DEMANDER and not self.motif.strip():
            raise TransitionInterdite(
                f"{self.critere.code} : écrivez ce que le porteur doit préciser ou fournir."
            )

    def lue(self) -> str:
        """The row in one sentence, for the page of the two versions."""
        return _phrase(self.get_reponse_display(), self.motif, self.preuve)

    def proposee(self) -> str:
        """The entry in one sentence."""
        reponse = dict(Reponse.choices).get(self.saisie.get("reponse", self.reponse), "")
        return _phrase(reponse, self.saisie.get("motif", self.motif), self.saisie.get("preuve", self.preuve))


class NoteInstruction(LigneGrille):
    """The indicative mark and the findings on one criterion; the committee gives its own marks."""

    NATURE = NatureCritere.NOTE
    CHAMPS = ("note", "commentaire", "a_eclaircir")

    instruction = models.ForeignKey("instruction.Instruction", models.CASCADE, related_name="notes")
    critere = models.ForeignKey(Critere, models.PROTECT, related_name="+")
    note = models.PositiveSmallIntegerField("note", null=True, blank=True)
    commentaire = models.TextField("constats", blank=True)
    a_eclaircir = models.TextField("point à éclaircir", blank=True)

    objects = DeLaGrilleQuerySet.as_manager()

    class Meta:
        verbose_name = "note d'instruction"
        verbose_name_plural = "notes d'instruction"
        ordering = ["critere__rang"]
        constraints = [
            UniqueConstraint(fields=["instruction", "critere"], name="note_instruction_une_par_critere"),
            CheckConstraint(condition=Q(note=None) | Q(note__lte=5), name="note_instruction_sur_cinq"),
        ]

    def __str__(self):
        return f"{self.critere.code} : {'sans note' if self.note is None else self.note}"

    def verifier(self) -> None:
        """A mark stands on the scale of its criterion."""
        if self.note is not None and self.note > self.critere.echelle:
            raise TransitionInterdite(f"La note de {self.critere.code} va de 0 à {self.critere.echelle}.")

    def _dire(self, note: int | None) -> str:
        return "sans note" if note is None else f"{note}/{self.critere.echelle}"

    def lue(self) -> str:
        """The row in one sentence, for the page of the two versions."""
        return _phrase(self._dire(self.note), self.commentaire, self.a_eclaircir)

    def proposee(self) -> str:
        """The entry in one sentence."""
        return _phrase(
            self._dire(self.saisie.get("note", self.note)),
            self.saisie.get("commentaire", self.commentaire),
            self.saisie.get("a_eclaircir", self.a_eclaircir),
        )


def _phrase(*morceaux: str) -> str:
    return " — ".join(m for m in morceaux if m) or "rien"
