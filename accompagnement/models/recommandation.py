"""Advice that is followed: an owner, a date, a state, reminders; and the silence of a project is seen."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse

from accompagnement.models.base import suivi_par
from accompagnement.models.mission import Mission
from candidatures.models import Dossier, Membre
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.droits import exiger
from manufactures.journal.models import Entree, consigner
from manufactures.procedure import Etat
from manufactures.registres import TransitionInterdite, regards_sur

JOURS_DE_SILENCE = 30
JOURS_ENTRE_RAPPELS = 7
VEILLE_MAX_JOURS = 90
SUIVIS_DE_PRES = (Etat.EN_INCUBATION, Etat.EN_ACCOMPAGNEMENT)


class StatutRecommandation(models.TextChoices):
    """How far a piece of advice has gone."""

    PROPOSEE = "PROPOSEE", "Proposée"
    EN_COURS = "EN_COURS", "En cours"
    BLOQUEE = "BLOQUEE", "Bloquée"
    FAITE = "FAITE", "Faite"
    ECARTEE = "ECARTEE", "Écartée"


EN_ATTENTE = (StatutRecommandation.PROPOSEE, StatutRecommandation.EN_COURS, StatutRecommandation.BLOQUEE)


class RecommandationQuerySet(models.QuerySet):
    """Advice, seen with its project: by its people, its agents, and the experts of its missions."""

    def visibles_par(self, user):
        """Advice to the projects that `user` follows, or where a mission brings them."""
        if not user.is_active:
            return self.none()
        missions = Mission.objects.filter(expert=user).values("dossier")
        return self.filter(regards_sur("suivi:dossier", user) | Q(dossier__in=missions) | Q(par=user))

    def ouvertes(self):
        """Neither done nor declined."""
        return self.filter(statut__in=EN_ATTENTE)

    def a_rappeler(self, jour):
        """Past their date, or never read a week after; not asleep, and not reminded this week."""
        semaine = horloge.maintenant() - horloge.avancer(days=JOURS_ENTRE_RAPPELS)
        return self.ouvertes().filter(
            Q(echeance__lt=jour) | Q(lue_le=None, le__lt=semaine),
            Q(relancee_le=None) | Q(relancee_le__lt=semaine),
            Q(veille_jusqu_au=None) | Q(veille_jusqu_au__lt=jour),
            dossier__etat__in=SUIVIS_DE_PRES,
        )


class Recommandation(models.Model):
    """A piece of advice to the project, kept where its people read it, followed until it is done or declined."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="recommandations")
    texte = models.CharField("recommandation", max_length=500)
    le = models.DateTimeField("écrite le", default=horloge.maintenant)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    responsable = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    echeance = models.DateField("à faire avant le", null=True, blank=True)
    statut = models.CharField(
        "état", max_length=8, choices=StatutRecommandation, default=StatutRecommandation.PROPOSEE
    )
    precision = models.CharField("où elle en est", max_length=500, blank=True)
    avancee_le = models.DateTimeField("avancée le", null=True, blank=True)
    lue_le = models.DateTimeField("lue le", null=True, blank=True)
    relancee_le = models.DateTimeField("relancée le", null=True, blank=True)
    veille_jusqu_au = models.DateField("en veille jusqu'au", null=True, blank=True)

    objects = RecommandationQuerySet.as_manager()

    class Meta:
        verbose_name = "recommandation"
        ordering = ["le", "pk"]
        indexes = [models.Index(fields=["dossier", "statut"], name="recommandation_du_projet")]
        constraints = [
            CheckConstraint(
                condition=Q(statut__in=StatutRecommandation.values), name="recommandation_statut"
            ),
            CheckConstraint(
                condition=~Q(statut__in=["BLOQUEE", "ECARTEE"]) | ~Q(precision=""),
                name="recommandation_bloquee_avec_motif",
            ),
        ]

    def __str__(self):
        return self.texte

    def get_absolute_url(self):
        return reverse("accompagnement:recommandation", args=[self.pk])

    @property
    def est_ouverte(self) -> bool:
        """Something is still expected."""
        return self.statut in EN_ATTENTE

    @property
    def est_en_retard(self) -> bool:
        """Past its date."""
        return self.est_ouverte and self.echeance is not None and self.echeance < horloge.aujourd_hui()

    @property
    def qui(self):
        """Who is to act: the owner named, else who holds the dossier."""
        return self.responsable or self.dossier.titulaire

    # -- Deeds -----------------------------------------------------------------------------------------------------
    @classmethod
    def donner(cls, dossier, texte, *, par, responsable=None, echeance=None) -> "Recommandation":
        """Write one more piece of advice; its owner is one of the project's people. Raises TransitionInterdite."""
        exiger("recommander", par, dossier)
        if responsable is not None and not dossier.membres.filter(user=responsable).exists():
            raise TransitionInterdite("La personne responsable doit faire partie du projet.")
        with transaction.atomic():
            recommandation = cls.objects.create(
                dossier=dossier, texte=texte, par=par, responsable=responsable, echeance=echeance
            )
            consigner(dossier.fil, "recommander", par=par, texte=texte)
        return recommandation

    def lire(self, *, par) -> None:
        """The first of the project's people to open it has read it."""
        siens = Membre.objects.filter(dossier=self.dossier_id, user=par)
        Recommandation.objects.filter(Exists(siens), pk=self.pk, lue_le=None).update(
            lue_le=horloge.maintenant()
        )

    def avancer(self, *, par, statut, precision="") -> None:
        """Say where it stands; blocked or declined, why. Raises TransitionInterdite; then nothing has changed."""
        exiger("suivre_recommandation", par, self.dossier)
        if statut in (StatutRecommandation.BLOQUEE, StatutRecommandation.ECARTEE) and not precision.strip():
            raise TransitionInterdite("Écrivez pourquoi : la personne qui l'a donnée le lira.")
        with transaction.atomic():
            ligne = Recommandation.objects.select_for_update(of=("self",)).get(pk=self.pk)
            de, instant = ligne.statut, horloge.maintenant()
            champs = {"statut": statut, "precision": precision, "avancee_le": instant}
            Recommandation.objects.filter(pk=self.pk).update(**champs)
            consigner(
                self.dossier.fil,
                "avancer_recommandation",
                par=par,
                recommandation=self.pk,
                avant=de,
                apres=statut,
                precision=precision,
            )
        self.refresh_from_db()

    def relancer(self, *, par=None) -> None:
        """Remind its owner, once a day at most. `par` None: time does it."""
        if par is not None:
            exiger("relancer_projet", par, self.dossier)
        with transaction.atomic():
            ligne = Recommandation.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if not ligne.est_ouverte:
                raise TransitionInterdite("Cette recommandation n'attend plus rien.")
            _une_fois_par_jour(ligne.relancee_le)
            Recommandation.objects.filter(pk=self.pk).update(relancee_le=horloge.maintenant())
            entree = consigner(self.dossier.fil, "relancer_recommandation", par=par, recommandation=self.pk)
            contexte = {"texte": self.texte, "auteur": self.par.nom_complet}
            if self.echeance:
                contexte["date"] = self.echeance.isoformat()
            _ecrire(
                self.dossier,
                "recommandation_relance",
                entree,
                contexte,
                a=[self.qui],
                lien=self.get_absolute_url(),
            )
        self.refresh_from_db()

    def veiller(self, *, par, jours: int) -> None:
        """No reminder for so many days."""
        exiger("relancer_projet", par, self.dossier)
        jusqu_au = _fin_de_veille(jours)
        with transaction.atomic():
            Recommandation.objects.filter(pk=self.pk).update(veille_jusqu_au=jusqu_au)
            consigner(
                self.dossier.fil,
                "mettre_en_veille",
                par=par,
                recommandation=self.pk,
                jusqu_au=jusqu_au.isoformat(),
            )
        self.refresh_from_db()


