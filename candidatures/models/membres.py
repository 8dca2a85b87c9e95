"""People of the dossier: its members, those invited, who takes it over, and who last wrote in which section."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse

from candidatures import jetons
from candidatures.models.base import DuDossierQuerySet
from candidatures.models.choix import Droit, IssuePassation, Section
from candidatures.models.dossier import Dossier
from manufactures import horloge

INVITABLES = (Droit.CONTRIBUTEUR, Droit.LECTEUR)


class Membre(models.Model):
    """What one person may do on one dossier: the titulaire writes, invites, deposits; exactly one.

    Two are forbidden by the unique index; none, by a trigger asked at the end of each transaction.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="membres")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appartenances")
    droit = models.CharField("droit", max_length=12, choices=Droit)
    depuis_le = models.DateTimeField("depuis le", default=horloge.maintenant)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "membre"
        ordering = ["depuis_le", "pk"]
        constraints = [
            UniqueConstraint(fields=["dossier", "user"], name="membre_unique"),
            UniqueConstraint(
                fields=["dossier"], condition=Q(droit=Droit.TITULAIRE), name="membre_un_titulaire"
            ),
            CheckConstraint(condition=Q(droit__in=Droit.values), name="membre_droit"),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_droit_display()})"


class InvitationQuerySet(DuDossierQuerySet):
    """Invitations by what became of them."""

    def en_cours(self):
        """Neither accepted nor withdrawn; past its date, it can be sent again."""
        return self.filter(acceptee_le=None, retiree_le=None)


class Invitation(models.Model):
    """Someone asked into a dossier by mail: whoever holds the link joins it, once, before it expires.

    The address is all that is known: whether an account has it is never looked up. `nonce` changes at each sending,
    so that only the last link opens; it is emptied by the answer.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="invitations")
    courriel = models.EmailField("adresse électronique")
    droit = models.CharField("droit", max_length=12, choices=Droit)
    nonce = models.CharField("tirage du lien", max_length=24, blank=True, default=jetons.tirer)
    invitee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    envoyee_le = models.DateTimeField("envoyée le", default=horloge.maintenant)
    envois = models.PositiveSmallIntegerField("envois", default=1)
    expire_le = models.DateTimeField("expire le")
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    acceptee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["envoyee_le", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["dossier", "courriel"],
                condition=Q(acceptee_le=None, retiree_le=None),
                name="invitation_une_par_adresse",
            ),
            CheckConstraint(condition=Q(droit__in=INVITABLES), name="invitation_droit"),
            CheckConstraint(condition=Q(acceptee_le=None) | Q(retiree_le=None), name="invitation_une_issue"),
            CheckConstraint(
                condition=Q(acceptee_le=None, acceptee_par=None)
                | Q(acceptee_le__isnull=False, acceptee_par__isnull=False),
                name="invitation_acceptee_par",
            ),
            CheckConstraint(
                condition=Q(nonce="") | Q(acceptee_le=None, retiree_le=None), name="invitation_lien_eteint"
            ),
        ]

    def __str__(self):
        return f"invitation {self.get_droit_display()}"

    @property
    def lien(self) -> str:
        """The personal link, for the mail alone."""
        return reverse("candidatures:invitation", args=[jetons.signer(jetons.INVITATION, self)])

    @property
    def est_expiree(self) -> bool:
        """Past its date: the link opens nothing."""
        return horloge.maintenant() >= self.expire_le

    @classmethod
    def du_jeton(cls, jeton: str) -> "Invitation | None":
        """The invitation that this link opens now, or None: forged, answered, withdrawn, sent again, expired."""
        return jetons.lire(jetons.INVITATION, jeton, cls.objects.en_cours())


class Passation(models.Model):
    """The titulaire proposes a member to take over: nothing changes until that member accepts."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="passations")
    de = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    a = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposee_le = models.DateTimeField("proposée le", default=horloge.maintenant)
    issue = models.CharField("issue", max_length=10, choices=IssuePassation, blank=True)
    close_le = models.DateTimeField("close le", null=True, blank=True)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "passation"
        ordering = ["-proposee_le", "-pk"]
        constraints = [
            UniqueConstraint(fields=["dossier"], condition=Q(issue=""), name="passation_une_en_cours"),
            CheckConstraint(
                condition=Q(issue="", close_le=None)
                | Q(issue__in=IssuePassation.values, close_le__isnull=False),
                name="passation_issue",
            ),
            CheckConstraint(condition=~Q(de=models.F("a")), name="passation_deux_personnes"),
        ]

    def __str__(self):
        return f"passation proposée à {self.a}"


class Saisie(models.Model):
    """The last writing in one section: its version, so that two hands never erase each other in silence."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="saisies")
    section = models.CharField("section", max_length=12, choices=Section)
    version = models.PositiveIntegerField("version", default=0)
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    le = models.DateTimeField("enregistrée le", default=horloge.maintenant)

    objects = DuDossierQuerySet.as_manager()

    class Meta:
        verbose_name = "saisie"
        constraints = [UniqueConstraint(fields=["dossier", "section"], name="saisie_unique")]

    def __str__(self):
        return f"{self.get_section_display()}, version {self.version}"
