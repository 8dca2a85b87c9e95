"""The eligibility self-test: questions and answers rows of the call that need no developer to change."""

from django.db import models
from django.db.models import Q

from manufactures.programme.models.appel import Appel
from manufactures.programme.models.article import Article
from manufactures.programme.models.critere import Critere


class GenreQuestion(models.TextChoices):
    """How one answers."""

    CHOIX = "CHOIX", "Une réponse parmi plusieurs"
    COMMUNE = "COMMUNE", "Une commune"


class Effet(models.TextChoices):
    """What an answer means for the candidature."""

    ACQUIS = "ACQUIS", "Acquis"
    RENFORCE = "RENFORCE", "À renforcer avant le dépôt"
    BLOQUE = "BLOQUE", "Empêche de candidater"


class QuestionEligibiliteQuerySet(models.QuerySet):
    """Questions by call."""

    def du_test(self):
        """Those of the call on display, in their order, with their answers: two queries."""
        dernier = Appel.objects.order_by("-pk").values("pk")[:1]
        return self.filter(appel__in=dernier).select_related("critere").prefetch_related("reponses")


class QuestionEligibilite(models.Model):
    """One question of the test. A block cites the article, a point to strengthen the committee's criterion."""

    appel = models.ForeignKey(Appel, on_delete=models.CASCADE, related_name="questions_eligibilite")
    rang = models.PositiveSmallIntegerField("rang")
    code = models.SlugField("code", max_length=40)
    genre = models.CharField("genre", max_length=8, choices=GenreQuestion, default=GenreQuestion.CHOIX)
    sujet = models.CharField("sujet, en un mot", max_length=40)
    texte = models.CharField("question", max_length=160)
    precision = models.CharField("ce que dit le cahier des charges", max_length=250, blank=True)
    aide = models.TextField("pourquoi cette question", blank=True)
    article = models.CharField("article du cahier des charges", max_length=20, blank=True)
    critere = models.ForeignKey(
        Critere,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="critère du comité",
    )

    objects = QuestionEligibiliteQuerySet.as_manager()

    class Meta:
        verbose_name = "question d'éligibilité"
        verbose_name_plural = "questions d'éligibilité"
        ordering = ["appel", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "code"], name="question_eligibilite_unique_par_code"),
            models.UniqueConstraint(fields=["appel", "rang"], name="question_eligibilite_unique_par_rang"),
            models.CheckConstraint(condition=Q(genre__in=GenreQuestion.values), name="question_genre"),
        ]

    def __str__(self):
        return self.texte

    @property
    def ancre(self) -> str:
        """Where its article stands on the page of the call."""
        return Article(numero=self.article).ancre

    def reponse(self, code: str) -> "ReponseEligibilite | None":
        """The answer of this code, among those already read."""
        return next((reponse for reponse in self.reponses.all() if reponse.code == code), None)


class ReponseEligibilite(models.Model):
    """One answer, what it means, and what would change it. `reprise` names the fields of a dossier that it fills.

    A question about a commune has two answers that are no buttons: `commune` once it is found, `departement` where
    only that is known.
    """

    COMMUNE, DEPARTEMENT = "commune", "departement"

    question = models.ForeignKey(QuestionEligibilite, on_delete=models.CASCADE, related_name="reponses")
    rang = models.PositiveSmallIntegerField("rang")
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("réponse", max_length=120)
    effet = models.CharField("effet", max_length=8, choices=Effet, default=Effet.ACQUIS)
    constat = models.CharField(
        "constat",
        max_length=200,
        blank=True,
        help_text="« Il manque un lieu que vous pouvez occuper », ou « vos partenaires sont tous publics ».",
    )
    conseil = models.CharField(
        "ce qui changerait la réponse",
        max_length=250,
        blank=True,
        help_text="« une promesse de bail », ou « Associez au moins un acteur privé. »",
    )
    reprise = models.JSONField("champs du dossier remplis", default=dict, blank=True)

    class Meta:
        verbose_name = "réponse au test d'éligibilité"
        verbose_name_plural = "réponses au test d'éligibilité"
        ordering = ["question", "rang"]
        constraints = [
            models.UniqueConstraint(fields=["question", "code"], name="reponse_eligibilite_unique_par_code"),
            models.CheckConstraint(condition=Q(effet__in=Effet.values), name="reponse_eligibilite_effet"),
            models.CheckConstraint(
                condition=Q(effet=Effet.ACQUIS) | ~Q(constat="") & ~Q(conseil=""),
                name="reponse_eligibilite_dit_que_faire",
            ),
        ]

    def __str__(self):
        return self.libelle
