"""Roles given to people: by one responsable, or by two where the role decides or sees everything."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F, Q

from candidatures.models import Dossier, Membre
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree, consigner
from manufactures.personnes.demandes import DemandeSurCompte
from manufactures.personnes.fils import fil_du_compte
from manufactures.procedure import Role
from manufactures.programme.models import Appel, Habilitation
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import GesteInterdit, TransitionInterdite

# Seats of the committee are given with their college and their mandate; the technical administrator by the machine.
DONNES_ICI = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.EXPERT, Role.AUDITEUR)
A_DEUX = (Role.RESPONSABLE, Role.AUDITEUR)


def exiger_responsable(par, appel: Appel | None) -> None:
    """On this call, or on all calls where the role is for all. Raises GesteInterdit."""
    tenus = {cle for role, cle in par.tenues if role == Role.RESPONSABLE}
    if None not in tenus and (appel is None or appel.pk not in tenus):
        raise GesteInterdit("Les rôles d'un appel se donnent par ses responsables.")


def refuser_pour_soi(par, user) -> None:
    """Nobody changes their own roles. Raises GesteInterdit."""
    if par.pk == user.pk:
        raise GesteInterdit("Personne ne change ses propres rôles\u00a0: demandez à un autre responsable.")


def _verrouiller(user):
    """The person's row: two responsables who act on them wait for each other."""
    return get_user_model().objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _annoncer(user, role: str, appel, action: str, evenement: Entree) -> None:
    Message.preparer(
        "role_modifie",
        a=[user],
        contexte={
            "action": action,
            "role": Role(role).label.lower(),
            "ami": {"titre": appel.titre if appel else "tous les appels"},
        },
        evenement=f"{evenement.fil}#{evenement.rang}",
        fil=evenement.fil,
        lien="/compte/login/code/",
    )


def donner(
    user, role: str, appel, *, par, du: datetime, au: datetime | None = None, motif: str = ""
) -> Habilitation:
    """One role, on one call or on all, between two instants. Called under the person's lock."""
    habilitation = Habilitation.objects.create(user=user, role=role, appel=appel, du=du, au=au)
    evenement = consigner(
        fil_du_compte(user),
        "donner_role",
        par=par,
        motif=motif,
        role_donne=role,
        appel=appel.slug if appel else "",
        du=du.isoformat(),
        au=au.isoformat() if au else "",
    )
    _annoncer(user, role, appel, "vous est donné", evenement)
    return habilitation


def reprendre(habilitation: Habilitation, *, par, motif: str, le: datetime | None = None) -> None:
    """Take a role back, now or on a day to come. Raises GesteInterdit or TransitionInterdite: nothing has changed."""
    instant = horloge.maintenant()
    with transaction.atomic():
        user = _verrouiller(habilitation.user)
        refuser_pour_soi(par, user)
        tenue = Habilitation.objects.select_related("appel").get(pk=habilitation.pk)
        exiger_responsable(par, tenue.appel)
        if tenue.role not in DONNES_ICI:
            raise TransitionInterdite("Un siège au comité se reprend sur la page du comité.")
        fin = max(le or instant, instant)
        if tenue.au is not None and tenue.au <= fin:
            raise TransitionInterdite("Ce rôle finit déjà à cette date, ou avant.")
        if not motif.strip():
            raise TransitionInterdite("Écrivez pourquoi ce rôle est repris.")
        tenue.au = fin
        tenue.save(update_fields=["au"])
        slug = tenue.appel.slug if tenue.appel else ""
        evenement = consigner(
            fil_du_compte(user),
            "reprendre_role",
            par=par,
            motif=motif.strip(),
            role_repris=tenue.role,
            appel=slug,
            au=fin.isoformat(),
        )
        _annoncer(user, tenue.role, tenue.appel, "vous est repris", evenement)


class PropositionQuerySet(models.QuerySet):
    """Roles that wait for a second responsable."""

    def visibles_par(self, user):
        """Of the calls that one is responsable of."""
        if not user.is_active:
            return self.none()
        tenus = {cle for role, cle in user.tenues if role == Role.RESPONSABLE}
        return self if None in tenus else self.filter(appel__in=tenus)

    def en_attente(self):
        """Neither accepted nor refused."""
        return self.filter(tranchee_le=None)


