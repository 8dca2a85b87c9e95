"""What members wrote, answer by answer, and what they say to each other beside it: for members' eyes only."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from candidatures.models.choix import Section
from candidatures.models.dossier import Dossier
from candidatures.models.membres import Membre
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

UN_MEME_GESTE = timedelta(minutes=10)  # autosaves of one person on one answer are one line of the history
COMMENTAIRE_MAX = 2000


class DesMembresQuerySet(models.QuerySet):
    """Rows that a dossier's members read, and nobody else: neither agents nor committee, even once deposited."""

    def visibles_par(self, user):
        """Those of the dossiers whose team one belongs to."""
        if not user.is_active:
            return self.none()
        return self.filter(dossier__in=Membre.objects.filter(user=user).values("dossier"))


@dataclass(frozen=True)
class Changement:
    """One answer before and after a writing, in the words of the screen."""

    champ: str
    libelle: str
    avant: str
    apres: str


class ModificationQuerySet(DesMembresQuerySet):
    """The history of the answers."""

    def dernieres(self, section: Section) -> dict:
        """Of one section, the last change of each answer, by its field's name: one query."""
        lignes = self.filter(section=section).select_related("par")
        return {m.champ: m for m in lignes.order_by("champ", "-le", "-pk").distinct("champ")}


class Modification(models.Model):
    """Who changed which answer, from what to what; `page` is the window in which it was typed."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="modifications")
    section = models.CharField("section", max_length=12, choices=Section)
    champ = models.CharField("champ", max_length=60)
    libelle = models.CharField("réponse", max_length=200)
    avant = models.TextField("avant", blank=True)
    apres = models.TextField("après", blank=True)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    debut_le = models.DateTimeField("commencée le", default=horloge.maintenant)
    le = models.DateTimeField("modifiée le", default=horloge.maintenant)
    page = models.CharField("fenêtre", max_length=36, blank=True)

    objects = ModificationQuerySet.as_manager()

    class Meta:
        verbose_name = "modification"
        ordering = ["-le", "-pk"]
        indexes = [
            models.Index(fields=["dossier", "-le", "-id"], name="modification_recente"),
            models.Index(fields=["dossier", "section", "champ", "-le"], name="modification_champ"),
        ]
        constraints = [
            CheckConstraint(condition=Q(section__in=Section.values), name="modification_section"),
            CheckConstraint(condition=Q(le__gte=F("debut_le")), name="modification_dates"),
        ]

    def __str__(self):
        return f"{self.get_section_display()}, {self.libelle}"

    @classmethod
    def noter(cls, dossier, section, changements, dernieres, *, par, page="") -> None:
        """Write the history of one writing: at most two queries, whatever the number of answers."""
        instant = horloge.maintenant()
        suites, neuves = [], []
        for changement in changements:
            ligne = dernieres.get(changement.champ)
            if ligne and ligne.par_id == par.pk and instant - ligne.le < UN_MEME_GESTE:
                ligne.apres, ligne.le, ligne.page = changement.apres, instant, page
                suites.append(ligne)
            else:
                faits = {"dossier": dossier, "section": section, "par": par, "page": page}
                neuves.append(cls(**vars(changement), **faits, debut_le=instant, le=instant))
        if neuves:
            cls.objects.bulk_create(neuves)
        if suites:
            cls.objects.bulk_update(suites, ["apres", "le", "page"])


class CommentaireQuerySet(DesMembresQuerySet):
    """What members say beside the answers."""

    def fils(self):
        """The first comment of each exchange, with its answers."""
        reponses = models.Prefetch("reponses", Commentaire.objects.select_related("par"))
        fils = self.filter(en_reponse_a=None).select_related("par", "resolu_par").prefetch_related(reponses)
        return fils.order_by("le", "pk")

    def ouverts(self):
        """Exchanges that nobody has closed."""
        return self.filter(en_reponse_a=None, resolu_le=None)

    def attendant(self, user):
        """Open exchanges of drafts one may read, whose last word is somebody else's."""
        reponses = Commentaire.objects.filter(en_reponse_a=OuterRef("pk")).order_by("-le", "-pk")
        dernier = Coalesce(
            Subquery(reponses.values("par")[:1]), F("par"), output_field=models.BigIntegerField()
        )
        ouverts = self.visibles_par(user).ouverts().filter(dossier__etat=Etat.BROUILLON)
        return ouverts.alias(dernier=dernier).exclude(dernier=user.pk)


class Commentaire(models.Model):
    """A remark on a section, or an answer to one; an exchange is open until a member marks it as settled."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="commentaires")
    section = models.CharField("section", max_length=12, choices=Section)
    en_reponse_a = models.ForeignKey(
        "self", models.CASCADE, related_name="reponses", null=True, blank=True, verbose_name="en réponse à"
    )
    texte = models.TextField("commentaire", max_length=COMMENTAIRE_MAX)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    le = models.DateTimeField("le", default=horloge.maintenant)
    resolu_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    resolu_le = models.DateTimeField("réglé le", null=True, blank=True)

    objects = CommentaireQuerySet.as_manager()

    class Meta:
        verbose_name = "commentaire"
        ordering = ["le", "pk"]
        indexes = [
            models.Index(fields=["dossier", "section"], name="commentaire_section"),
            models.Index(
                fields=["dossier"], name="commentaire_ouvert", condition=Q(resolu_le=None, en_reponse_a=None)
            ),
        ]
        constraints = [
            CheckConstraint(condition=~Q(texte=""), name="commentaire_dit"),
            CheckConstraint(condition=Q(section__in=Section.values), name="commentaire_de_section"),
            CheckConstraint(
                condition=Q(resolu_le=None, resolu_par=None)
                | Q(resolu_le__isnull=False, resolu_par__isnull=False, en_reponse_a=None),
                name="commentaire_resolu",
            ),
        ]

    def __str__(self):
        return self.texte

    def get_absolute_url(self):
        """The exchange, on the page of its dossier's comments."""
        adresse = reverse("candidatures:commentaires", args=[self.dossier.numero])
        return f"{adresse}#commentaire-{self.en_reponse_a_id or self.pk}"

    # -- deeds -----------------------------------------------------------------------------------------------
    @classmethod
    def ecrire(cls, dossier, section, texte, *, par, en_reponse_a=None) -> "Commentaire":
        """Say something on a section; an answer to a settled exchange opens it again."""
        with transaction.atomic():
            if en_reponse_a is not None:
                fil = cls.objects.select_for_update(of=("self",)).get(pk=en_reponse_a.pk)
                section = fil.section
                fil._marquer(None, None)
            return cls.objects.create(
                dossier=dossier, section=section, texte=texte, par=par, en_reponse_a=en_reponse_a
            )

    def resoudre(self, *, par) -> None:
        """Settle the exchange. Raises TransitionInterdite where there is nothing to settle."""
        with transaction.atomic():
            fil = Commentaire.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if fil.en_reponse_a_id or fil.resolu_le:
                raise TransitionInterdite("Cet échange est déjà réglé.")
            fil._marquer(par, horloge.maintenant())

    def rouvrir(self) -> None:
        """Open a settled exchange again."""
        with transaction.atomic():
            Commentaire.objects.select_for_update(of=("self",)).get(pk=self.pk)._marquer(None, None)

    def _marquer(self, par, instant) -> None:
        self.resolu_par, self.resolu_le = par, instant
        self.save(update_fields=["resolu_par", "resolu_le"])
