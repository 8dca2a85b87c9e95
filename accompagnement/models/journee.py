"""The expert's day log: half a day or a day, confirmed by the porteur, never beyond the order, never twice the same."""

from decimal import Decimal

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from accompagnement.models.credit import CreditInsuffisant, CreditJours
from accompagnement.models.mission import Mission
from instruction.models import instructeur_de
from manufactures import horloge
from manufactures.droits import exiger
from manufactures.francais import date_courte, date_longue
from manufactures.francais import jours as en_jours
from manufactures.journal.models import consigner
from manufactures.procedure import EtatMission
from manufactures.registres import GesteInterdit, TransitionInterdite

DUREES = {"MATIN": Decimal("0.5"), "APRES_MIDI": Decimal("0.5"), "JOURNEE": Decimal("1.0")}


class Creneau(models.TextChoices):
    """Which part of the day."""

    MATIN = "MATIN", "matin"
    APRES_MIDI = "APRES_MIDI", "après-midi"
    JOURNEE = "JOURNEE", "la journée"


class Lieu(models.TextChoices):
    """Where the expert was."""

    SUR_PLACE = "SUR_PLACE", "sur place"
    DISTANCE = "DISTANCE", "à distance"


class EtatJournee(models.TextChoices):
    """Only a confirmed day consumes the credit; one set aside stays written and counts for nothing."""

    A_CONFIRMER = "A_CONFIRMER", "À confirmer"
    VALIDE = "VALIDE", "Confirmée"
    CONTESTE = "CONTESTE", "Contestée"
    ECARTE = "ECARTE", "Écartée"


class JourneeQuerySet(models.QuerySet):
    """Days, seen with their mission."""

    def visibles_par(self, user):
        """Days of the missions that `user` may know of."""
        return self.filter(mission__in=Mission.objects.visibles_par(user))

    def comptees(self):
        """Those that hold their place."""
        return self.exclude(etat=EtatJournee.ECARTE)


