"""What each agent keeps of the desk: its columns, and lists under a name, one of which opens first."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint

from manufactures import horloge
from manufactures.registres import TransitionInterdite

VUES_AU_PLUS = 20
LONGUEUR_DU_NOM, LONGUEUR_DE_LA_DEMANDE = 60, 1000


class BureauQuerySet(models.QuerySet):
    """Nobody reads anybody else's."""

    def visibles_par(self, user):
        """One's own."""
        return self.filter(user=user) if user.is_active else self.none()


class Bureau(models.Model):
    """The desk of one person; without a row, the desk as it is proposed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="bureau", verbose_name="personne"
    )
    colonnes = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="colonnes")

    objects = BureauQuerySet.as_manager()

    class Meta:
        verbose_name = "bureau"
        verbose_name_plural = "bureaux"

    def __str__(self):
        return f"Bureau de {self.user}"

    @classmethod
    def de(cls, user) -> "Bureau":
        """This person's, opened at the first choice."""
        return cls.objects.get_or_create(user=user)[0]

    @classmethod
    def lire(cls, user) -> tuple[list[str], list["VueEnregistree"]]:
        """The columns chosen and the lists kept, in one query."""
        lignes = cls.objects.visibles_par(user).order_by("vues__nom")
        lues = list(
            lignes.values_list("colonnes", "vues__pk", "vues__nom", "vues__demande", "vues__par_defaut")
        )
        vues = [
            VueEnregistree(pk=cle, nom=nom, demande=demande, par_defaut=premiere)
            for _, cle, nom, demande, premiere in lues
            if cle is not None
        ]
        return (lues[0][0] if lues else []), vues

    def choisir(self, colonnes: tuple[str, ...]) -> None:
        """Show these columns from now on."""
        self.colonnes = list(colonnes)
        self.save(update_fields=["colonnes"])

    def garder(self, nom: str, demande: str, *, par_defaut: bool) -> "VueEnregistree":
        """Keep this list under this name; the same name replaces it. Raises TransitionInterdite past the limit."""
        with transaction.atomic():
            Bureau.objects.select_for_update().get(pk=self.pk)
            autres = self.vues.exclude(nom__iexact=nom)
            if autres.count() >= VUES_AU_PLUS:
                raise TransitionInterdite(f"Vous gardez déjà {VUES_AU_PLUS} vues : retirez-en une d'abord.")
            if par_defaut:
                self.vues.update(par_defaut=False)
            champs = {"nom": nom, "demande": demande, "par_defaut": par_defaut}
            return self.vues.update_or_create(nom__iexact=nom, defaults=champs, create_defaults=champs)[0]


class VueEnregistreeQuerySet(models.QuerySet):
    """Nobody reads anybody else's."""

    def visibles_par(self, user):
        """One's own."""
        return self.filter(bureau__user=user) if user.is_active else self.none()


class VueEnregistree(models.Model):
    """A list under a name: filters and order, as the address says them."""

    bureau = models.ForeignKey(Bureau, models.CASCADE, related_name="vues", verbose_name="bureau")
    nom = models.CharField("nom de la vue", max_length=LONGUEUR_DU_NOM)
    demande = models.CharField("filtres et tri", max_length=LONGUEUR_DE_LA_DEMANDE, blank=True)
    par_defaut = models.BooleanField("s'ouvre en premier", default=False)
    creee_le = models.DateTimeField("enregistrée le", default=horloge.maintenant)

    objects = VueEnregistreeQuerySet.as_manager()

    class Meta:
        verbose_name = "vue enregistrée"
        verbose_name_plural = "vues enregistrées"
        ordering = ["nom"]
        constraints = [
            UniqueConstraint(fields=["bureau", "nom"], name="vue_un_nom"),
            UniqueConstraint(fields=["bureau"], condition=Q(par_defaut=True), name="vue_une_par_defaut"),
            CheckConstraint(condition=~Q(nom=""), name="vue_nommee"),
        ]

    def __str__(self):
        return self.nom

    def ouvrir_en_premier(self, *, oui: bool) -> None:
        """The desk opens on it, or on everything again."""
        with transaction.atomic():
            Bureau.objects.select_for_update().get(pk=self.bureau_id)
            VueEnregistree.objects.filter(bureau=self.bureau_id).update(par_defaut=False)
            self.par_defaut = oui
            self.save(update_fields=["par_defaut"])
