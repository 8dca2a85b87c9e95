"""Attachments: stored under their digest, never rewritten, served only to those who may see the dossier."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from candidatures.fichiers import EXTENSIONS, IMAGES
from candidatures.models.base import DuDossierQuerySet, LigneDuDossier
from candidatures.models.dossier import Dossier
from candidatures.models.joindre import A_ANALYSER, Analyse
from manufactures import horloge

VERSIONS_MONTREES = 10
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
    remplace = models.OneToOneField(
        "self",
        models.SET_NULL,
        related_name="remplacee_par",
        null=True,
        blank=True,
        verbose_name="fichier remplacé",
    )
    analyse = models.CharField("antivirus", max_length=10, choices=Analyse, default=Analyse.SANS_OBJET)
    analyse_le = models.DateTimeField("dernière analyse le", null=True, blank=True)
    menace = models.CharField("virus trouvé", max_length=200, blank=True)

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
            CheckConstraint(condition=Q(analyse__in=Analyse.values), name="piece_analyse"),
            CheckConstraint(
                condition=~Q(analyse=Analyse.INFECTE) | Q(retiree_le__isnull=False, analyse_le__isnull=False),
                name="piece_infectee_retiree",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ajoutee_le"], name="piece_a_analyser", condition=Q(analyse__in=[*A_ANALYSER])
            )
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return reverse("candidatures:piece", args=[self.dossier.numero, self.pk])

    @property
    def est_bancaire(self) -> bool:
        """Bank details: for the dossier's members and the agents only, never for the committee or the experts."""
        return self.type is not None and self.type.code == RIB

    @property
    def est_image(self) -> bool:
        """One that can be drawn again, small."""
        return self.type_mime in IMAGES

    @property
    def est_pdf(self) -> bool:
        """One that the browser's own reader shows."""
        return self.type_mime == EXTENSIONS["pdf"]

    @property
    def attend_l_antivirus(self) -> bool:
        """Not read yet by the antivirus that is configured."""
        return bool(settings.CLAMAV_URL) and self.analyse in A_ANALYSER

    def refus_de_lecture(self, user) -> str:
        """Why `user` may not open this file now, or "": its sender waits for nobody, others for the antivirus."""
        if self.analyse == Analyse.INFECTE:
            return f"« {self.nom} » contient un virus : nous l'avons écarté, personne ne peut l'ouvrir."
        if self.attend_l_antivirus and self.ajoutee_par_id != user.pk:
            return f"L'antivirus lit encore « {self.nom} » : l'analyse est en cours. Revenez dans un moment."
        return ""

    def est_deposee(self) -> bool:
        """A deposited version names it, even if it was taken away since."""
        if self.retiree_le is None or self.complement:
            return True
        return self.dossier.versions.filter(
            deposee_le__gte=self.ajoutee_le, deposee_le__lte=self.retiree_le
        ).exists()

    def ceder_la_place_a(self, nouvelle: "Piece") -> None:
        """The rows of the dossier that named this file as their proof name the one that replaces it."""
        for lien in self._meta.get_fields(include_hidden=True):
            if lien.one_to_many and issubclass(lien.related_model, LigneDuDossier):
                lignes = lien.related_model._base_manager.filter(**{lien.field.name: self})
                lignes.update(**{lien.field.name: nouvelle})

    def versions_precedentes(self) -> list["Piece"]:
        """The files that this one replaced, the last first."""
        precedentes, piece = [], self
        while piece.remplace_id and len(precedentes) < VERSIONS_MONTREES:
            piece = Piece.toutes.select_related("ajoutee_par").get(pk=piece.remplace_id)
            precedentes.append(piece)
        return precedentes
