"""One point of a request for completions: where it is pinned, what was answered, what the agent made of it."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from candidatures.models import Piece
from manufactures import horloge


class Jugement(models.TextChoices):
    """What the agent says of an answer: it will do, or it is to be asked again."""

    FAIT = "FAIT", "Fait"
    REDEMANDE = "REDEMANDE", "À redemander"


class DeLaDemandeQuerySet(models.QuerySet):
    """Rows of a request: whoever may see the dossier may see them."""

    def visibles_par(self, user):
        """Rows of the requests that `user` may know of."""
        demandes = self.model._meta.get_field("demande").related_model
        return self.filter(demande__in=demandes.objects.visibles_par(user))


class PieceReclamee(models.Model):
    """One point of a request, numbered on the letter: what, on which ground, why, whether it blocks, and where.

    `cible` is the anchor of a passage of the deposited version (see `instruction.cibles`), `endroit` its name as the
    porteur reads it, both frozen with the letter. `reprend` is the point of an older request that this one asks again.
    """

    demande = models.ForeignKey("DemandeComplements", models.CASCADE, related_name="pieces")
    rang = models.PositiveSmallIntegerField("rang")
    libelle = models.CharField("élément demandé", max_length=200)
    reference = models.CharField("référence du cahier des charges", max_length=120, blank=True)
    raison = models.TextField("pourquoi", blank=True)
    indispensable = models.BooleanField("indispensable à l'examen", default=False)
    type = models.ForeignKey(
        "programme.PieceDemandee",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="pièce de la liste",
    )
    regle = models.ForeignKey(
        "programme.Critere",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="règle de la grille",
    )
    cible = models.CharField("passage du dossier", max_length=80, blank=True)
    endroit = models.CharField("nom du passage", max_length=200, blank=True)
    reprend = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="reprises",
        null=True,
        blank=True,
        verbose_name="élément demandé de nouveau",
    )
    jugement = models.CharField("jugement", max_length=10, choices=Jugement, blank=True)
    mots = models.TextField("ce qui manque encore", blank=True)
    juge_le = models.DateTimeField("jugé le", null=True, blank=True)
    juge_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="jugé par",
    )

    objects = DeLaDemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce réclamée"
        verbose_name_plural = "pièces réclamées"
        ordering = ["rang"]
        constraints = [
            UniqueConstraint(fields=["demande", "rang"], name="piece_reclamee_rang"),
            CheckConstraint(condition=Q(jugement__in=["", *Jugement.values]), name="piece_reclamee_jugement"),
            CheckConstraint(
                condition=Q(jugement="", juge_le=None, juge_par=None, mots="")
                | ~Q(jugement="") & Q(juge_le__isnull=False, juge_par__isnull=False),
                name="piece_reclamee_jugee_et_datee",
            ),
            CheckConstraint(
                condition=~Q(jugement=Jugement.REDEMANDE) | ~Q(mots=""),
                name="piece_reclamee_redemandee_en_mots",
            ),
        ]

    def __str__(self):
        return self.libelle

    @property
    def est_fait(self) -> bool:
        """The agent has judged that the answer will do."""
        return self.jugement == Jugement.FAIT

    @property
    def est_a_redemander(self) -> bool:
        """Judged short, and not asked again yet in a later request."""
        return self.jugement == Jugement.REDEMANDE and not self.reprises.all()


class ReponseComplement(models.Model):
    """An answer to a request, with its words and its files, dated: added beside the deposited version.

    `redaction` is the pinned answer of the dossier, written anew: the deposited one stays, both are shown.
    """

    demande = models.ForeignKey("DemandeComplements", models.CASCADE, related_name="reponses")
    piece = models.ForeignKey(
        PieceReclamee,
        models.PROTECT,
        related_name="reponses",
        null=True,
        blank=True,
        verbose_name="point de la demande",
    )
    le = models.DateTimeField("reçue le", default=horloge.maintenant)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="répondue par"
    )
    texte = models.TextField("réponse", blank=True)
    redaction = models.TextField("nouvelle rédaction", blank=True)
    pieces = models.ManyToManyField(
        Piece, related_name="reponses_complement", blank=True, verbose_name="fichiers"
    )

    objects = DeLaDemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse à une demande"
        verbose_name_plural = "réponses aux demandes"
        ordering = ["le", "pk"]

    def __str__(self):
        return f"Réponse du {self.le:%d/%m/%Y}"

    def joindre(self, fichier, *, libelle: str, par) -> Piece:
        """Store one file as a completion of the dossier."""
        type_demande = self.piece.type if self.piece else None
        piece = self.demande.dossier.joindre_complement(
            fichier, par=par, libelle=libelle or (self.piece.libelle if self.piece else ""), type=type_demande
        )
        self.pieces.add(piece)
        return piece
