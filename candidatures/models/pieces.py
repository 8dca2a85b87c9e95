"""Attachments: stored under their digest, never rewritten, served only to those who may see the dossier."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from candidatures.models.base import DuDossierQuerySet
from candidatures.models.dossier import Dossier
from manufactures import horloge

RIB = "rib"  # code of the call's piece


class PresentesManager(models.Manager.from_queryset(DuDossierQuerySet)):
    """Pieces that stand in the dossier; those taken away stay on the disk and in `Piece.toutes`."""

    def get_queryset(self):
        return super().get_queryset().filter(retiree_le=None)


class Piece(models.Model):
    """A file of the dossier. The original is kept: a piece is replaced by another, never overwritten."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="pieces")
    type = models.ForeignKey(
        "programme.PieceDemandee",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="pièce demandée",
    )
    libelle = models.CharField("libellé", max_length=200)
    fichier = models.FileField("fichier", max_length=200)
    nom = models.CharField("nom du fichier", max_length=200)
    type_mime = models.CharField("type", max_length=100)
    taille = models.PositiveIntegerField("taille (octets)")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    ajoutee_le = models.DateTimeField("ajoutée le", default=horloge.maintenant)
    ajoutee_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    complement = models.BooleanField("ajoutée après le dépôt", default=False)
    retiree_le = models.DateTimeField("retirée le", null=True, blank=True)

    objects = PresentesManager()
    toutes = models.Manager.from_queryset(DuDossierQuerySet)()

    class Meta:
        verbose_name = "pièce"
        ordering = ["ajoutee_le", "pk"]
        base_manager_name = "toutes"
        constraints = [
            CheckConstraint(condition=Q(taille__gt=0), name="piece_taille"),
            CheckConstraint(condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"), name="piece_empreinte"),
            CheckConstraint(
                condition=Q(retiree_le=None) | Q(retiree_le__gte=models.F("ajoutee_le")), name="piece_retrait"
            ),
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return reverse("candidatures:piece", args=[self.dossier.numero, self.pk])

    @property
    def est_bancaire(self) -> bool:
        """Bank details: for the dossier's members and the agents only, never for the committee or the experts."""
        return self.type is not None and self.type.code == RIB
