"""What the incubation changed: the same eight axes before and after, and the report that the committee reads."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint

from accompagnement.models.base import suivi_par
from accompagnement.models.besoin import Besoin
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite

JOURS_POUR_OBSERVER = 7


class Moment(models.TextChoices):
    """Both ends of the incubation."""

    ENTREE = "ENTREE", "À l'entrée"
    SORTIE = "SORTIE", "À la sortie"


class Diagnostic(models.Model):
    """One axis (a module), at one end, from 0 to 4."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="diagnostics")
    moment = models.CharField("moment", max_length=6, choices=Moment)
    module = models.ForeignKey("programme.Module", models.PROTECT, related_name="+", verbose_name="axe")
    valeur = models.PositiveSmallIntegerField(
        "valeur", validators=[MinValueValidator(0), MaxValueValidator(4)]
    )
    fait = models.CharField("fait qui l'explique", max_length=300, blank=True)
    pose_le = models.DateTimeField("posé le", default=horloge.maintenant)

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "diagnostic"
        ordering = ["module__rang", "moment"]
        constraints = [
            UniqueConstraint(fields=["dossier", "moment", "module"], name="diagnostic_unique"),
            CheckConstraint(condition=Q(valeur__gte=0, valeur__lte=4), name="diagnostic_de_zero_a_quatre"),
        ]

    def __str__(self):
        return f"{self.module}, {self.get_moment_display()} : {self.valeur}"

    @classmethod
    def poser(cls, dossier, moment, valeurs: dict, *, par, faits: dict | None = None) -> None:
        """Write one end of the diagnosis, {module: value}. Raises TransitionInterdite once the report is frozen."""
        exiger("tenir_diagnostic", par, dossier)
        with transaction.atomic():
            verrouiller_incubation(dossier)
            for module, valeur in valeurs.items():
                cls.objects.update_or_create(
                    dossier=dossier,
                    moment=moment,
                    module=module,
                    defaults={
                        "valeur": valeur,
                        "fait": (faits or {}).get(module, ""),
                        "pose_le": horloge.maintenant(),
                    },
                )
            consigner(
                dossier.fil,
                "poser_diagnostic",
                par=par,
                moment=moment,
                **{m.code: v for m, v in valeurs.items()},
            )


def verrouiller_incubation(dossier) -> Dossier:
    """The dossier's row, locked, in incubation and without a frozen report. Raises TransitionInterdite."""
    verrouille = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if verrouille.etat != Etat.EN_INCUBATION:
        raise TransitionInterdite("L'incubation de ce projet n'est pas en cours.")
    if BilanIncubation.objects.filter(dossier=dossier).exclude(gele_le=None).exists():
        raise TransitionInterdite("Le bilan est gelé : il ne change plus.")
    return verrouille


class BilanIncubation(models.Model):
    """The incubation report: the lead expert's opinion, the porteur's remarks, the state of the project."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="bilan_incubation")
    texte = models.TextField("avis de l'expert référent", max_length=6000)
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="bilans",
        null=True,
        blank=True,
        verbose_name="expert référent",
    )
    site = models.CharField("site", max_length=300, blank=True)
    equipe = models.CharField("équipe", max_length=300, blank=True)
    partenaires = models.CharField("partenaires", max_length=300, blank=True)
    financements = models.CharField("financements acquis", max_length=300, blank=True)
    calendrier = models.CharField("calendrier actualisé", max_length=300, blank=True)
    observations = models.TextField("observations du porteur", blank=True, max_length=3000)
    redige_le = models.DateTimeField("rédigé le", default=horloge.maintenant)
    redige_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    gele_le = models.DateTimeField("gelé le", null=True, blank=True)
    gele_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = suivi_par("dossier").as_manager()

    AVANCEMENT = ("site", "equipe", "partenaires", "financements", "calendrier")

    class Meta:
        verbose_name = "bilan d'incubation"
        verbose_name_plural = "bilans d'incubation"
        constraints = [
            CheckConstraint(
                condition=Q(gele_le=None, gele_par=None) | Q(gele_le__isnull=False, gele_par__isnull=False),
                name="bilan_gele_par_quelqu_un",
            ),
        ]

    def __str__(self):
        return f"Bilan de {self.dossier}"

    @classmethod
    def rediger(cls, dossier, *, par, texte, expert=None, besoins=None, **avancement) -> "BilanIncubation":
        """Write or rewrite the report, and flag the needs [(theme, days, reason)], until it is frozen."""
        exiger("rediger_bilan", par, dossier)
        with transaction.atomic():
            verrouiller_incubation(dossier)
            bilan, _ = cls.objects.update_or_create(
                dossier=dossier,
                defaults={
                    "texte": texte,
                    "expert": expert,
                    "redige_par": par,
                    "redige_le": horloge.maintenant(),
                    **avancement,
                },
            )
            if besoins is not None:
                Besoin.flecher(dossier, besoins)
            consigner(dossier.fil, "rediger_bilan", par=par, besoins=len(besoins or []))
        return bilan

    def observer(self, texte, *, par) -> None:
        """The porteur's own remarks, until the report is frozen."""
        exiger("observer_bilan", par, self.dossier)
        with transaction.atomic():
            verrouiller_incubation(self.dossier)
            BilanIncubation.objects.filter(pk=self.pk).update(observations=texte)
            consigner(self.dossier.fil, "observer_bilan", par=par)
        self.refresh_from_db()

    @property
    def observations_attendues(self) -> bool:
        """The porteur's seven days to answer still run."""
        limite = self.redige_le + horloge.avancer(days=JOURS_POUR_OBSERVER)
        return not self.observations and horloge.maintenant() < limite

    def geler(self, *, par, motif="") -> None:
        """Freeze: nothing of the report, the diagnoses or the flagged needs changes after. Raises TransitionInterdite.

        Both ends of the diagnosis must cover every module of the call; before the porteur has answered or had seven
        days to, the agent says why it can't wait.
        """
        exiger("geler_bilan", par, self.dossier)
        with transaction.atomic():
            dossier = verrouiller_incubation(self.dossier)
            manquants = modules_sans_diagnostic(dossier)
            if manquants:
                raise TransitionInterdite(f"Le diagnostic n'est pas complet : {', '.join(manquants)}.")
            bilan = BilanIncubation.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if bilan.observations_attendues and not motif.strip():
                raise TransitionInterdite(
                    "Le porteur a sept jours pour répondre. Écrivez pourquoi le bilan est gelé sans attendre."
                )
            bilan.gele_le, bilan.gele_par = horloge.maintenant(), par
            bilan.save(update_fields=["gele_le", "gele_par"])
            consigner(dossier.fil, "geler_bilan", par=par, motif=motif)
        self.refresh_from_db()


def modules_sans_diagnostic(dossier) -> list[str]:
    """Names of the modules that lack one end of their diagnosis."""
    poses = set(dossier.diagnostics.values_list("module_id", "moment"))
    return [
        module.libelle
        for module in dossier.appel.modules.all()
        if any((module.pk, moment) not in poses for moment in Moment.values)
    ]