class Proposition(models.Model):
    """A role that one responsable proposes and that another gives: who proposes never accepts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="personne"
    )
    role = models.CharField("rôle", max_length=14, choices=[(r.value, r.label) for r in A_DEUX])
    appel = models.ForeignKey(
        Appel, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="appel"
    )
    du = models.DateTimeField("du")
    au = models.DateTimeField("au", null=True, blank=True)
    motif = models.CharField("motif", max_length=500)
    proposee_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="proposée par"
    )
    proposee_le = models.DateTimeField("proposée le", default=horloge.maintenant)
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

    objects = PropositionQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle proposé"
        verbose_name_plural = "rôles proposés"
        ordering = ["proposee_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "appel"],
                nulls_distinct=False,
                condition=Q(tranchee_le=None),
                name="proposition_unique_en_attente",
            ),
            models.CheckConstraint(
                condition=Q(tranchee_par=None, tranchee_le=None, acceptee=None)
                | Q(tranchee_par__isnull=False, tranchee_le__isnull=False, acceptee__isnull=False),
                name="proposition_tranchee_en_entier",
            ),
            models.CheckConstraint(
                condition=Q(acceptee=None) | Q(acceptee=False) | ~Q(tranchee_par=F("proposee_par")),
                name="proposition_deux_personnes",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}\u00a0: {self.user}"

    @classmethod
    def deposer(cls, user, role, appel, *, par, du: datetime, au: datetime | None = None, motif: str):
        """Give a role at once, or propose it where two responsables are needed: the row, or None when it is given.

        Raises GesteInterdit or TransitionInterdite with the sentence to show; then nothing has changed.
        """
        with transaction.atomic():
            user = _verrouiller(user)
            cls._verifier(user, role, appel, par=par, au=au)
            if role not in A_DEUX:
                donner(user, role, appel, par=par, du=du, au=au, motif=motif)
                return None
            if cls.objects.en_attente().filter(user=user, role=role, appel=appel).exists():
                raise TransitionInterdite("Ce rôle est déjà proposé\u00a0: il attend un autre responsable.")
            consigner(fil_du_compte(user), "proposer_role", par=par, motif=motif, role_propose=role)
            return cls.objects.create(
                user=user, role=role, appel=appel, du=du, au=au, motif=motif, proposee_par=par
            )

    @staticmethod
    def _verifier(user, role, appel, *, par, au) -> None:
        refuser_pour_soi(par, user)
        exiger_responsable(par, appel)
        if role not in DONNES_ICI:
            raise TransitionInterdite("Ce rôle ne se donne pas ici.")
        if not user.is_active:
            raise TransitionInterdite(
                "Ce compte est fermé\u00a0: l'administration technique peut le rouvrir."
            )
        if user.a_le_role(Role.ADMINISTRATEUR):
            raise TransitionInterdite("L'administration technique ne tient aucun autre rôle.")
        tenues = user.habilitations.exclude(au__lte=horloge.maintenant())
        if tenues.filter(Q(appel=None) | Q(appel=appel), role=role).exists():
            raise TransitionInterdite(f"{user.nom_complet} tient déjà ce rôle, ou le tiendra.")
        if au is not None and au <= horloge.maintenant():
            raise TransitionInterdite("La fin est déjà passée.")

    def trancher(self, *, accepter: bool, par) -> None:
        """Accept, by another than who proposed, or refuse; who proposed may withdraw. Raises as `deposer`."""
        with transaction.atomic():
            user = _verrouiller(self.user)
            proposee = type(self).objects.select_related("appel").get(pk=self.pk)
            exiger_responsable(par, proposee.appel)
            refuser_pour_soi(par, user)
            if proposee.tranchee_le is not None:
                raise TransitionInterdite("Cette proposition est déjà tranchée.")
            if accepter and par.pk == proposee.proposee_par_id:
                raise GesteInterdit("Un rôle proposé se confirme par un autre responsable.")
            proposee.tranchee_par, proposee.tranchee_le = par, horloge.maintenant()
            proposee.acceptee = accepter
            proposee.save(update_fields=["tranchee_par", "tranchee_le", "acceptee"])
            if accepter:
                type(self)._verifier(user, proposee.role, proposee.appel, par=par, au=proposee.au)
                du = max(proposee.du, horloge.maintenant())
                donner(
                    user, proposee.role, proposee.appel, par=par, du=du, au=proposee.au, motif=proposee.motif
                )
            else:
                consigner(fil_du_compte(user), "ecarter_role", par=par, role_ecarte=proposee.role)


def personnes_de(par):
    """Whoever holds, held or is offered a role on the calls that one is responsable of, and those of all calls."""
    appels = appels_de(par, Role.RESPONSABLE)
    tenues = Habilitation.objects.filter(Q(appel=None) | Q(appel__in=appels))
    proposees = Proposition.objects.visibles_par(par)
    cles = Q(pk__in=tenues.values("user")) | Q(pk__in=proposees.values("user"))
    return get_user_model().objects.filter(cles)


def personnes_atteignables(par):
    """The same, and the porteurs of the deposited dossiers that one is responsable of: by the address they gave."""
    dossiers = Dossier.objects.visibles_par(par, Role.RESPONSABLE).order_by()
    membres = Membre.objects.filter(dossier__in=dossiers)
    demandes = DemandeSurCompte.objects.visibles_par(par)
    cles = (
        Q(pk__in=personnes_de(par).order_by().values("pk"))
        | Q(pk__in=membres.order_by().values("user"))
        | Q(pk__in=demandes.order_by().values("user"))
    )
    return get_user_model().objects.filter(cles)
