"""Who holds which role, and who may sign in the authority's name."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from manufactures import horloge
from manufactures.procedure import Role
from manufactures.programme.models.appel import Appel

ROLES_DONNES = [
    Role.INSTRUCTEUR,
    Role.RESPONSABLE,
    Role.MEMBRE,
    Role.PRESIDENT,
    Role.EXPERT,
    Role.AUDITEUR,
    Role.ADMINISTRATEUR,
]


class HabilitationQuerySet(models.QuerySet):
    """Roles given."""

    def tenues(self, appels, *roles: Role):
        """Those of `roles` in force now on one of these calls (their keys), or on all calls."""
        instant = horloge.maintenant()
        return self.filter(
            Q(appel=None) | Q(appel__in=appels),
            Q(au=None) | Q(au__gt=instant),
            role__in=roles,
            du__lte=instant,
        )


class Habilitation(models.Model):
    """A role given to a person, on one call or on all, between two dates."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="habilitations",
        verbose_name="personne",
    )
    role = models.CharField("rôle", max_length=14, choices=[(r.value, r.label) for r in ROLES_DONNES])
    appel = models.ForeignKey(
        "programme.Appel", on_delete=models.PROTECT, null=True, blank=True, verbose_name="appel"
    )
    du = models.DateTimeField("du", default=horloge.maintenant)
    au = models.DateTimeField("au", null=True, blank=True)

    objects = HabilitationQuerySet.as_manager()

    class Meta:
        verbose_name = "habilitation"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "appel"],
                nulls_distinct=False,
                condition=Q(au=None),
                name="habilitation_unique",
            ),
        ]
        indexes = [models.Index(fields=["role"], name="habilitation_role")]

    def __str__(self):
        return f"{self.get_role_display()} : {self.user}"


def appels_de(user, *roles: Role) -> list[int] | models.QuerySet:
    """The calls on which `user` holds one of `roles` now, for an `__in`: their keys, or all calls."""
    tenus = {appel for role, appel in user.tenues if role in roles}
    return Appel.objects.values("pk") if None in tenus else sorted(tenus)


def habilites(appel_id: int, *roles: Role) -> models.QuerySet:
    """Active people who hold one of `roles` on this call now."""
    tenues = Habilitation.objects.tenues([appel_id], *roles)
    return get_user_model().objects.filter(is_active=True, pk__in=tenues.values("user"))


def est_habilite(user, appel_id: int, *roles: Role) -> bool:
    """`user` holds one of `roles` on this call now."""
    return any(role in roles and appel in (None, appel_id) for role, appel in user.tenues)


class Delegation(models.Model):
    """A delegation of signature: who signs in the authority's name, for which kinds of act, between two dates."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="delegations",
        verbose_name="délégataire",
    )
    appel = models.ForeignKey("programme.Appel", on_delete=models.PROTECT, related_name="delegations")
    reference = models.CharField("référence", max_length=80)
    publiee_le = models.DateField("publiée le")
    du = models.DateTimeField("du")
    au = models.DateTimeField("au", null=True, blank=True)
    genres = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text="Vide : tous les actes."
    )

    class Meta:
        verbose_name = "délégation de signature"
        verbose_name_plural = "délégations de signature"

    def __str__(self):
        return f"{self.reference}, {self.user}"

    @classmethod
    def en_vigueur(cls, user, appel, instant: datetime, genre: str) -> "Delegation | None":
        """The delegation that lets `user` sign an act of this kind at this instant, or None."""
        lignes = cls.objects.filter(
            Q(au=None) | Q(au__gt=instant),
            Q(genres=[]) | Q(genres__contains=[genre]),
            user=user,
            appel=appel,
            du__lte=instant,
        )
        return lignes.order_by("-du").first()
