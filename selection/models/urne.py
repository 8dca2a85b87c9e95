"""The urn: the frozen roll, the signed roll, the ballot papers that nobody reads, the votes by show of hands."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Q

from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite
from selection.models.choix import Choix, EtatScrutin
from selection.models.comite import Membre
from selection.models.point import PointOrdreDuJour
from selection.models.seance import Seance

QUI_LISENT = (Role.RESPONSABLE, Role.MEMBRE, Role.PRESIDENT, Role.AUDITEUR)

# The sentences of the refusals, by the code that the SQL functions raise.
REFUS = {
    "MP001": "Le scrutin n'est pas ouvert. Votre bulletin n'a pas été déposé.",
    "MP002": "Vous n'êtes pas sur la liste des votants de ce scrutin.",
    "MP003": "Votre bulletin est dans l'urne.",
    "MP004": "Il manque des émargements pour le quorum : l'urne ne peut pas être lue.",
}


def appeler(fonction: str, *valeurs) -> None:
    """Call one of the urn's SQL functions. Raises TransitionInterdite with the sentence of its refusal."""
    marques = ", ".join(["%s"] * len(valeurs))
    try:
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute(f"SELECT {fonction}({marques})", valeurs)
    except DatabaseError as refus:
        code = getattr(refus.__cause__, "sqlstate", "")
        if code not in REFUS:
            raise
        raise TransitionInterdite(REFUS[code]) from None


class Electeur(models.Model):
    """A voice on the frozen roll, and who casts it: oneself, or the holder of the proxy."""

    scrutin = models.ForeignKey(
        "selection.Scrutin", on_delete=models.CASCADE, related_name="electeurs", verbose_name="scrutin"
    )
    membre = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="+", verbose_name="voix de")
    vote_par = models.ForeignKey(Membre, on_delete=models.PROTECT, related_name="+", verbose_name="vote par")

    class Meta:
        verbose_name = "électeur"
        constraints = [models.UniqueConstraint(fields=["scrutin", "membre"], name="electeur_unique")]

    def __str__(self):
        return str(self.membre)


class EmargementQuerySet(models.QuerySet):
    """The signed roll: who, never when; nobody reads the list before the closing (row 31)."""

    def visibles_par(self, user):
        """Closed ballots, for those who sit, keep or audit the sitting; none of an item one stepped back from."""
        if not user.is_active or not user.a_le_role(*QUI_LISENT):
            return self.none()
        points = PointOrdreDuJour.objects.visibles_par(user)
        return self.filter(scrutin__etat=EtatScrutin.CLOS, scrutin__point__in=points)


class Emargement(models.Model):
    """A voice that has been cast. Rewritten with the urn at each vote: no time, no order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scrutin = models.ForeignKey(
        "selection.Scrutin", on_delete=models.CASCADE, related_name="emargements", verbose_name="scrutin"
    )
    electeur = models.ForeignKey(
        Electeur, on_delete=models.PROTECT, related_name="emargements", verbose_name="électeur"
    )

    objects = EmargementQuerySet.as_manager()

    class Meta:
        verbose_name = "émargement"
        constraints = [models.UniqueConstraint(fields=["scrutin", "electeur"], name="emargement_unique")]

    def __str__(self):
        return str(self.electeur)


class UrneFermee(models.Manager):
    """No query on the ballot papers, whoever asks."""

    def get_queryset(self):
        """Always refused."""
        raise PermissionDenied("Personne ne lit les bulletins.")


class Bulletin(models.Model):
    """A ballot paper: a choice and a ballot, nothing else. Written and counted by SQL functions only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scrutin = models.ForeignKey(
        "selection.Scrutin", on_delete=models.CASCADE, related_name="+", verbose_name="scrutin"
    )
    choix = models.CharField("choix", max_length=10, choices=Choix)

    objects = UrneFermee()

    class Meta:
        verbose_name = "bulletin"
        constraints = [models.CheckConstraint(condition=Q(choix__in=Choix.values), name="bulletin_choix")]

    def __str__(self):
        return "Bulletin"


class VoteNominalQuerySet(models.QuerySet):
    """Votes by show of hands: public for whoever sits, or keeps the sitting."""

    def visibles_par(self, user):
        """Those of the sittings that `user` may know of, less the items they stepped back from."""
        deportes = models.Q(
            scrutin__point__dossier__deports__leve_le=None,
            scrutin__point__dossier__deports__membre__user=user,
        )
        return self.filter(scrutin__point__seance__in=Seance.objects.visibles_par(user)).exclude(
            pk__in=VoteNominal.objects.filter(deportes)
        )


class VoteNominal(models.Model):
    """A vote by show of hands, recorded by the secretary: public by nature."""

    scrutin = models.ForeignKey(
        "selection.Scrutin", on_delete=models.CASCADE, related_name="votes", verbose_name="scrutin"
    )
    electeur = models.OneToOneField(
        Electeur, on_delete=models.CASCADE, related_name="vote", verbose_name="électeur"
    )
    choix = models.CharField("choix", max_length=10, choices=Choix)

    objects = VoteNominalQuerySet.as_manager()

    class Meta:
        verbose_name = "vote à main levée"
        verbose_name_plural = "votes à main levée"
        constraints = [models.CheckConstraint(condition=Q(choix__in=Choix.values), name="vote_nominal_choix")]

    def __str__(self):
        return f"{self.electeur} : {self.get_choix_display()}"