class Journee(models.Model):
    """One line of the log. The database refuses what the deeds refuse (migration 0002)."""

    mission = models.ForeignKey(Mission, models.PROTECT, related_name="journees")
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="journees")
    date = models.DateField("date")
    creneau = models.CharField("durée", max_length=10, choices=Creneau)
    duree = models.DecimalField("jours", max_digits=2, decimal_places=1)
    lieu = models.CharField("lieu", max_length=10, choices=Lieu)
    texte = models.TextField("ce qui a été fait", max_length=3000)
    etat = models.CharField(
        "état", max_length=12, choices=EtatJournee, default=EtatJournee.A_CONFIRMER, editable=False
    )
    saisie_le = models.DateTimeField("saisie le", default=horloge.maintenant)
    confirmee_le = models.DateTimeField("confirmée le", null=True, blank=True)
    confirmee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    contestee_le = models.DateTimeField("contestée le", null=True, blank=True)
    contestee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    motif_contestation = models.CharField("motif de la contestation", max_length=500, blank=True)
    motif_ecart = models.CharField("motif de l'écart", max_length=500, blank=True)
    releve = models.ForeignKey(
        "accompagnement.Releve", models.PROTECT, related_name="journees", null=True, blank=True
    )

    objects = JourneeQuerySet.as_manager()

    class Meta:
        verbose_name = "journée"
        ordering = ["date", "pk"]
        indexes = [models.Index(fields=["expert", "date"], name="journee_de_l_expert")]
        constraints = [
            CheckConstraint(
                condition=Q(creneau="JOURNEE", duree=Decimal("1.0"))
                | Q(creneau__in=["MATIN", "APRES_MIDI"], duree=Decimal("0.5")),
                name="journee_duree",
            ),
            CheckConstraint(
                condition=~Q(etat="VALIDE") | Q(confirmee_le__isnull=False), name="journee_confirmee"
            ),
            CheckConstraint(
                condition=~Q(etat="CONTESTE") | Q(contestee_le__isnull=False) & ~Q(motif_contestation=""),
                name="journee_contestee_avec_motif",
            ),
            CheckConstraint(
                condition=~Q(etat="ECARTE") | ~Q(motif_ecart=""), name="journee_ecartee_avec_motif"
            ),
            CheckConstraint(condition=Q(releve=None) | Q(etat="VALIDE"), name="journee_facturee_confirmee"),
        ]

    def __str__(self):
        return f"{date_courte(self.date)}, {self.get_creneau_display()}"

    def get_absolute_url(self):
        return reverse("accompagnement:journee", args=[self.pk])

    @property
    def compte(self) -> bool:
        """It holds its place in the order."""
        return self.etat != EtatJournee.ECARTE

    @property
    def est_valide(self) -> bool:
        """It is confirmed."""
        return self.etat == EtatJournee.VALIDE

    @property
    def limite_de_confirmation(self):
        """Day after which silence confirms."""
        delai = self.mission.dossier.appel.delai_confirmation_jours
        return self.saisie_le.astimezone(horloge.PARIS).date() + horloge.avancer(days=delai)

    # -- Deeds -----------------------------------------------------------------------------------------------------
    @classmethod
    def noter(cls, mission, *, par, date, lieu, texte, creneau="", duree=None) -> "Journee":
        """The expert logs half a day or a day, under the mission's lock; the porteur is asked to confirm it.

        `duree` 0.5 without `creneau` takes the first free half day. Raises TransitionInterdite with what is left.
        """
        exiger("noter_journee", par, mission)
        if mission.expert_id != par.pk:
            raise GesteInterdit("Seul l'expert de la mission note ses journées.")
        with transaction.atomic():
            mission = (
                Mission.objects.select_for_update(of=("self",))
                .select_related("dossier", "theme")
                .get(pk=mission.pk)
            )
            _verifier_la_date(mission, date)
            creneau = creneau or _premier_creneau_libre(par, date, duree)
            _verifier_le_creneau(par, date, creneau)
            _verifier_le_volume(mission, DUREES[creneau])
            journee = cls.objects.create(
                mission=mission,
                expert=par,
                date=date,
                creneau=creneau,
                duree=DUREES[creneau],
                lieu=lieu,
                texte=texte,
            )
            entree = consigner(
                mission.fil,
                "noter_journee",
                par=par,
                mission=mission.pk,
                date=date.isoformat(),
                jours=str(journee.duree),
            )
            journee._demander_confirmation(entree)
        return journee

    def _demander_confirmation(self, entree) -> None:
        credit = CreditJours.verrouiller(self.mission.dossier)
        contexte = self.mission.dossier.contexte_des_messages() | {
            "expert": self.expert.nom_complet,
            "jours": str(self.duree),
            "dates": [date_longue(self.date)],
            "echeance": self.limite_de_confirmation.isoformat(),
            "reste": str(credit.restants),
        }
        destinataires = self.mission.dossier.destinataires("jours_a_confirmer")
        self.mission.prevenir(
            "jours_a_confirmer", destinataires, entree, contexte, lien=self.get_absolute_url()
        )

    def _verrouille(self, *etats) -> "Journee":
        Mission.objects.select_for_update(of=("self",)).get(pk=self.mission_id)
        journee = (
            Journee.objects.select_for_update(of=("self",)).select_related("mission__dossier").get(pk=self.pk)
        )
        if journee.etat not in etats:
            raise TransitionInterdite(f"Cette journée est déjà « {journee.get_etat_display().lower()} ».")
        return journee

    def _changer(self, action, par, **champs):
        for nom, valeur in champs.items():
            setattr(self, nom, valeur)
        self.save(update_fields=list(champs))
        return consigner(
            self.mission.fil,
            action,
            par=par,
            journee=self.pk,
            date=self.date.isoformat(),
            jours=str(self.duree),
        )

    def confirmer(self, *, par) -> None:
        """The porteur certifies the day: it consumes the credit. `par` None: ten days of silence."""
        if par is not None:
            exiger("confirmer_journee", par, self.mission)
        with transaction.atomic():
            journee = self._verrouille(EtatJournee.A_CONFIRMER)
            journee._valider("confirmer_journee", par)
        self.refresh_from_db()

    def _valider(self, action, par) -> None:
        credit = CreditJours.verrouiller(self.mission.dossier)
        self._changer(
            action, par, etat=EtatJournee.VALIDE, confirmee_le=horloge.maintenant(), confirmee_par=par
        )
        credit.prevenir_si_faible()

    def contester(self, *, par, motif) -> None:
        """The porteur contests: neither counted nor billable until the agency has settled."""
        exiger("confirmer_journee", par, self.mission)
        if not motif.strip():
            raise TransitionInterdite("Écrivez pourquoi vous contestez cette journée.")
        with transaction.atomic():
            journee = self._verrouille(EtatJournee.A_CONFIRMER)
            entree = journee._changer(
                "contester_journee",
                par,
                etat=EtatJournee.CONTESTE,
                contestee_le=horloge.maintenant(),
                contestee_par=par,
                motif_contestation=motif,
            )
            agent = instructeur_de(self.mission.dossier)
            echeance = horloge.aujourd_hui() + horloge.avancer(
                days=self.mission.dossier.appel.delai_confirmation_jours
            )
            contexte = {
                "jours": str(self.duree),
                "date": self.date.isoformat(),
                "motif": motif,
                "echeance": echeance.isoformat(),
            }
            destinataires = [self.expert, *([agent] if agent else [])]
            self.mission.prevenir(
                "jours_contestes", destinataires, entree, contexte, lien=self.mission.get_absolute_url()
            )
        self.refresh_from_db()

    def trancher(self, *, par, retenue: bool, motif) -> None:
        """The agency settles a contested day: kept and counted, or set aside; either way with its reason."""
        exiger("trancher_journee", par, self.mission)
        if not motif.strip():
            raise TransitionInterdite("Écrivez le motif : l'expert et le porteur le liront.")
        with transaction.atomic():
            journee = self._verrouille(EtatJournee.CONTESTE)
            if retenue:
                journee._valider("retenir_journee", par)
            else:
                journee._changer("ecarter_journee", par, etat=EtatJournee.ECARTE, motif_ecart=motif)
        self.refresh_from_db()

    def annuler(self, *, par, motif) -> None:
        """The expert takes back a line not yet confirmed: it stays written, and counts for nothing."""
        exiger("noter_journee", par, self.mission)
        if self.expert_id != par.pk:
            raise GesteInterdit("Seul l'expert de la mission corrige ses journées.")
        if not motif.strip():
            raise TransitionInterdite("Écrivez le motif de la correction.")
        with transaction.atomic():
            self._verrouille(EtatJournee.A_CONFIRMER)._changer(
                "annuler_journee", par, etat=EtatJournee.ECARTE, motif_ecart=motif
            )
        self.refresh_from_db()


