"""The cohort: who is in it, its eight sessions, who was there, what each project hands in (press kit p. 13)."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse

from accompagnement.models import emargement
from accompagnement.models.base import suivi_par
from candidatures.models import Dossier, Droit, Membre
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.registres import GesteInterdit, TransitionInterdite, VisiblesQuerySet, roles_sur

JOURS_POUR_LE_LIVRABLE = 12
JOURS_POUR_L_EXPERT = 7
AGENTS = {Role.INSTRUCTEUR, Role.RESPONSABLE}
EMARGENT = (Droit.TITULAIRE, Droit.CONTRIBUTEUR)
CODE_PERIME = "Ce code change toutes les 2 minutes. Visez-le de nouveau ou tapez les 4 chiffres affichés."
NON_INSCRIT = "Votre projet n'est pas inscrit à cette demi-journée. Voyez l'intervenant."
AUTRE_JOUR = "La présence se note le jour même. Voyez l'intervenant."


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

    def du_jour_de(self, user):
        """Today's sessions of the projects that `user` may sign for."""
        inscrits = Inscription.objects.filter(dossier__in=_projets_de(user))
        return self.filter(date=horloge.aujourd_hui(), promotion__in=inscrits.values("promotion"))

    def de_la_porte(self, code: str) -> tuple["Session | None", "DemiJournee | None"]:
        """The session and the half day that a door's code names; the code itself is not checked here."""
        pk, rang = emargement.porte_de(code) or (None, None)
        session = self.filter(pk=pk).first() if pk else None
        if session is None or rang >= session.demi_journees:
            return None, None
        return session, session.moments()[rang]


def _projets_de(user):
    return Membre.objects.filter(user=user, droit__in=EMARGENT).values("dossier")


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

    @property
    def est_du_jour(self) -> bool:
        """It is that very day."""
        return self.date == horloge.aujourd_hui()

    def est_tenue_par(self, user, roles) -> bool:
        """Its expert and the agents hold its door and its sheet; another expert of the cohort does not."""
        return bool(roles & AGENTS) or (Role.EXPERT in roles and self.expert_id == user.pk)

    def est_recueillie_par(self, user, roles) -> bool:
        """Signatures taken without network may still arrive, and this person's are taken."""
        close = (horloge.aujourd_hui() - self.date).days > JOURS_POUR_L_EXPERT
        return self.est_tenue_par(user, roles) and not close

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

    def chiffres(self, demi_journee) -> str:
        """The four figures shown at the door during these two minutes."""
        return emargement.chiffres(self.pk, _rang(demi_journee))

    def code_de_porte(self, demi_journee) -> str:
        """The code that the door's QR carries during these two minutes."""
        return emargement.code_de_porte(self.pk, _rang(demi_journee))

    def affiche_les_chiffres(self, demi_journee, chiffres: str) -> bool:
        """These figures are those of the door, now or just before."""
        return emargement.est_affiche(chiffres, emargement.chiffres, self.pk, _rang(demi_journee))

    def affiche_le_code(self, demi_journee, code: str) -> bool:
        """This code is the door's, now or just before."""
        return emargement.est_affiche(code, emargement.code_de_porte, self.pk, _rang(demi_journee))

    def inscrits_de(self, user):
        """The projects of the cohort that `user` may sign for."""
        return self.promotion.dossiers.filter(pk__in=_projets_de(user)).order_by("nom_projet")

    def emarger(self, dossier, demi_journee, code: str, *, par) -> tuple["Presence", bool]:
        """A participant says « je suis là » with the code read at the door: the presence, and whether it is new.

        Once noted, the same presence comes back. Raises GesteInterdit for a stranger to the project, and
        TransitionInterdite for a code no longer shown, another day, another cohort, or what the expert noted.
        """
        exiger("emarger", par, dossier)
        if demi_journee not in self.moments():
            raise TransitionInterdite(NON_INSCRIT)
        if not self.affiche_le_code(demi_journee, code):
            raise TransitionInterdite(CODE_PERIME)
        if not self.est_du_jour:
            raise TransitionInterdite(AUTRE_JOUR)
        with transaction.atomic():
            Session.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if not self.promotion.dossiers.filter(pk=dossier.pk).exists():
                raise TransitionInterdite(NON_INSCRIT)
            presence = self.presences.filter(dossier=dossier, demi_journee=demi_journee).first()
            if presence is not None:
                if presence.statut != StatutPresence.PRESENT:
                    raise TransitionInterdite(presence.notee_autrement)
                return presence, False
            presence = self._ecrire(None, dossier, demi_journee, StatutPresence.PRESENT, par)
            consigner(dossier.fil, "emarger", par=par, module=self.module.code, demi_journee=demi_journee)
        return presence, True

    def _ecrire(self, presence, dossier, moment, statut, par):
        presence = presence or Presence(session=self, dossier=dossier, demi_journee=moment)
        presence.statut, presence.notee_par, presence.notee_le = statut, par, horloge.maintenant()
        presence.save()
        return presence

    def _verifier_qui_note(self, par, motif):
        roles = roles_sur(self.promotion, par)
        if not self.est_tenue_par(par, roles):
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


def _rang(demi_journee) -> int:
    return list(DemiJournee).index(demi_journee)


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

    @property
    def notee_autrement(self) -> str:
        """What reads who comes after the expert noted them away."""
        statut = self.get_statut_display()
        return f"Votre projet est noté «\u00a0{statut}\u00a0» à cette demi-journée. Voyez l'intervenant."


def taux_assiduite(suivies: int, dues: int) -> Decimal | None:
    """Share of the half days attended, or None before the first session."""
    return (Decimal(suivies) / dues).quantize(Decimal("0.01")) if dues else None


def peut_etre_inscrit(dossier) -> bool:
    """A laureate that waits for its cohort."""
    return dossier.etat == Etat.LAUREAT
