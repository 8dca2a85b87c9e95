"""Questions about the call: one inbox, answers published to all without the asker's name, so that all know the same."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import Case, CheckConstraint, Q, Value, When
from django.urls import reverse

from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner
from manufactures.programme.donnees.geographie import normaliser
from manufactures.programme.models import Vague
from manufactures.registres import TransitionInterdite, regards_sur

QUESTION_MAX = 1000
REPONSE_MAX = 3000
DELAI_DE_REPONSE = timedelta(days=10)  # the service's own aim: orders the agents' home page, promises nothing


class ThemeQuestion(models.TextChoices):
    """Under what one looks for an answer, in the order of the page."""

    STRUCTURE = "STRUCTURE", "Qui peut candidater"
    LIEU = "LIEU", "Le lieu et le territoire"
    AIDES = "AIDES", "Les aides et les dépenses"
    DOSSIER = "DOSSIER", "Le dossier et le calendrier"
    SUITES = "SUITES", "Après le dépôt"


class OrigineQuestion(models.TextChoices):
    """How it came."""

    SITE = "SITE", "Posée sur le site"
    COURRIEL = "COURRIEL", "Reçue par courriel"


class QuestionPerimee(Exception):
    """Someone wrote the answer meanwhile."""


class QuestionQuerySet(models.QuerySet):
    """Every reading passes here."""

    def visibles_par(self, user):
        """What is published, for anybody; one's own and, for the agents of the call, all that was asked."""
        publiees = Q(publiee_le__isnull=False)
        return self.filter(publiees | regards_sur("question", user) if user.is_active else publiees)

    def publiees(self):
        """What everybody reads."""
        return self.filter(publiee_le__isnull=False)

    def en_attente(self):
        """What agents still have to answer, or to publish, the oldest first."""
        return self.filter(publiee_le=None, ecartee_le=None).order_by("posee_le", "pk")

    def par_theme(self):
        """In the order of the themes, the newest first within each."""
        rangs = [When(theme=theme, then=Value(rang)) for rang, theme in enumerate(ThemeQuestion)]
        return self.order_by(Case(*rangs), "-publiee_le", "-pk")

    def contenant(self, saisie: str):
        """Those that hold every word of `saisie`, whatever case and accents."""
        resultat = self
        for mot in normaliser(saisie).split():
            resultat = resultat.filter(recherche__contains=mot)
        return resultat


