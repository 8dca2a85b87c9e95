"""What the State's register of companies says of the SIRET typed: for the agents, never an obstacle for the porteur."""

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices

from candidatures.models.base import DuDossierQuerySet
from candidatures.models.dossier import Dossier
from manufactures import horloge


class EtatVerification(TextChoices):
    """How the number stands, as agents read it."""

    A_VERIFIER = "A_VERIFIER", "SIRET à vérifier"
    VERIFIE = "VERIFIE", "SIRET vérifié"
    FERME = "FERME", "Établissement fermé"
    INTROUVABLE = "INTROUVABLE", "SIRET introuvable"


class VerificationSiretQuerySet(DuDossierQuerySet):
    """Seen with their dossier."""

    def a_verifier(self):
        """Asked of nobody yet, or of a register that did not answer."""
        return self.filter(etat=EtatVerification.A_VERIFIER)


class VerificationSiret(models.Model):
    """One a dossier, about the number that stands in it; checked again at night as long as it is not."""

    dossier = models.OneToOneField(Dossier, models.CASCADE, related_name="verification_siret")
    siret = models.CharField("SIRET", max_length=14)
    etat = models.CharField(
        "état", max_length=12, choices=EtatVerification, default=EtatVerification.A_VERIFIER
    )
    nom = models.CharField("nom au répertoire", max_length=255, blank=True)
    verifie_le = models.DateTimeField("vérifié le", null=True, blank=True)

    objects = VerificationSiretQuerySet.as_manager()

    class Meta:
        verbose_name = "vérification du SIRET"
        verbose_name_plural = "vérifications des SIRET"
        constraints = [
            CheckConstraint(condition=Q(siret__regex=r"^[0-9]{14}$"), name="verification_siret"),
            CheckConstraint(
                condition=Q(etat="A_VERIFIER") | Q(verifie_le__isnull=False), name="verification_datee"
            ),
        ]
        indexes = [
            models.Index(fields=["dossier"], condition=Q(etat="A_VERIFIER"), name="verification_en_attente")
        ]

    def __str__(self):
        return f"{self.get_etat_display()} : {self.siret}"

    @classmethod
    def attendre(cls, dossier) -> None:
        """The number of the dossier as saved: to check if it is not the one known; no number, nothing to check."""
        if not dossier.siret:
            cls.objects.filter(dossier=dossier).delete()
        elif not cls.objects.filter(dossier=dossier, siret=dossier.siret).exists():
            cls.objects.update_or_create(
                dossier=dossier,
                defaults={
                    "siret": dossier.siret,
                    "etat": EtatVerification.A_VERIFIER,
                    "nom": "",
                    "verifie_le": None,
                },
            )

    @classmethod
    def constater(cls, dossier, siret: str, structure) -> "VerificationSiret":
        """What the register answered about this number: `structure` is None where it knows none."""
        if structure is None:
            etat, nom = EtatVerification.INTROUVABLE, ""
        else:
            etat = EtatVerification.VERIFIE if structure.est_ouverte else EtatVerification.FERME
            nom = structure.nom[:255]
        verification, _ = cls.objects.update_or_create(
            dossier=dossier,
            defaults={"siret": siret, "etat": etat, "nom": nom, "verifie_le": horloge.maintenant()},
        )
        return verification
