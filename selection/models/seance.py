"""A sitting of the committee: agenda, summons, presence, quorum, closing and minutes (CRPA R133-5 to R133-13)."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import consigner
from manufactures.procedure import Etat, Role
from manufactures.programme.models.habilitation import est_habilite
from manufactures.registres import GesteInterdit, VisiblesQuerySet
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter
from selection.models.changement import Changement
from selection.models.choix import ETATS_ADMIS, EtatSeance, TypeSeance
from selection.models.comite import Membre
from selection.models.minuteur import Minuteur
from selection.models.preparation import Preparation
from selection.models.regles import Regles, ReglesDuComite
from selection.models.tenue import C_EST_AU_SECRETARIAT, Tenue
from selection.quorum import Compte, compter, requis


class Seance(Preparation, Tenue, Changement, Regles, Minuteur):
    """One sitting. Its rules are copied from the call's; they follow it until the summons, and never change after."""

    MODELE_REGARD = "seance"

    vague = models.ForeignKey(
        "programme.Vague", on_delete=models.PROTECT, related_name="seances", verbose_name="vague"
    )
    type = models.CharField("type", max_length=20, choices=TypeSeance)
    debut = models.DateTimeField("début")
    lieu = models.CharField("lieu", max_length=200)
    a_distance = models.BooleanField("participation à distance possible", default=False)
    etat = models.CharField("état", max_length=12, choices=EtatSeance, default=EtatSeance.PREVUE)
    secretaire = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="seances_tenues",
        verbose_name="secrétaire",
    )
    premiere = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="secondes",
        verbose_name="première séance, sans quorum",
    )
    convoquee_le = models.DateTimeField("convoquée le", null=True, blank=True)
    motif_urgence = models.CharField("motif d'urgence", max_length=300, blank=True)
    ouverte_le = models.DateTimeField("ouverte le", null=True, blank=True)
    suspendue_le = models.DateTimeField("suspendue le", null=True, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)
    point_courant = models.ForeignKey(
        "PointOrdreDuJour",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="point en cours",
    )
    presidee_par = models.ForeignKey(
        Membre,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="présidence confiée à",
    )
    notes = models.TextField("notes de séance", blank=True)
    enveloppe_ouverture = models.JSONField("enveloppe à l'ouverture", default=list, blank=True)
    pv = models.ForeignKey(
        Acte, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="procès-verbal"
    )
    # With the rules of `Regles`, copied: a later règlement does not rewrite a past sitting (migration 0005).
    composition = models.PositiveSmallIntegerField("membres composant le comité", null=True, blank=True)
    scrutin_secret = models.BooleanField("scrutin secret", default=True)
    reglement_version = models.CharField("version du règlement intérieur", max_length=20, default="1")

    objects = VisiblesQuerySet.as_manager()

    class Meta:
        verbose_name = "séance"
        ordering = ["-debut", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_numerateur__gt=0, quorum_numerateur__lte=models.F("quorum_denominateur")),
                name="seance_quorum_une_fraction",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatSeance.PREVUE, convoquee_le=None)
                | Q(
                    etat__in=[EtatSeance.CONVOQUEE, EtatSeance.OUVERTE, EtatSeance.CLOSE],
                    convoquee_le__isnull=False,
                ),
                name="seance_convoquee_est_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatSeance.OUVERTE) | Q(ouverte_le__isnull=False, close_le=None),
                name="seance_ouverte_est_datee",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatSeance.CLOSE) | Q(close_le__isnull=False), name="seance_close_est_datee"
            ),
            models.CheckConstraint(
                condition=Q(suspendue_le=None) | Q(etat=EtatSeance.OUVERTE),
                name="seance_suspendue_est_ouverte",
            ),
        ]

    def __str__(self):
        jour = self.debut.astimezone(horloge.PARIS)
        return f"Séance du {jour:%d/%m/%Y}, {self.get_type_display().lower()}"

    def get_absolute_url(self):
        """The board."""
        return reverse("selection:seance", args=[self.pk])

    @property
    def fil(self) -> str:
        """Thread of the journal and of the acts."""
        return f"seance/{self.pk}"

    # -- rules ---------------------------------------------------------------------------------------------------
    @property
    def quorum(self) -> int:
        """Members needed; one voice is enough at a second convocation, where the rules say so (R133-10)."""
        if self.premiere_id and self.seconde_sans_quorum:
            return 1
        return max(1, requis(self.composition or 0, self.quorum_numerateur, self.quorum_denominateur))

    @property
    def declarer_avant(self):
        """Interests are declared two days before, or before the sitting itself when it is urgent."""
        limite = self.debut - timedelta(days=2)
        return limite if self.convoquee_le is None or limite > self.convoquee_le else self.debut

    @property
    def est_arbitrage(self) -> bool:
        """Amounts are voted here."""
        return self.type == TypeSeance.ARBITRAGE

    def president(self) -> Membre | None:
        """Who chairs this sitting: the vice-president it was entrusted to, else the committee's chair on this day."""
        if self.presidee_par_id:
            return self.presidee_par
        return (
            Membre.objects.de_l_appel(self.vague.appel_id)
            .en_exercice()
            .filter(preside=True)
            .select_related("user")
            .first()
        )

    def compte(self, dossier=None) -> Compte:
        """Who counts now, in general or for the item of this dossier."""
        lignes = self.presences.all()  # whoever leaves may leave a proxy behind
        presents = [p.membre_id for p in lignes if p.est_la]
        mandats = {p.membre_id: p.mandataire_id for p in lignes if p.mandataire_id}
        deportes = [d.membre_id for d in dossier.deports.all() if d.leve_le is None] if dossier else ()
        return compter(
            composition=self.composition or 0,
            requis=self.quorum,
            presents=presents,
            mandats=mandats,
            deportes=deportes,
        )

    def _verrouiller(self, *etats: EtatSeance, siegeant: bool = False) -> "Seance":
        """The row under lock, in one of these states; `siegeant`: and not suspended meanwhile."""
        seance = Seance.objects.select_for_update(of=("self",)).select_related("vague").get(pk=self.pk)
        if seance.etat not in etats:
            attendus = " ou ".join(EtatSeance(e).label.lower() for e in etats)
            exiger(
                False,
                f"La séance est {seance.get_etat_display().lower()} : ce geste demande une séance {attendus}.",
            )
        exiger(not siegeant or seance.suspendue_le is None, "La séance est suspendue : reprenez-la d'abord.")
        return seance

    # -- deeds ---------------------------------------------------------------------------------------------------
    @classmethod
    def prevoir(cls, *, par, vague, **champs) -> "Seance":
        """Prepare a sitting, under the rules of the call's règlement; `par` is its secretary unless told otherwise."""
        if not est_habilite(par, vague.appel_id, Role.RESPONSABLE):
            raise GesteInterdit("Préparer une séance revient à un responsable de l'appel.")
        with transaction.atomic():
            regles = ReglesDuComite.de_l_appel(vague.appel).copie()
            defauts = {"secretaire": par, "reglement_version": vague.appel.reglement_version} | regles
            seance = cls.objects.create(vague=vague, **(defauts | champs))
            consigner(seance.fil, "prevoir", par=par, type=str(seance.type), debut=seance.debut.isoformat())
        return seance

    def desinscrire(self, point, *, par) -> None:
        """Take an item off while the agenda is open; the dossier stays before the committee, for another sitting."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            consigner(seance.fil, "desinscrire", par=par, dossier=point.dossier.numero)
            point.delete()

    def nommer_rapporteur(self, point, membre: Membre | None, *, par) -> None:
        """Ask a member to report on an item; not one who stepped back from it."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE, EtatSeance.CONVOQUEE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            deporte = (
                membre is not None and point.dossier.deports.filter(leve_le=None, membre=membre).exists()
            )
            exiger(not deporte, f"{membre} s'est déporté de ce dossier.")
            noter(point, rapporteur=membre)
            consigner(
                seance.fil,
                "nommer_rapporteur",
                par=par,
                point=point.rang,
                membre=membre.pk if membre else None,
            )

    def inscrire(self, dossier: Dossier, *, par, rapporteur: Membre | None = None, rang: int | None = None):
        """Put a dossier on the agenda; a first sitting takes it from RECEVABLE to EN_COMITE. Returns the item."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            dossier = Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=dossier.pk)
            exiger(dossier.vague.appel_id == seance.vague.appel_id, "Ce dossier relève d'un autre appel.")
            exiger(
                dossier.etat in ETATS_ADMIS[seance.type],
                f"Le dossier {dossier.numero} n'est pas dans un état que cette séance examine.",
            )
            exiger(
                not seance.points.filter(dossier=dossier).exists(),
                f"Le dossier {dossier.numero} est déjà à l'ordre du jour.",
            )
            dernier = seance.points.aggregate(r=models.Max("rang"))["r"] or 0
            point = seance.points.create(dossier=dossier, rang=rang or dernier + 1, rapporteur=rapporteur)
            consigner(seance.fil, "inscrire", par=par, dossier=dossier.numero, rang=point.rang)
            if dossier.etat == Etat.RECEVABLE:
                dossier.passer("inscrire", par=par, seance=seance.pk)
        return point

    def convoquer(self, *, par, motif_urgence: str = "") -> None:
        """Summon every member in office, with the agenda: an act and two messages each. Freezes agenda and composition.

        Raises TransitionInterdite under the delay of the règlement, save with a written reason (R133-8).
        """
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.PREVUE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            exiger(seance.points.exists(), "Inscrivez au moins un dossier à l'ordre du jour.")
            exiger(
                seance.president() is not None, "Aucun membre ne préside ce comité : désignez une présidence."
            )
            preavis = timedelta(days=seance.delai_convocation_jours)
            exiger(
                bool(motif_urgence.strip()) or seance.debut - horloge.maintenant() >= preavis,
                f"La convocation part au moins {seance.delai_convocation_jours} jours avant la séance. "
                "En cas d'urgence, écrivez pourquoi.",
            )
            membres = list(
                Membre.objects.de_l_appel(seance.vague.appel_id)
                .en_exercice()
                .titulaires()
                .select_related("user", "college")
            )
            noter(
                seance,
                etat=EtatSeance.CONVOQUEE,
                convoquee_le=horloge.maintenant(),
                composition=len(membres),
                motif_urgence=motif_urgence.strip(),
            )
            evenement = consigner(seance.fil, "convoquer", par=par, motif=motif_urgence, membres=len(membres))
            for membre in membres:
                seance.convocations.create(membre=membre)
            for convocation in seance.convocations.select_related("membre__user", "membre__college"):
                convocation.emettre(evenement=evenement, par=par)
        self.refresh_from_db()
