"""The grid: its lines by version, each citing the clause that it applies."""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from manufactures.programme.models.appel import Appel, Vague
from manufactures.programme.models.article import Article


class NatureCritere(models.TextChoices):
    """What a line of the grid is for."""

    ELIGIBILITE = "ELIGIBILITE", "Règle de recevabilité"
    NOTE = "NOTE", "Critère noté"
    ARBITRAGE = "ARBITRAGE", "Critère d'arbitrage"


class CritereQuerySet(models.QuerySet):
    """Lines of the grid by version."""

    def en_vigueur(self):
        """Those of the version that examinations open on today."""
        return self.filter(grille=F("appel__grille_version"))

    def citant(self, vague: Vague):
        """Each with `reference`, the clause that it cites as this wave reads it; no query of its own."""
        lues = Article.objects.filter(
            appel=vague.appel_id, numero=OuterRef("article"), depuis__lte=vague.numero
        )
        versions = Article.objects.filter(appel=vague.appel_id, numero=OuterRef("article"), version__gt=1)
        lue = Cast(Subquery(lues.order_by("-version").values("version")[:1]), models.CharField())
        return self.annotate(
            reference=Case(
                When(
                    Q(Exists(versions)) & Q(Exists(lues)),
                    then=Concat("article", Value(" (version "), lue, Value(")")),
                ),
                default=F("article"),
                output_field=models.CharField(),
            )
        )


class Critere(models.Model):
    """A line of one version of the grid, citing the article of the cahier des charges it applies.

    The version in force (`Appel.grille_version`) and those before it are never rewritten; the one after it is being
    prepared. An examination keeps the version it was opened on.
    """

    appel = models.ForeignKey(Appel, on_delete=models.PROTECT, related_name="criteres")
    nature = models.CharField("nature", max_length=12, choices=NatureCritere)
    code = models.CharField("code", max_length=10)
    rang = models.PositiveSmallIntegerField("rang")
    libelle = models.CharField("libellé", max_length=160)
    texte = models.TextField("texte de la règle", blank=True)
    article = models.CharField("article du cahier des charges", max_length=20, blank=True)
    guide = models.TextField("guide de lecture", blank=True)
    ancres = models.JSONField("repères de notation", default=dict, blank=True)
    poids = models.PositiveSmallIntegerField("poids", default=0)
    grille = models.PositiveSmallIntegerField("version de la grille", default=1)
    echelle = models.PositiveSmallIntegerField("échelle", default=5, help_text="La note la plus haute.")
    ou_lire = models.CharField(
        "où lire dans le dossier",
        max_length=60,
        blank=True,
        help_text="Section, puis champ s'il y en a un : « projet#mutualisation ». Les motifs d'un refus y mènent.",
    )

    objects = CritereQuerySet.as_manager()

    class Meta:
        verbose_name = "critère"
        ordering = ["nature", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "grille", "code"], name="critere_unique_par_code"),
            models.CheckConstraint(condition=Q(poids__lte=100), name="critere_poids_sur_cent"),
            models.CheckConstraint(condition=Q(echelle__gte=1, echelle__lte=5), name="critere_echelle"),
        ]

    def __str__(self):
        return f"{self.code} {self.libelle}"
