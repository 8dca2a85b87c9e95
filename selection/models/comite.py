"""Who sits: colleges, and members with their term of office."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from manufactures import horloge
from manufactures.procedure import Role

ROLES_DE_LA_MAISON = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.MEMBRE, Role.PRESIDENT, Role.AUDITEUR)


class CollegeQuerySet(models.QuerySet):
    """Colleges of the committee."""

    def visibles_par(self, user):
        """Known inside the house, as its members are."""
        return self.all() if user.is_active and user.a_le_role(*ROLES_DE_LA_MAISON) else self.none()


class College(models.Model):
    """A category of members: agency, ministry, chambers, networks, qualified persons (press kit p. 12)."""

    appel = models.ForeignKey(
        "programme.Appel", on_delete=models.PROTECT, related_name="colleges", verbose_name="appel"
    )
    code = models.SlugField("code", max_length=40)
    libelle = models.CharField("libellé", max_length=120)

    objects = CollegeQuerySet.as_manager()

    class Meta:
        verbose_name = "collège"
        ordering = ["appel", "libelle"]
        constraints = [models.UniqueConstraint(fields=["appel", "code"], name="college_code_unique")]

    def __str__(self):
        return self.libelle


class MembreQuerySet(models.QuerySet):
    """Members, past and present."""

    def en_exercice(self):
        """Those whose term runs today."""
        jour = horloge.aujourd_hui()
        return self.filter(Q(au=None) | Q(au__gt=jour), du__lte=jour)

    def de_l_appel(self, appel):
        """Those of the committee of this call."""
        return self.filter(college__appel=appel)

    def visibles_par(self, user):
        """The committee's composition is public inside the house; a porteur learns it by the minutes alone."""
        return self.all() if user.is_active and user.a_le_role(*ROLES_DE_LA_MAISON) else self.none()


class Membre(models.Model):
    """A seat held by a person for a time. A qualified person is chosen in person and has no substitute (R133-3)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sieges", verbose_name="personne"
    )
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, related_name="membres", verbose_name="collège"
    )
    qualite = models.CharField("qualité", max_length=120, blank=True)
    suppleable = models.BooleanField("peut être suppléé", default=True)
    preside = models.BooleanField("préside le comité", default=False)
    du = models.DateField("depuis le", default=horloge.aujourd_hui)
    au = models.DateField("jusqu'au", null=True, blank=True)

    objects = MembreQuerySet.as_manager()

    class Meta:
        verbose_name = "membre du comité"
        verbose_name_plural = "membres du comité"
        ordering = ["college", "user__nom", "user__prenom"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "college"], condition=Q(au=None), name="membre_siege_unique"
            ),
            models.CheckConstraint(
                condition=Q(au=None) | Q(au__gt=models.F("du")), name="membre_mandat_dans_l_ordre"
            ),
        ]

    def __str__(self):
        return self.user.nom_complet

    @property
    def qualite_imprimee(self) -> str:
        """Capacity printed on the acts: the seat's, else the person's."""
        return self.qualite or self.user.qualite
