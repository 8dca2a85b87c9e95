"""The cohort: who is in it, its eight sessions, who was there, what each project hands in (press kit p. 13)."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse

from accompagnement.models.base import suivi_par
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.registres import GesteInterdit, TransitionInterdite, VisiblesQuerySet, roles_sur

JOURS_POUR_LE_LIVRABLE = 12
JOURS_POUR_L_EXPERT = 7
AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}


class Promotion(models.Model):
    """A cohort of laureates that goes through the modules together; a wave has one or several."""

    MODELE_REGARD = "promotion"

    vague = models.ForeignKey(
        "programme.Vague", models.PROTECT, related_name="promotions", verbose_name="vague"
    )
    nom = models.CharField("nom", max_length=120)
    debut = models.DateField("début")
    fin = models.DateField("fin")
    dossiers = models.ManyToManyField(Dossier, through="Inscription", related_name="promotions")

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        verbose_name = "promotion"
        ordering = ["-debut", "pk"]
        constraints = [
            UniqueConstraint(fields=["vague", "nom"], name="promotion_nom_unique"),
            CheckConstraint(condition=Q(fin__gt=F("debut")), name="promotion_dans_l_ordre"),
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return reverse("accompagnement:promotion", args=[self.pk])

    @property
    def fil(self) -> str:
        """Thread of the journal."""
        return f"promotion/{self.pk}"

    @classmethod
    def ouvrir(cls, *, vague, nom, debut, fin, par) -> "Promotion":
        """Open a cohort in a wave. Raises GesteInterdit."""
        exiger("organiser_promotion", par)
        with transaction.atomic():
            promotion = cls.objects.create(vague=vague, nom=nom, debut=debut, fin=fin)
            exiger("organiser_promotion", par, promotion)  # of this call, not of another
            consigner(promotion.fil, "ouvrir_promotion", par=par, nom=nom)
        return promotion

    def inscrire(self, dossier, *, par) -> "Inscription":
        """Take a laureate in and open its incubation; its deliverables are those of the sessions already dated.

        Raises TransitionInterdite where the dossier is not a laureate of this wave; nothing has changed then.
        """
        exiger("organiser_promotion", par, self)
        if dossier.vague_id != self.vague_id:
            raise TransitionInterdite("Ce dossier est d'une autre vague que cette promotion.")
        with transaction.atomic():
            Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            if Inscription.objects.filter(dossier=dossier).exists():
                raise TransitionInterdite("Ce projet est déjà inscrit dans une promotion.")
            inscription = Inscription.objects.create(promotion=self, dossier=dossier)
            dossier.passer("ouvrir_incubation", par=par, promotion=self.nom)
            for session in self.sessions.select_related("module"):
                session.attendre_livrable(dossier)
        return inscription

    def dater(
        self, module, *, date, par, hote=None, expert=None, demi_journees=2, echeance=None
    ) -> "Session":
        """Date a module: one session, and one deliverable expected from each project twelve days later.

        Raises TransitionInterdite for a module of another call, a date outside the cohort, a module already dated.
        """
        exiger("organiser_promotion", par, self)
        if module.appel_id != self.vague.appel_id:
            raise TransitionInterdite("Ce module n'appartient pas à cet appel.")
        if not self.debut <= date <= self.fin:
            raise TransitionInterdite("Cette date est hors de la promotion.")
        with transaction.atomic():
            Promotion.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if self.sessions.filter(module=module).exists():
                raise TransitionInterdite(f"Le module « {module} » a déjà sa date.")
            session = self.sessions.create(
                module=module,
                date=date,
                hote=hote,
                expert=expert,
                demi_journees=demi_journees,
                echeance_livrable=echeance or date + timedelta(days=JOURS_POUR_LE_LIVRABLE),
            )
            for dossier in self.dossiers.all():
                session.attendre_livrable(dossier)
            consigner(self.fil, "dater_module", par=par, module=module.code, date=date.isoformat())
        return session


class Inscription(models.Model):
    """A project in its cohort; one at most."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="inscriptions")
    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="inscription")
    inscrite_le = models.DateTimeField("inscrite le", default=horloge.maintenant)

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "inscription"
        ordering = ["dossier__nom_projet"]

    def __str__(self):
        return f"{self.dossier}, {self.promotion}"


class SessionQuerySet(models.QuerySet):
    """Sessions, seen with their cohort."""

    def visibles_par(self, user):
        """Sessions of the cohorts that `user` may know of."""
        return self.filter(promotion__in=Promotion.objects.visibles_par(user))