class SuiviProjet(models.Model):
    """What the agency does with a project's silence: the last reminder, and until when it lets the project be."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="suivi_du_silence")
    relance_le = models.DateTimeField("relancé le", null=True, blank=True)
    relance_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    veille_jusqu_au = models.DateField("en veille jusqu'au", null=True, blank=True)

    objects = suivi_par("dossier").as_manager()

    class Meta:
        verbose_name = "suivi du silence"
        verbose_name_plural = "suivis du silence"

    def __str__(self):
        return str(self.dossier)

    @classmethod
    def _verrouiller(cls, dossier) -> "SuiviProjet":
        Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        return cls.objects.get_or_create(dossier=dossier)[0]

    @classmethod
    def relancer(cls, dossier, *, par) -> None:
        """Write to the project's people, once a day at most. Raises TransitionInterdite."""
        exiger("relancer_projet", par, dossier)
        with transaction.atomic():
            suivi = cls._verrouiller(dossier)
            _une_fois_par_jour(suivi.relance_le)
            suivi.relance_le, suivi.relance_par = horloge.maintenant(), par
            suivi.save(update_fields=["relance_le", "relance_par"])
            entree = consigner(dossier.fil, "relancer_projet", par=par)
            lien = reverse("accompagnement:projet", args=[dossier.numero])
            destinataires = dossier.destinataires("projet_silencieux")
            _ecrire(dossier, "projet_silencieux", entree, {}, a=destinataires, lien=lien)

    @classmethod
    def veiller(cls, dossier, *, par, jours: int) -> None:
        """Leave the project out of the list for so many days."""
        exiger("relancer_projet", par, dossier)
        jusqu_au = _fin_de_veille(jours)
        with transaction.atomic():
            suivi = cls._verrouiller(dossier)
            suivi.veille_jusqu_au = jusqu_au
            suivi.save(update_fields=["veille_jusqu_au"])
            consigner(dossier.fil, "mettre_en_veille", par=par, jusqu_au=jusqu_au.isoformat())


