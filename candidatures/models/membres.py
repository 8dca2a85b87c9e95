"""People of the dossier: its members, its consortium, and who last wrote in which section."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models.base import DuDossierQuerySet, LigneDuDossier
from candidatures.models.choix import Droit, Section
from candidatures.models.dossier import Dossier
from candidatures.numeros import valider_siret
from manufactures import horloge


class Membre(models.Model):
    """What one person may do on one dossier: the titulaire writes, invites, deposits; exactly one."""

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


class MembreConsortium(LigneDuDossier):
    """A structure of the consortium; only the lead is paid unless the convention says otherwise."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="membres_consortium")
    raison_sociale = models.CharField("raison sociale", max_length=255)
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[valider_siret])
    role = models.CharField("rôle", max_length=200, blank=True)
    chef_de_file = models.BooleanField("chef de file", default=False)

    class Meta(LigneDuDossier.Meta):
        verbose_name = "membre du groupement"
        verbose_name_plural = "membres du groupement"
        constraints = [
            UniqueConstraint(
                fields=["dossier"], condition=Q(chef_de_file=True), name="consortium_un_chef_de_file"
            ),
        ]

    def __str__(self):
        return self.raison_sociale


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
