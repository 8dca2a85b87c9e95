"""The consortium: legal persons beside the dossier's own structure, which leads, and the mandate each gives to it."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Prefetch, Q, UniqueConstraint
from django.urls import reverse

from candidatures import jetons
from candidatures.models.base import DuDossierQuerySet, LigneDuDossier
from candidatures.models.choix import EtatMandat
from candidatures.models.dossier import Dossier
from candidatures.numeros import valider_siret
from manufactures import horloge
from manufactures.francais import date_longue

EN_COURS = (EtatMandat.DEMANDE, EtatMandat.DONNE)
REPONDUS = (EtatMandat.DONNE, EtatMandat.REFUSE)


class MembreConsortiumQuerySet(DuDossierQuerySet):
    """Partners with what a page or a frozen version says of them."""

    def avec_leurs_mandats(self):
        """Legal form and mandates, the last first: two queries whatever the rows."""
        mandats = Mandat.objects.select_related("demande_par").order_by("-pk")
        return self.select_related("forme_juridique").prefetch_related(Prefetch("mandats", mandats))


class MembreConsortium(LigneDuDossier):
    """A partner of the consortium; the lead is the dossier's own structure, and only it is paid."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="membres_consortium")
    raison_sociale = models.CharField("raison sociale", max_length=255)
    forme_juridique = models.ForeignKey(
        "programme.FormeJuridique",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="forme juridique",
    )
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[valider_siret])
    representant = models.CharField("représentant légal", max_length=120, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    role = models.CharField("rôle dans le projet", max_length=200, blank=True)

    objects = MembreConsortiumQuerySet.as_manager()

    # What the mandate speaks of: another answer there, and the mandate is to be asked again.
    MATERIELS = ("raison_sociale", "forme_juridique", "siret", "role")

    class Meta(LigneDuDossier.Meta):
        verbose_name = "membre du groupement"
        verbose_name_plural = "membres du groupement"
        constraints = [
            UniqueConstraint(
                fields=["dossier", "siret"], condition=~Q(siret=""), name="consortium_un_siret_une_fois"
            ),
            CheckConstraint(condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$"), name="consortium_siret"),
        ]

    def __str__(self):
        return self.raison_sociale

    @property
    def dernier_mandat(self) -> "Mandat | None":
        """The last one asked; read from what `avec_leurs_mandats` loaded."""
        return max(self.mandats.all(), key=lambda mandat: mandat.pk, default=None)

    @property
    def etat_du_mandat(self) -> str:
        """Where it stands, the lead's own changes included; "" when none was ever asked."""
        mandat = self.dernier_mandat
        if mandat is None:
            return ""
        return mandat.etat if mandat.etat not in EN_COURS or mandat.vaut else EtatMandat.CADUC

    @property
    def mandat(self) -> str:
        """In words, for whoever reads the dossier."""
        etat, dernier = self.etat_du_mandat, self.dernier_mandat
        if etat == EtatMandat.DONNE:
            return f"Donné le {date_longue(dernier.repondu_le)} par {dernier.signataire}"
        return EtatMandat(etat).label if etat else "Pas encore demandé"


class Mandat(models.Model):
    """What a partner was asked, in the words of that day, and its answer; asked again, it is a new row."""

    partenaire = models.ForeignKey(MembreConsortium, models.CASCADE, related_name="mandats")
    etat = models.CharField("état", max_length=10, choices=EtatMandat, default=EtatMandat.DEMANDE)
    texte = models.TextField("texte du mandat")
    chef_siren = models.CharField("SIREN du chef de file", max_length=9, blank=True)
    nonce = models.CharField("tirage du lien", max_length=24, blank=True, default=jetons.tirer)
    demande_le = models.DateTimeField("demandé le", default=horloge.maintenant)
    demande_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    envois = models.PositiveSmallIntegerField("envois", default=1)
    expire_le = models.DateTimeField("expire le")
    repondu_le = models.DateTimeField("répondu le", null=True, blank=True)
    signataire_nom = models.CharField("nom du signataire", max_length=120, blank=True)
    signataire_qualite = models.CharField("qualité du signataire", max_length=120, blank=True)
    motif = models.TextField("motif", blank=True, max_length=1000)

    class QuerySet(models.QuerySet):
        """Seen through their dossier."""

        def visibles_par(self, user):
            """Mandates of the dossiers that `user` may know of."""
            return self.filter(partenaire__in=MembreConsortium.objects.visibles_par(user))

    objects = QuerySet.as_manager()

    class Meta:
        verbose_name = "mandat"
        ordering = ["-pk"]
        constraints = [
            UniqueConstraint(
                fields=["partenaire"], condition=Q(etat__in=EN_COURS), name="mandat_un_en_cours"
            ),
            CheckConstraint(condition=Q(etat__in=EtatMandat.values), name="mandat_etat"),
            CheckConstraint(
                condition=~Q(etat=EtatMandat.DONNE)
                | Q(repondu_le__isnull=False) & ~Q(signataire_nom="") & ~Q(signataire_qualite=""),
                name="mandat_donne_par_quelqu_un",
            ),
            CheckConstraint(
                condition=~Q(etat=EtatMandat.REFUSE) | Q(repondu_le__isnull=False) & ~Q(motif=""),
                name="mandat_refus_motive",
            ),
            CheckConstraint(condition=Q(nonce="") | Q(etat=EtatMandat.DEMANDE), name="mandat_lien_eteint"),
        ]

    def __str__(self):
        return f"mandat {self.get_etat_display().lower()}"

    @property
    def vaut(self) -> bool:
        """Its lead is still the same legal person; a lead that had no SIRET yet, or has none, is not another one."""
        siren = self.partenaire.dossier.siret[:9]
        return not (self.chef_siren and siren) or self.chef_siren == siren

    @property
    def signataire(self) -> str:
        """Who answered, as one writes it."""
        return ", ".join(dit for dit in (self.signataire_nom, self.signataire_qualite) if dit)

    @property
    def lien(self) -> str:
        """The personal link, for the mail alone."""
        return reverse("candidatures:mandat", args=[jetons.signer(jetons.MANDAT, self)])

    @property
    def est_expire(self) -> bool:
        """Past its date: the link opens nothing."""
        return self.etat == EtatMandat.DEMANDE and horloge.maintenant() >= self.expire_le

    @classmethod
    def du_jeton(cls, jeton: str) -> "Mandat | None":
        """The mandate that this link asks for now, or None."""
        demandes = cls.objects.filter(etat=EtatMandat.DEMANDE).select_related(
            "partenaire__forme_juridique", "partenaire__dossier__vague__appel"
        )
        return jetons.lire(jetons.MANDAT, jeton, demandes)
