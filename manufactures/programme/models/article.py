"""The cahier des charges: its articles, and the file that one downloads."""

import hashlib
import json

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from manufactures import horloge
from manufactures.programme.models.appel import Appel
from manufactures.registres import fichiers


class ArticleQuerySet(models.QuerySet):
    """Clauses by the wave that reads them."""

    def en_vigueur(self, vague: int):
        """Those that the wave of this number reads: of each clause the last version opened for it or before."""
        plus_recente = Article.objects.filter(
            appel=OuterRef("appel"),
            numero=OuterRef("numero"),
            version__gt=OuterRef("version"),
            depuis__lte=vague,
        )
        lues = self.filter(~Exists(plus_recente), depuis__lte=vague, abroge=False)
        return lues.order_by("appel", "rang")


class Article(models.Model):
    """One version of a clause of the cahier des charges; rules, fields and questions cite it by its number.

    `depuis` is the number of the first wave that reads it, which may not be created yet. A version is never rewritten
    once that wave has opened: another one follows it.
    """

    appel = models.ForeignKey(Appel, on_delete=models.PROTECT, related_name="articles")
    rang = models.PositiveSmallIntegerField("rang")
    numero = models.CharField("numéro", max_length=20, help_text="« 3.2 »")
    titre = models.CharField("titre", max_length=160)
    texte = models.TextField("texte")
    version = models.PositiveSmallIntegerField("version", default=1)
    depuis = models.PositiveSmallIntegerField("depuis la vague", default=1)
    abroge = models.BooleanField("abrogé", default=False, help_text="Cette version retire la clause.")

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "article du cahier des charges"
        verbose_name_plural = "articles du cahier des charges"
        ordering = ["appel", "rang", "version"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "numero", "version"], name="article_unique_par_version"),
            models.UniqueConstraint(
                fields=["appel", "numero", "depuis"], name="article_une_version_par_vague"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, depuis__gte=1), name="article_version_et_vague"
            ),
        ]

    def __str__(self):
        return f"Article {self.numero}. {self.titre}"

    @property
    def ancre(self) -> str:
        """Where it stands on the page of the call."""
        return f"article-{self.numero.replace('.', '-')}"


class Cahier(models.Model):
    """The cahier des charges as a PDF: one row a text, written once its file is stored. The latest is in force."""

    appel = models.ForeignKey(Appel, on_delete=models.PROTECT, related_name="cahiers")
    version = models.CharField("version", max_length=20)
    condense = models.CharField("empreinte du texte", max_length=64)
    chemin = models.CharField("fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    taille = models.PositiveIntegerField("taille, en octets")
    en_vigueur_le = models.DateTimeField("en vigueur depuis le", default=horloge.maintenant)

    class Meta:
        verbose_name = "cahier des charges"
        verbose_name_plural = "cahiers des charges"
        ordering = ["appel", "en_vigueur_le", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "condense"], name="cahier_unique_par_texte"),
            models.CheckConstraint(
                condition=~Q(chemin="") & ~Q(empreinte="") & Q(taille__gt=0), name="cahier_a_son_fichier"
            ),
        ]

    def __str__(self):
        return f"Cahier des charges, version {self.version}"

    @classmethod
    def deposer(cls, appel: Appel, condense: str, pdf: bytes) -> "Cahier":
        """Store the file, then its row; twice the same text is one row."""
        empreinte = hashlib.sha256(pdf).hexdigest()
        chemin = f"cahiers/{empreinte[:2]}/{empreinte}.pdf"
        if not default_storage.exists(chemin):
            default_storage.save(chemin, ContentFile(pdf))
        cahier, _ = cls.objects.get_or_create(
            appel=appel,
            condense=condense,
            defaults={
                "version": appel.cahier_version,
                "chemin": chemin,
                "empreinte": empreinte,
                "taille": len(pdf),
            },
        )
        return cahier


def condenser_le_texte(appel: Appel, articles: list[Article], mention: str) -> str:
    """What a Cahier is the file of: the same words give the same digest, whatever their rows."""
    texte = [appel.titre, appel.cahier_version, appel.service_nom, mention]
    texte += [[a.numero, a.titre, a.texte] for a in articles]
    return hashlib.sha256(json.dumps(texte, ensure_ascii=False).encode()).hexdigest()


@fichiers("cahier des charges")
def cahiers_ranges():
    """The stored files."""
    return Cahier.objects.annotate(de=F("version"))
