"""Templates of the pieces that a call asks for: a form to download, fill and send back."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import CheckConstraint, Q
from django.urls import reverse

from candidatures.fichiers import TAILLE_MAX, FichierRefuse, nom_propre, ranger, reconnaitre, verifier_quotas
from manufactures import antivirus, horloge
from manufactures.fichiers import supprimer_apres
from manufactures.journal.models import consigner
from manufactures.programme.models import PieceDemandee

ANTIVIRUS_MUET = "L'antivirus ne répond pas : le fichier n'a pas été pris. Réessayez dans un moment."
INFECTE = "Ce fichier contient un virus : il n'a pas été pris."


class ModeleDePieceQuerySet(models.QuerySet):
    """Whoever reads the call reads them."""

    def visibles_par(self, user):
        """All: they are published with the call."""
        return self.all()


class ModeleDePiece(models.Model):
    """The template of one piece asked; the one that comes next takes its place."""

    demandee = models.OneToOneField(
        PieceDemandee, models.CASCADE, related_name="modele", verbose_name="pièce demandée"
    )
    fichier = models.FileField("fichier", max_length=200)
    nom = models.CharField("nom du fichier", max_length=200)
    type_mime = models.CharField("type", max_length=100)
    taille = models.PositiveIntegerField("taille (octets)")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    pose_le = models.DateTimeField("posé le", default=horloge.maintenant)
    pose_par = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ModeleDePieceQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de pièce"
        verbose_name_plural = "modèles de pièces"
        ordering = ["demandee__rang", "pk"]
        constraints = [
            CheckConstraint(condition=Q(taille__gt=0, taille__lte=TAILLE_MAX), name="modele_taille"),
            CheckConstraint(condition=Q(empreinte__regex=r"^[0-9a-f]{64}$"), name="modele_empreinte"),
        ]

    def __str__(self):
        return self.nom

    def get_absolute_url(self):
        return reverse("candidatures:modele_de_piece", args=[self.demandee_id])

    @classmethod
    def poser(cls, demandee, fichier, *, par) -> "ModeleDePiece":
        """Publish this template in the place of the one before. Raises FichierRefuse."""
        nom = nom_propre(fichier.name)
        verifier_quotas(nom, fichier.size, 0, 0)
        type_mime = reconnaitre(fichier, fichier.name)
        cls.exiger_sans_virus(fichier)
        with transaction.atomic():
            PieceDemandee.objects.select_for_update(of=("self",)).get(pk=demandee.pk)
            cls._oublier(demandee)
            chemin, empreinte = ranger(fichier, "modeles")
            modele = cls.objects.create(
                demandee=demandee,
                fichier=chemin,
                nom=nom,
                type_mime=type_mime,
                taille=fichier.size,
                empreinte=empreinte,
                pose_par=par,
            )
            consigner(cls.fil(demandee), "poser_modele", par=par, piece=demandee.code, empreinte=empreinte)
        return modele

    @classmethod
    def oter(cls, demandee, *, par) -> None:
        """Publish none any more."""
        with transaction.atomic():
            if cls._oublier(demandee):
                consigner(cls.fil(demandee), "oter_modele", par=par, piece=demandee.code)

    @classmethod
    def _oublier(cls, demandee) -> bool:
        anciens = cls.objects.filter(demandee=demandee)
        supprimer_apres(list(anciens.values_list("fichier", flat=True)))
        return bool(anciens.delete()[0])

    @staticmethod
    def fil(demandee) -> str:
        """Where the journal files what is decided of the call."""
        return f"appel/{demandee.appel.slug}"

    @staticmethod
    def exiger_sans_virus(fichier) -> None:
        """It is published at once: here one waits for the antivirus."""
        if not settings.CLAMAV_URL:
            return
        fichier.seek(0)
        try:
            menace = antivirus.chercher(fichier)
        except antivirus.AntivirusInjoignable:
            raise FichierRefuse(ANTIVIRUS_MUET, code="fichier") from None
        if menace:
            raise FichierRefuse(INFECTE, code="fichier")
