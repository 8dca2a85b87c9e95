"""Who sits: colleges with their seats, and members with their term of office."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.text import slugify

from manufactures import horloge
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from selection.models.base import exiger
from selection.models.sieges import Siege, exiger_responsable

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
    sieges = models.PositiveSmallIntegerField(
        "sièges",
        null=True,
        blank=True,
        help_text="Vide tant que le règlement intérieur n'en fixe pas le nombre.",
    )
    suppleable = models.BooleanField("ses membres peuvent être suppléés", default=True)

    objects = CollegeQuerySet.as_manager()

    class Meta:
        verbose_name = "collège"
        ordering = ["appel", "libelle"]
        constraints = [
            models.UniqueConstraint(fields=["appel", "code"], name="college_code_unique"),
            models.CheckConstraint(
                condition=Q(sieges=None) | Q(sieges__gte=1), name="college_sieges_au_moins_un"
            ),
        ]

    def __str__(self):
        return self.libelle

    def obstacles(self) -> dict[str, str]:
        """Field -> what keeps this college from being so; empty where nothing does."""
        autres = College.objects.filter(appel=self.appel_id).exclude(pk=self.pk)
        if autres.filter(
            Q(libelle__iexact=self.libelle) | Q(code=self.code or slugify(self.libelle)[:40])
        ).exists():
            return {"libelle": "Ce comité a déjà un collège de ce nom."}
        if self.pk and self.sieges is not None:
            pris = self.membres.en_exercice().titulaires().count()
            if pris > self.sieges:
                return {"sieges": f"{pris} titulaires siègent dans ce collège : finissez d'abord un mandat."}
        return {}

    def regler(self, *, par, **champs) -> None:
        """Create this college, or change its name and its seats."""
        with transaction.atomic():
            appel = (
                type(self.appel).objects.select_for_update(of=("self",), no_key=True).get(pk=self.appel_id)
            )
            exiger_responsable(appel, par)
            for nom, valeur in champs.items():
                setattr(self, nom, valeur)
            for phrase in self.obstacles().values():
                exiger(False, phrase)
            self.code = self.code or slugify(self.libelle)[:40]
            self.save()
            consigner(
                f"appel/{appel.slug}", "regler_college", par=par, college=self.code, libelle=self.libelle,
                sieges=self.sieges, suppleable=self.suppleable,
            )  # fmt: skip


class MembreQuerySet(models.QuerySet):
    """Members, past and present."""

    def en_exercice(self):
        """Those whose term runs today."""
        jour = horloge.aujourd_hui()
        return self.filter(Q(au=None) | Q(au__gt=jour), du__lte=jour)

    def titulaires(self):
        """Those who compose the committee, their substitutes left out."""
        return self.filter(suppleant_de=None)

    def de_l_appel(self, appel):
        """Those of the committee of this call."""
        return self.filter(college__appel=appel)

    def visibles_par(self, user):
        """The committee's composition is public inside the house; a porteur learns it by the minutes alone."""
        return self.all() if user.is_active and user.a_le_role(*ROLES_DE_LA_MAISON) else self.none()


class Membre(Siege, models.Model):
    """A seat held by a person for a time, or their substitute's; a qualified person has none (R133-3)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sieges", verbose_name="personne"
    )
    college = models.ForeignKey(
        College, on_delete=models.PROTECT, related_name="membres", verbose_name="collège"
    )
    qualite = models.CharField("qualité", max_length=120, blank=True)
    suppleable = models.BooleanField("peut être suppléé", default=True)
    suppleant_de = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suppleants",
        verbose_name="suppléant de",
    )
    preside = models.BooleanField("préside le comité", default=False)
    vice_preside = models.BooleanField("vice-préside le comité", default=False)
    siret = models.CharField(
        "SIRET de son organisme", max_length=14, blank=True, help_text="Comparé à ceux des dossiers."
    )
    commune = models.ForeignKey(
        "programme.Commune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="commune de son mandat électif",
    )
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
            models.UniqueConstraint(
                fields=["suppleant_de"], condition=Q(au=None), name="membre_un_suppleant_par_siege"
            ),
            models.CheckConstraint(
                condition=Q(preside=False) | Q(vice_preside=False), name="membre_une_presidence"
            ),
            models.CheckConstraint(
                condition=Q(suppleant_de=None)
                | Q(preside=False, vice_preside=False) & ~Q(suppleant_de=F("id")),
                name="membre_suppleant_sans_presidence",
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^[0-9]{14}$"), name="membre_siret"
            ),
        ]

    def __str__(self):
        return self.user.nom_complet

    @property
    def qualite_imprimee(self) -> str:
        """Capacity printed on the acts: the seat's, else the person's."""
        return self.qualite or self.user.qualite
