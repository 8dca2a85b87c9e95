"""What is asked about an account and done by two: erase it, or take away a second factor that was lost."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F, Q

from candidatures.models import Membre
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import consigner
from manufactures.personnes import effacement
from manufactures.personnes.fils import fil_du_compte
from manufactures.procedure import Role
from manufactures.programme.models import Habilitation
from manufactures.registres import GesteInterdit, TransitionInterdite


class Nature(models.TextChoices):
    """What is asked."""

    EFFACER = "EFFACER", "Effacer les données d'une personne"
    SECOND_FACTEUR = "SECOND_FACTEUR", "Retirer un second facteur perdu"


ACTIONS = {Nature.EFFACER: "effacement", Nature.SECOND_FACTEUR: "second_facteur"}


def _appels_de(par) -> set[int | None]:
    return {appel for role, appel in par.tenues if role == Role.RESPONSABLE}


def hors_de(appels: set) -> Q:
    """People whom a dossier, a draft too, or a role ties to another call than these."""
    dossiers = Membre.objects.exclude(dossier__vague__appel__in=appels)
    roles = Habilitation.objects.exclude(appel__in=appels)
    return Q(pk__in=dossiers.values("user")) | Q(pk__in=roles.values("user"))


def exiger_responsable_de(par, user) -> None:
    """On every call that the person is tied to. Raises GesteInterdit."""
    appels = _appels_de(par)
    if not appels:
        raise GesteInterdit("Ce geste revient aux responsables.")
    if None not in appels and get_user_model().objects.filter(hors_de(appels), pk=user.pk).exists():
        raise GesteInterdit(
            "Un autre appel connaît cette personne\u00a0: ses responsables aussi doivent en décider."
        )


class DemandeQuerySet(models.QuerySet):
    """Requests about accounts."""

    def visibles_par(self, user):
        """Of people whom no other call than one's own knows."""
        appels = _appels_de(user) if user.is_active else set()
        if not appels:
            return self.none()
        if None in appels:
            return self
        ailleurs = get_user_model().objects.filter(hors_de(appels))
        return self.exclude(user__in=ailleurs.order_by().values("pk"))

    def en_attente(self):
        """Neither done nor refused."""
        return self.filter(tranchee_le=None)


class DemandeSurCompte(models.Model):
    """Asked by one, by the person themself for an erasure; done by a responsable who is neither."""

    nature = models.CharField("nature", max_length=14, choices=Nature)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="personne"
    )
    motif = models.CharField("motif", max_length=500, blank=True)
    demandee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="demandée par"
    )
    demandee_le = models.DateTimeField("demandée le", default=horloge.maintenant)
    tranchee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="tranchée par",
    )
    tranchee_le = models.DateTimeField("tranchée le", null=True, blank=True)
    acceptee = models.BooleanField("acceptée", null=True, blank=True)

    objects = DemandeQuerySet.as_manager()

    class Meta:
        verbose_name = "demande sur un compte"
        verbose_name_plural = "demandes sur des comptes"
        ordering = ["demandee_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "nature"], condition=Q(tranchee_le=None), name="demande_unique_en_attente"
            ),
            models.CheckConstraint(condition=Q(nature__in=Nature.values), name="demande_nature"),
            models.CheckConstraint(
                condition=Q(tranchee_par=None, tranchee_le=None, acceptee=None)
                | Q(tranchee_par__isnull=False, tranchee_le__isnull=False, acceptee__isnull=False),
                name="demande_tranchee_en_entier",
            ),
            models.CheckConstraint(
                condition=Q(acceptee=None)
                | Q(acceptee=False)
                | ~Q(tranchee_par=F("demandee_par")) & ~Q(tranchee_par=F("user")),
                name="demande_deux_personnes",
            ),
        ]

    def __str__(self):
        return self.get_nature_display()

    @classmethod
    def deposer(cls, user, nature: str, *, par, motif: str = "") -> "DemandeSurCompte":
        """Ask. Raises GesteInterdit or TransitionInterdite with the sentence to show; then nothing has changed."""
        with transaction.atomic():
            user = _verrouiller(user)
            if par.pk != user.pk:
                exiger_responsable_de(par, user)
                if not motif.strip():
                    raise TransitionInterdite("Écrivez pourquoi.")
            elif nature != Nature.EFFACER:
                raise GesteInterdit("Un second facteur perdu se demande à un responsable.")
            _verifier(user, nature)
            if cls.objects.en_attente().filter(user=user, nature=nature).exists():
                raise TransitionInterdite("C'est déjà demandé\u00a0: la demande attend un responsable.")
            consigner(fil_du_compte(user), f"demander_{ACTIONS[nature]}", par=par, motif=motif.strip())
            return cls.objects.create(user=user, nature=nature, motif=motif.strip(), demandee_par=par)

    def trancher(self, *, accepter: bool, par, motif: str = "") -> None:
        """Do it, or refuse it with a reason; who asked may withdraw. Raises as `deposer`."""
        with transaction.atomic():
            user = _verrouiller(self.user)
            demande = type(self).objects.get(pk=self.pk)
            retire = not accepter and par.pk == demande.demandee_par_id
            if not retire:
                exiger_responsable_de(par, user)
            if demande.tranchee_le is not None:
                raise TransitionInterdite("Cette demande est déjà tranchée.")
            if accepter and par.pk in (demande.demandee_par_id, user.pk):
                raise GesteInterdit("Cette demande se confirme par une autre personne.")
            if not accepter and not retire and not motif.strip():
                raise TransitionInterdite("Écrivez pourquoi cette demande est refusée.")
            demande.tranchee_par, demande.tranchee_le = par, horloge.maintenant()
            demande.acceptee = accepter
            demande.save(update_fields=["tranchee_par", "tranchee_le", "acceptee"])
            if accepter:
                _verifier(user, demande.nature)
                faire = {
                    Nature.EFFACER: effacement.effacer,
                    Nature.SECOND_FACTEUR: effacement.retirer_les_seconds_facteurs,
                }
                faire[demande.nature](user, par=par)
                return
            action = "retirer" if retire else "refuser"
            evenement = consigner(
                fil_du_compte(user), f"{action}_{ACTIONS[demande.nature]}", par=par, motif=motif.strip()
            )
            if demande.nature == Nature.EFFACER and not retire:
                _dire_le_refus(user, motif.strip(), evenement)


def _verrouiller(user):
    return get_user_model().objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _verifier(user, nature: str) -> None:
    if nature == Nature.EFFACER:
        if dits := effacement.empechements(user):
            raise TransitionInterdite(" ".join(dits))
    elif not user.is_active:
        raise TransitionInterdite("Ce compte est fermé.")
    elif not user.a_un_second_facteur:
        raise TransitionInterdite(f"{user.nom_complet} n'a aucun second facteur.")


def _dire_le_refus(user, motif: str, evenement) -> None:
    Message.preparer(
        "effacement_refuse",
        a=[user],
        contexte={"motif": motif},
        evenement=f"{evenement.fil}#{evenement.rang}",
        fil=evenement.fil,
        lien="/compte/mes-donnees/effacement/",
    )