class Question(models.Model):
    """What someone asked, what everybody may read of it, and the answer.

    `texte` stays between the asker and the agents; `texte_publie` is the agent's wording, without any name.
    """

    MODELE_REGARD = "question"

    appel = models.ForeignKey(
        "programme.Appel", models.PROTECT, related_name="questions", verbose_name="appel"
    )
    texte = models.TextField("question", max_length=QUESTION_MAX)
    origine = models.CharField("origine", max_length=8, choices=OrigineQuestion, default=OrigineQuestion.SITE)
    posee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="questions_posees", verbose_name="posée par"
    )
    posee_le = models.DateTimeField("posée le", default=horloge.maintenant)

    theme = models.CharField("thème", max_length=10, choices=ThemeQuestion, blank=True)
    texte_publie = models.TextField("question publiée", max_length=QUESTION_MAX, blank=True)
    reponse = models.TextField("réponse", max_length=REPONSE_MAX, blank=True)
    recherche = models.TextField("mots, sans accent ni majuscule", blank=True, editable=False)
    repondue_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="répondue par",
    )
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    publiee_le = models.DateTimeField("publiée le", null=True, blank=True)
    corrigee_le = models.DateTimeField("corrigée le", null=True, blank=True)
    ecartee_le = models.DateTimeField("écartée le", null=True, blank=True)
    motif_ecart = models.TextField("réponse sans publication", max_length=QUESTION_MAX, blank=True)
    version = models.PositiveIntegerField("version", default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question"
        ordering = ["-posee_le", "-pk"]
        indexes = [
            GinIndex(fields=["recherche"], opclasses=["gin_trgm_ops"], name="question_recherche_trgm"),
            models.Index(fields=["appel", "posee_le"], name="question_attente", condition=Q(publiee_le=None)),
        ]
        constraints = [
            CheckConstraint(condition=~Q(texte=""), name="question_posee"),
            CheckConstraint(condition=Q(theme__in=["", *ThemeQuestion]), name="question_theme"),
            CheckConstraint(
                condition=Q(publiee_le=None)
                | Q(repondue_le__isnull=False, repondue_par__isnull=False, theme__in=list(ThemeQuestion))
                & ~Q(texte_publie="")
                & ~Q(reponse=""),
                name="question_publiee_est_repondue",
            ),
            CheckConstraint(
                condition=Q(ecartee_le=None) | Q(publiee_le=None) & ~Q(motif_ecart=""),
                name="question_ecartee_non_publiee",
            ),
        ]

    def __str__(self):
        return self.texte_publie or self.texte

    def get_absolute_url(self):
        return reverse("candidatures:question", args=[self.pk])

    @property
    def fil(self) -> str:
        """Thread of the journal; what was asked is never written there."""
        return f"question/{self.pk}"

    @property
    def demandeur(self) -> str:
        """Who asks, for the agents alone."""
        if self.origine == OrigineQuestion.COURRIEL:
            return "Courriel"
        return self.posee_par.organisation or self.posee_par.nom_complet

    @property
    def echeance(self) -> datetime:
        """When the service means to have answered."""
        return self.posee_le + DELAI_DE_REPONSE

    # -- deeds -----------------------------------------------------------------------------------------------
    @classmethod
    def poser(cls, *, appel, texte, par, origine=OrigineQuestion.SITE) -> "Question":
        """Ask, while the call takes or will take dossiers. Raises TransitionInterdite once its last wave is closed."""
        if not Vague.objects.filter(appel=appel, cloture__gt=horloge.maintenant()).exists():
            raise TransitionInterdite("L'appel est clos : plus aucune question n'est prise.")
        with transaction.atomic():
            question = cls.objects.create(appel=appel, texte=texte, posee_par=par, origine=origine)
            consigner(question.fil, "poser_question", par=par, origine=origine)
        return question

    def repondre(self, *, texte_publie, reponse, theme, par, version: int) -> None:
        """Write the answer, or correct a published one: the journal keeps what was published before.

        Raises QuestionPerimee when someone wrote since `version` was read, TransitionInterdite once set aside.
        """
        with transaction.atomic():
            question = self._verrouiller()
            if question.version != version:
                raise QuestionPerimee
            correction = question.publiee_le is not None
            avant = {"question": question.texte_publie, "reponse": question.reponse} if correction else {}
            question.texte_publie, question.reponse, question.theme = texte_publie, reponse, theme
            question.recherche = normaliser(f"{texte_publie} {reponse}")
            question.repondue_par, question.version = par, version + 1
            question.repondue_le = question.repondue_le or horloge.maintenant()
            question.corrigee_le = horloge.maintenant() if correction else None
            question.save()
            consigner(
                self.fil, "corriger_reponse" if correction else "repondre_question", par=par, avant=avant
            )
        self.refresh_from_db()

    def publier(self, *, par) -> None:
        """Show question and answer to everybody; who asked on the site is told. Raises TransitionInterdite."""
        with transaction.atomic():
            question = self._verrouiller()
            if question.publiee_le is not None:
                raise TransitionInterdite("Cette réponse est déjà publiée.")
            if not question.reponse:
                raise TransitionInterdite("Écrivez la réponse avant de la publier.")
            question.publiee_le = horloge.maintenant()
            question.save(update_fields=["publiee_le"])
            consigner(self.fil, "publier_reponse", par=par, theme=question.theme)
            question._prevenir("question_repondue")
        self.refresh_from_db()

    def ecarter(self, *, motif, par) -> None:
        """Answer the asker alone: a question already answered, or about one dossier. Raises TransitionInterdite."""
        with transaction.atomic():
            question = self._verrouiller()
            if question.publiee_le is not None:
                raise TransitionInterdite("Cette réponse est publiée : corrigez-la plutôt.")
            question.ecartee_le, question.motif_ecart = horloge.maintenant(), motif
            question.save(update_fields=["ecartee_le", "motif_ecart"])
            consigner(self.fil, "ecarter_question", par=par)
            question._prevenir("question_ecartee", reponse=motif)
        self.refresh_from_db()

    def _verrouiller(self) -> "Question":
        """The row as it is, under its lock. Raises TransitionInterdite once set aside."""
        question = Question.objects.select_for_update(of=("self",)).get(pk=self.pk)
        if question.ecartee_le is not None:
            raise TransitionInterdite("Cette question a reçu une réponse sans publication : elle est close.")
        return question

    def _prevenir(self, cle: str, **variables) -> None:
        """Write to who asked on the site; what came by mail is answered by mail."""
        if self.origine == OrigineQuestion.SITE and self.posee_par.is_active:
            Message.preparer(
                cle,
                a=[self.posee_par],
                contexte={"question": self.texte} | variables,
                evenement=f"{self.fil}/{cle}",
                fil=self.fil,
                lien=self.get_absolute_url(),
            )
