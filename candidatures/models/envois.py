"""A file on its way: received by pieces, resumed where the network cut it, checked whole like any other."""

import shutil
import uuid
from datetime import timedelta
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.urls import reverse

from candidatures.fichiers import TAILLE_MAX, FichierRefuse, ranger, verifier_nom
from candidatures.models.dossier import Dossier
from candidatures.models.pieces import Piece
from manufactures import horloge
from manufactures.fichiers import supprimer_apres
from manufactures.registres import TransitionInterdite

MORCEAU_MAX = 1024 * 1024
EN_MEMOIRE = 1024 * 1024
OUVERTS_MAX = 30  # by person and dossier: beyond, the oldest is given up
REPRENABLE = timedelta(days=2)


class Decalage(Exception):
    """These bytes do not follow those received: `recus` says where to go on."""

    def __init__(self, recus: int):
        super().__init__(recus)
        self.recus = recus


class EnvoiQuerySet(models.QuerySet):
    """Whoever sends a file goes on sending it; nobody else knows of it."""

    def visibles_par(self, user):
        """One's own, in the dossiers that one may know of."""
        return self.filter(par=user, dossier__in=Dossier.objects.visibles_par(user))


class Envoi(models.Model):
    """What was announced of one file, and how much of it has come. Kept a while: an answer may be lost."""

    cle = models.UUIDField("clé", unique=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="envois")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="par")
    type = models.ForeignKey(
        "programme.PieceDemandee",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="pièce demandée",
    )
    libelle = models.CharField("libellé", max_length=200, blank=True)
    remplace = models.ForeignKey(
        Piece, models.CASCADE, related_name="+", null=True, blank=True, verbose_name="fichier à remplacer"
    )
    nom = models.CharField("nom du fichier", max_length=200)
    taille = models.PositiveIntegerField("taille annoncée (octets)")
    repere = models.CharField("repère du fichier chez qui l'envoie", max_length=64, blank=True)
    recus = models.PositiveIntegerField("octets reçus", default=0)
    piece = models.ForeignKey(
        Piece, models.CASCADE, related_name="+", null=True, blank=True, verbose_name="pièce obtenue"
    )
    commence_le = models.DateTimeField("commencé le", default=horloge.maintenant)
    modifie_le = models.DateTimeField("modifié le", default=horloge.maintenant)

    objects = EnvoiQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        ordering = ["commence_le", "pk"]
        constraints = [
            CheckConstraint(condition=Q(taille__gt=0, taille__lte=TAILLE_MAX), name="envoi_taille"),
            CheckConstraint(condition=Q(recus__lte=F("taille")), name="envoi_recus"),
            CheckConstraint(condition=Q(piece=None) | Q(recus=F("taille")), name="envoi_fini_entier"),
        ]

    def __str__(self):
        return f"{self.nom}, {self.recus} sur {self.taille}"

    def get_absolute_url(self):
        return reverse("candidatures:envoi", args=[self.dossier.numero, self.cle])

    @classmethod
    def ouvrir(cls, dossier, *, par, nom, taille, repere="", type=None, libelle="", remplace=None) -> "Envoi":
        """Announce a file; the same one announced again goes on where it was.

        Raises FichierRefuse (name, kind, size, quota, known before a byte is sent).
        """
        verifier_nom(nom)
        dossier.verifier_place(nom, taille, remplace)
        siens = cls.objects.filter(dossier=dossier, par=par, piece=None)
        fait = {"nom": nom, "taille": taille, "repere": repere, "type": type, "remplace": remplace}
        with transaction.atomic():
            en_cours = siens.filter(**fait, modifie_le__gt=horloge.maintenant() - REPRENABLE).last()
            if en_cours is not None:
                return en_cours
            for ancien in list(siens.order_by("-modifie_le")[OUVERTS_MAX - 1 :]):
                ancien.abandonner()
            return cls.objects.create(dossier=dossier, par=par, libelle=libelle, **fait)

    def recevoir(self, debut: int, contenu: bytes) -> Piece | None:
        """Keep the bytes that follow; with the last, the piece. The same bytes sent again have one effect.

        Raises Decalage (they do not follow), FichierRefuse or TransitionInterdite (the whole is not taken, and nothing
        of it is kept).
        """
        with transaction.atomic():
            envoi = Envoi.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if envoi.piece_id:
                return envoi.piece
            if debut != envoi.recus or len(contenu) > min(MORCEAU_MAX, envoi.taille - envoi.recus):
                raise Decalage(envoi.recus)
            if contenu:
                envoi._garder(contenu)
            refus = None
            if envoi.recus == envoi.taille:
                refus = envoi._conclure()
        self.recus, self.piece = envoi.recus, envoi.piece
        if refus is not None:
            raise refus
        return envoi.piece

    def _garder(self, contenu: bytes) -> None:
        chemin, empreinte = ranger(ContentFile(contenu), "envois")
        self.morceaux.create(debut=self.recus, taille=len(contenu), fichier=chemin, empreinte=empreinte)
        self.recus += len(contenu)
        self.modifie_le = horloge.maintenant()
        self.save(update_fields=["recus", "modifie_le"])

    def _conclure(self) -> Exception | None:
        """Put the bytes together and add the piece; the refusal, if it is refused. No byte stays here."""
        try:
            with transaction.atomic(), self._entier() as fichier:
                self.piece = self.dossier.ajouter_piece(
                    fichier, par=self.par, type=self.type, libelle=self.libelle, remplace=self.remplace
                )
        except (FichierRefuse, TransitionInterdite) as refus:
            self.abandonner()
            return refus
        self.save(update_fields=["piece"])
        self._oublier_les_morceaux()
        return None

    def _entier(self) -> File:
        """All the bytes, in their order."""
        tampon = SpooledTemporaryFile(max_size=EN_MEMOIRE)  # noqa: SIM115 -- closed by the File that holds it
        for morceau in self.morceaux.order_by("debut"):
            with default_storage.open(morceau.fichier.name) as recu:
                shutil.copyfileobj(recu, tampon)
        fichier = File(tampon, name=self.nom)
        fichier.size = self.taille
        return fichier

    def _oublier_les_morceaux(self) -> None:
        supprimer_apres(self.morceaux.values_list("fichier", flat=True))
        self.morceaux.all().delete()

    def abandonner(self) -> None:
        """Forget the file and what came of it."""
        with transaction.atomic():
            self._oublier_les_morceaux()
            self.delete()


class Morceau(models.Model):
    """A few bytes of a file on its way, stored under their digest."""

    envoi = models.ForeignKey(Envoi, models.CASCADE, related_name="morceaux")
    debut = models.PositiveIntegerField("position")
    taille = models.PositiveIntegerField("taille (octets)")
    fichier = models.FileField("fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)

    class MorceauQuerySet(models.QuerySet):
        """Read through the file that they make."""

        def visibles_par(self, user):
            """Those of one's own files."""
            return self.filter(envoi__in=Envoi.objects.visibles_par(user))

    objects = MorceauQuerySet.as_manager()

    class Meta:
        verbose_name = "morceau d'envoi"
        verbose_name_plural = "morceaux d'envoi"
        ordering = ["debut"]
        constraints = [
            UniqueConstraint(fields=["envoi", "debut"], name="morceau_unique"),
            CheckConstraint(condition=Q(taille__gt=0, taille__lte=MORCEAU_MAX), name="morceau_taille"),
        ]

    def __str__(self):
        return f"{self.envoi.nom}, à partir de {self.debut}"