class Session(models.Model):
    """A module lived by the cohort, in a third place that welcomes it (« visites apprenantes »)."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="sessions")
    module = models.ForeignKey(
        "programme.Module", models.PROTECT, related_name="sessions", verbose_name="module"
    )
    date = models.DateField("date")
    hote = models.ForeignKey(
        Dossier,
        models.PROTECT,
        related_name="sessions_accueillies",
        null=True,
        blank=True,
        verbose_name="lieu d'accueil",
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="sessions",
        null=True,
        blank=True,
        verbose_name="intervenant",
    )
    demi_journees = models.PositiveSmallIntegerField(
        "demi-journées", default=2, validators=[MinValueValidator(1), MaxValueValidator(2)]
    )
    echeance_livrable = models.DateField("livrable attendu le")

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        ordering = ["module__rang"]
        constraints = [
            UniqueConstraint(fields=["promotion", "module"], name="session_unique_par_module"),
            CheckConstraint(
                condition=Q(demi_journees__gte=1, demi_journees__lte=2), name="session_demi_journees"
            ),
            CheckConstraint(condition=Q(echeance_livrable__gte=F("date")), name="session_livrable_apres"),
        ]

    def __str__(self):
        return f"{self.module}, {self.promotion}"

    @property
    def est_tenue(self) -> bool:
        """The day has come."""
        return self.date <= horloge.aujourd_hui()

    def moments(self) -> list["DemiJournee"]:
        """Half days of this session."""
        return list(DemiJournee)[: self.demi_journees]

    def attendre_livrable(self, dossier) -> models.Model:
        """The deliverable that this project owes after the session."""
        return self.livrables.create(
            dossier=dossier, titre=self.module.livrable, echeance=self.echeance_livrable, expert=self.expert
        )

    def noter(self, feuille: dict, *, par, motif="") -> int:
        """Write the attendance sheet, {(dossier, half day): status}; what is unchanged leaves no trace.

        The expert of the session has seven days; after them an agent writes, and says why. Returns how many changed.
        """
        self._verifier_qui_note(par, motif)
        with transaction.atomic():
            Session.objects.select_for_update(of=("self",)).get(pk=self.pk)
            connues = {(p.dossier_id, p.demi_journee): p for p in self.presences.all()}
            inscrits = {d.pk: d for d in self.promotion.dossiers.all()}
            changes: dict[int, dict[str, str]] = {}
            for (dossier, moment), statut in feuille.items():
                if dossier.pk not in inscrits or moment not in self.moments():
                    raise TransitionInterdite("Ce projet n'est pas inscrit à cette demi-journée.")
                ancienne = connues.get((dossier.pk, moment))
                if ancienne is None or ancienne.statut != statut:
                    self._ecrire(ancienne, dossier, moment, statut, par)
                    changes.setdefault(dossier.pk, {})[moment] = statut
            for pk, moments in changes.items():
                consigner(
                    inscrits[pk].fil,
                    "noter_presence",
                    par=par,
                    motif=motif,
                    module=self.module.code,
                    **moments,
                )
        return sum(len(moments) for moments in changes.values())

    def _ecrire(self, presence, dossier, moment, statut, par):
        presence = presence or Presence(session=self, dossier=dossier, demi_journee=moment)
        presence.statut, presence.notee_par, presence.notee_le = statut, par, horloge.maintenant()
        presence.save()

    def _verifier_qui_note(self, par, motif):
        roles = roles_sur(self.promotion, par)
        est_le_sien = Role.EXPERT in roles and self.expert_id == par.pk
        if not roles & AGENTS and not est_le_sien:
            raise GesteInterdit("La feuille de présence revient à l'agent ou à l'intervenant de la session.")
        if not self.est_tenue:
            raise TransitionInterdite("Cette session n'a pas encore eu lieu.")
        if (horloge.aujourd_hui() - self.date).days > JOURS_POUR_L_EXPERT:
            if not roles & AGENTS:
                raise TransitionInterdite(
                    "Sept jours après la session, c'est à un agent de noter les présences."
                )
            if not motif:
                raise TransitionInterdite("Écrivez le motif de cette saisie après coup.")


class DemiJournee(models.TextChoices):
    """The unit of attendance."""

    MATIN = "MATIN", "matin"
    APRES_MIDI = "APRES_MIDI", "après-midi"


class StatutPresence(models.TextChoices):
    """One cell of the attendance sheet."""

    PRESENT = "PRESENT", "Présent"
    EXCUSE = "EXCUSE", "Excusé"
    ABSENT = "ABSENT", "Absent"


class PresenceQuerySet(suivi_par("dossier")):
    """Attendance."""

    def assiduite(self) -> tuple[int, int]:
        """(half days attended, half days due) of these lines."""
        comptes = self.aggregate(
            dues=models.Count("pk"), suivies=models.Count("pk", filter=Q(statut=StatutPresence.PRESENT))
        )
        return comptes["suivies"], comptes["dues"]


class Presence(models.Model):
    """Was this project there, this half day?"""

    session = models.ForeignKey(Session, models.PROTECT, related_name="presences")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="presences")
    demi_journee = models.CharField("demi-journée", max_length=10, choices=DemiJournee)
    statut = models.CharField("statut", max_length=8, choices=StatutPresence)
    notee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="notée par"
    )
    notee_le = models.DateTimeField("notée le", default=horloge.maintenant)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        constraints = [
            UniqueConstraint(
                fields=["session", "dossier", "demi_journee"], name="presence_en_session_unique"
            ),
            CheckConstraint(condition=Q(statut__in=StatutPresence.values), name="presence_en_session_statut"),
        ]

    def __str__(self):
        return f"{self.dossier}, {self.get_demi_journee_display()} : {self.get_statut_display()}"


def taux_assiduite(suivies: int, dues: int) -> Decimal | None:
    """Share of the half days attended, or None before the first session."""
    return (Decimal(suivies) / dues).quantize(Decimal("0.01")) if dues else None


def peut_etre_inscrit(dossier) -> bool:
    """A laureate that waits for its cohort."""
    return dossier.etat == Etat.LAUREAT
