"""A passage of an act as a responsable words it: one row a version, the last one in force, all kept."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max, Q

from manufactures import horloge
from manufactures.actes.genres import choix
from manufactures.actes.passages import passages, verifier
from manufactures.journal.models import consigner


class FormulationQuerySet(models.QuerySet):
    """Wordings by reader and by what is in force."""

    def visibles_par(self, user):
        """The house's own: agents and auditors; the deed says who writes."""
        return self if user.is_active else self.none()

    def en_vigueur(self, genre: str):
        """Those that the next act of this kind is printed with."""
        return self.filter(genre=genre, en_vigueur=True)


class Formulation(models.Model):
    """One version of one passage of one kind of act. An act keeps, in its snapshot, those of its day."""

    genre = models.CharField("genre", max_length=40, choices=choix())
    passage = models.CharField("passage", max_length=40)
    version = models.PositiveSmallIntegerField("version")
    texte = models.TextField("texte")
    en_vigueur = models.BooleanField("en vigueur", default=True)
    motif = models.CharField("pourquoi ce changement", max_length=300)
    ecrite_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="écrite par"
    )
    ecrite_le = models.DateTimeField("écrite le", default=horloge.maintenant)

    objects = FormulationQuerySet.as_manager()

    class Meta:
        verbose_name = "formulation"
        ordering = ["genre", "passage", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["genre", "passage", "version"], name="formulation_version_unique"
            ),
            models.UniqueConstraint(
                fields=["genre", "passage"],
                condition=Q(en_vigueur=True),
                name="formulation_une_en_vigueur",
            ),
        ]

    def __str__(self):
        return f"{self.genre} {self.passage} v{self.version}"

    @classmethod
    def adopter(cls, genre: str, passage: str, texte: str, *, par, motif: str) -> "Formulation":
        """Put a text in force for the acts to come. Raises TexteRefuse, KeyError on an unknown passage."""
        propre = verifier(texte, passages(genre)[passage])
        with transaction.atomic():
            consigner(f"formulation/{genre}", "adapter_acte", par=par, motif=motif, passage=passage)
            siennes = cls.objects.filter(genre=genre, passage=passage)
            siennes.filter(en_vigueur=True).update(en_vigueur=False)
            derniere = siennes.aggregate(version=Max("version"))["version"] or 0
            return cls.objects.create(
                genre=genre,
                passage=passage,
                version=derniere + 1,
                texte=propre,
                ecrite_par=par,
                motif=motif[:300],
            )

    @classmethod
    def retablir(cls, genre: str, passage: str, *, par) -> None:
        """Back to our own words; the versions stay."""
        with transaction.atomic():
            consigner(f"formulation/{genre}", "retablir_acte", par=par, passage=passage)
            cls.objects.filter(genre=genre, passage=passage).update(en_vigueur=False)
