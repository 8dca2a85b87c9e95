"""Two dossiers that resemble each other, and what an agent said of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from candidatures.models import Dossier
from candidatures.models.base import DuDossierQuerySet
from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, TransitionInterdite, roles_sur

AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}
# Chosen by measure (tests/instruction/test_doublons.py): among 2 000 dossiers drawn from a few dozen sentences,
# strangers stay under 0.62; a dossier reworded keeps 0.70 or more.
SEUIL = 0.65
SEUIL_MEME_SIRET = 0.40  # the same establishment in another wave: its new project is not its old one
PLAFOND = 10  # pairs kept for one dossier, the closest first


class TexteCompare(models.Model):
    """Title and summary of a deposited dossier as they are compared: words alone, no accent, no capital.

    Written by triggers alone, never by the code: a comparison at 100 000 dossiers reads them, it never makes them.
    `phrases` is a sketch of the text, by which the dossiers that share phrases are found (migration 0012).
    """

    dossier = models.OneToOneField(
        Dossier, models.CASCADE, related_name="+", primary_key=True, editable=False
    )
    titre = models.TextField("titre", editable=False)
    texte = models.TextField("titre et résumé", editable=False)
    phrases = ArrayField(
        models.BigIntegerField(), verbose_name="phrases", default=list, db_default=[], editable=False
    )

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "texte comparé"
        verbose_name_plural = "textes comparés"
        indexes = [
            GinIndex(fields=["titre"], opclasses=["gin_trgm_ops"], name="texte_compare_titre"),
            GinIndex(fields=["phrases"], name="texte_compare_phrases"),
        ]

    def __str__(self):
        return self.titre


class AvisDoublon(models.TextChoices):
    """What the agent says of the pair."""

    DISTINCT = "DISTINCT", "Dossiers distincts"
    DOUBLON = "DOUBLON", "Doublon"


class RapprochementQuerySet(models.QuerySet):
    """Pairs: seen by whoever sees both dossiers as an agent or an auditor."""

    def visibles_par(self, user):
        """Pairs of dossiers that `user` may both know of."""
        vus = Dossier.objects.visibles_par(user, *AGENTS, Role.AUDITEUR)
        return self.filter(premier__in=vus, second__in=vus)

    def du_dossier(self, dossier):
        """The pairs in which it stands."""
        return self.filter(Q(premier=dossier) | Q(second=dossier))

    def proches_de(self, dossier):
        """The dossiers that stand in a pair with this one."""
        paires = self.du_dossier(dossier)
        cles = Q(pk__in=paires.values("premier")) | Q(pk__in=paires.values("second"))
        return Dossier.objects.filter(cles).exclude(pk=dossier.pk)

    def a_juger(self):
        """Nobody has said anything of them yet."""
        return self.filter(avis="")


class Rapprochement(models.Model):
    """A likely duplicate, found by the trigrams of titles and texts or by the SIRET: a hint until an agent speaks."""

    premier = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    second = models.ForeignKey(Dossier, models.CASCADE, related_name="+")
    score = models.FloatField("ressemblance")
    meme_siret = models.BooleanField("même SIRET", default=False)
    trouve_le = models.DateTimeField("trouvé le", default=horloge.maintenant)
    avis = models.CharField("avis", max_length=8, choices=AvisDoublon, blank=True)
    mot = models.TextField("pourquoi", blank=True)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="par"
    )
    juge_le = models.DateTimeField("jugé le", null=True, blank=True)

    objects = RapprochementQuerySet.as_manager()

    class Meta:
        verbose_name = "rapprochement de dossiers"
        verbose_name_plural = "rapprochements de dossiers"
        ordering = ["-score", "pk"]
        constraints = [
            UniqueConstraint(fields=["premier", "second"], name="rapprochement_unique"),
            CheckConstraint(condition=Q(premier__lt=F("second")), name="rapprochement_ordonne"),
            CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="rapprochement_score"),
            CheckConstraint(
                condition=Q(avis="", mot="", par=None, juge_le=None)
                | Q(avis__in=AvisDoublon.values, par__isnull=False, juge_le__isnull=False) & ~Q(mot=""),
                name="rapprochement_juge",
            ),
        ]

    def __str__(self):
        return f"Ressemblance de {self.score:.2f}"

    def autre_que(self, dossier) -> Dossier:
        """The other dossier of the pair."""
        return self.second if self.premier_id == dossier.pk else self.premier

    @property
    def pourcentage(self) -> int:
        """The resemblance, as one reads it."""
        return round(self.score * 100)

    @classmethod
    def chercher(cls, dossier) -> list["Rapprochement"]:
        """Look for the dossiers that resemble this one; pairs nobody judged and no longer found go.

        The cost is bounded: at most thirty candidates by each of three indexes (the phrases shared, the titles, the
        establishment), then their texts compared.
        """
        with connection.cursor() as curseur:
            curseur.execute(
                "SELECT autre, score, meme_siret, meme_vague FROM instruction_ressemblances(%s)", [dossier.pk]
            )
            trouves = {
                autre: (score, meme_siret)
                for autre, score, meme_siret, meme_vague in curseur.fetchall()
                if score >= SEUIL or (meme_siret and (meme_vague or score >= SEUIL_MEME_SIRET))
            }
        proches = sorted(trouves.items(), key=lambda x: (-x[1][1], -x[1][0]))[:PLAFOND]
        paires = [cls._paire(dossier.pk, autre, *mesure) for autre, mesure in proches]
        with transaction.atomic():
            cles = [(p.premier_id, p.second_id) for p in paires]
            anciens = cls.objects.du_dossier(dossier).a_juger().select_for_update(of=("self",))
            perimes = [r.pk for r in anciens if (r.premier_id, r.second_id) not in cles]
            cls.objects.filter(pk__in=perimes).delete()
            cls.objects.bulk_create(paires, ignore_conflicts=True)
        return list(cls.objects.du_dossier(dossier))

    @classmethod
    def _paire(cls, un: int, autre: int, score: float, meme_siret: bool) -> "Rapprochement":
        premier, second = sorted((un, autre))
        return cls(premier_id=premier, second_id=second, score=min(score, 1.0), meme_siret=meme_siret)

    def juger(self, avis: str, *, mot: str, par) -> None:
        """Say « distinct » or « doublon » with a word: kept, journalled on both dossiers; the hint then goes.

        Raises GesteInterdit to whoever is no agent on both, TransitionInterdite without a word.
        """
        if avis not in AvisDoublon.values:
            raise TransitionInterdite("Dites si ces dossiers sont distincts ou si l'un double l'autre.")
        if not mot.strip():
            raise TransitionInterdite("Écrivez en un mot pourquoi : vos collègues le liront.")
        with transaction.atomic():
            paire = (
                Rapprochement.objects.visibles_par(par)
                .select_related("premier", "second")
                .select_for_update(of=("self",))
                .get(pk=self.pk)
            )
            dossiers = (paire.premier, paire.second)
            if not all(roles_sur(dossier, par) & AGENTS for dossier in dossiers):
                raise GesteInterdit("Juger un rapprochement revient aux agents de l'appel.")
            paire.avis, paire.mot, paire.par, paire.juge_le = avis, mot.strip(), par, horloge.maintenant()
            paire.save(update_fields=["avis", "mot", "par", "juge_le"])
            for dossier, autre in (dossiers, dossiers[::-1]):
                consigner(
                    dossier.fil, "juger_doublon", par=par, motif=paire.mot, avis=avis, autre=autre.numero
                )
        self.refresh_from_db()