def silencieux(dossiers):
    """Those whose people have written nothing for a month, the longest silence first; those asleep left out."""
    siens = Membre.objects.filter(dossier=OuterRef(OuterRef("pk"))).values("user")
    signes = Entree.objects.filter(fil=Concat(Value("dossier/"), OuterRef("numero")), acteur__in=siens)
    depuis = horloge.maintenant() - horloge.avancer(days=JOURS_DE_SILENCE)
    jour = horloge.aujourd_hui()
    return (
        dossiers.filter(etat__in=SUIVIS_DE_PRES)
        .annotate(dernier_signe=Subquery(signes.order_by("-rang").values("le")[:1]))
        .annotate(silence_depuis=Coalesce("dernier_signe", "laureat_le"))
        .filter(
            Q(suivi_du_silence=None)
            | Q(suivi_du_silence__veille_jusqu_au=None)
            | Q(suivi_du_silence__veille_jusqu_au__lt=jour),
            silence_depuis__lt=depuis,
        )
        .select_related("suivi_du_silence")
        .order_by("silence_depuis", "pk")
    )


def conseils_en_souffrance(user):
    """Open advice unread or late of the projects that `user` follows, the oldest first; what sleeps left out."""
    jour = horloge.aujourd_hui()
    conseils = Recommandation.objects.visibles_par(user).ouvertes()
    return (
        conseils.filter(
            Q(lue_le=None) | Q(echeance__lt=jour),
            Q(veille_jusqu_au=None) | Q(veille_jusqu_au__lt=jour),
            dossier__etat__in=SUIVIS_DE_PRES,
        )
        .select_related("dossier", "par", "responsable")
        .order_by(F("avancee_le").asc(nulls_first=True), "le", "pk")
    )


def _une_fois_par_jour(derniere) -> None:
    if derniere and derniere.astimezone(horloge.PARIS).date() == horloge.aujourd_hui():
        raise TransitionInterdite("La relance d'aujourd'hui est déjà partie.")


def _fin_de_veille(jours: int):
    if not 1 <= jours <= VEILLE_MAX_JOURS:
        raise TransitionInterdite(f"La veille dure d'un jour à {VEILLE_MAX_JOURS} jours.")
    return horloge.aujourd_hui() + horloge.avancer(days=jours)


def _ecrire(dossier, cle, entree, contexte, *, a, lien) -> None:
    Message.preparer(
        cle,
        a=[personne for personne in a if personne],
        evenement=f"{dossier.fil}#{entree.rang}",
        fil=dossier.fil,
        contexte=dossier.contexte_des_messages() | contexte,
        lien=lien,
    )