def _verifier_la_date(mission, date) -> None:
    if mission.etat != EtatMission.COMMANDEE:
        raise TransitionInterdite("Cette mission n'est pas commandée, ou elle est terminée.")
    if date > horloge.aujourd_hui():
        raise TransitionInterdite("Cette date est à venir : notez-la le jour même.")
    if not mission.debut <= date <= mission.fin:
        raise TransitionInterdite(
            f"Cette date est hors de la mission, du {date_courte(mission.debut)} au {date_courte(mission.fin)}."
        )


def _deja_notees(expert, date) -> dict[str, Journee]:
    """What the expert already logged that day, by half day; ordered writers wait on the advisory lock."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"journee {expert.pk} {date}"]
        )
    prises: dict[str, Journee] = {}
    for journee in (
        Journee.objects.comptees().filter(expert=expert, date=date).select_related("mission__dossier")
    ):
        moities = ("MATIN", "APRES_MIDI") if journee.creneau == Creneau.JOURNEE else (journee.creneau,)
        prises |= dict.fromkeys(moities, journee)
    return prises


def _premier_creneau_libre(expert, date, duree) -> str:
    if duree is None or Decimal(duree) == DUREES["JOURNEE"]:
        return Creneau.JOURNEE
    return Creneau.APRES_MIDI if "MATIN" in _deja_notees(expert, date) else Creneau.MATIN


def _verifier_le_creneau(expert, date, creneau) -> None:
    prises = _deja_notees(expert, date)
    moitie = next(
        (m for m in ("MATIN", "APRES_MIDI") if m in prises and creneau in (m, Creneau.JOURNEE)), None
    )
    if moitie:
        jour = f"{date_longue(date)}, {Creneau(moitie).label}"
        raise TransitionInterdite(f"Vous avez déjà noté {jour}, pour {prises[moitie].mission.dossier}.")


def _verifier_le_volume(mission, duree) -> None:
    reste = mission.jours_restants
    if duree <= reste:
        return
    suite = " Choisissez matin ou après-midi." if reste else ""
    raise CreditInsuffisant(f"Il reste {en_jours(reste)} sur « {mission.theme.libelle.lower()} ».{suite}")
