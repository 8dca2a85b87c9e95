"""A person, and the answers already given to consequential posts."""

from copy import copy

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from manufactures import horloge
from manufactures.procedure import Role


class UserManager(BaseUserManager):
    """Accounts are made from an e-mail; the address is kept in lower case."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **champs) -> "User":
        """A new account. Raises ValueError without an e-mail."""
        if not email:
            raise ValueError("Une adresse de courriel est nécessaire.")
        user = self.model(email=email.strip().lower(), **champs)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **champs) -> "User":
        """A technical administrator: runs the machine, reads no dossier and no ballot."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **champs)

    def get_by_natural_key(self, email):
        """Sign-in ignores the case of the address."""
        return self.get(email=email.strip().lower())


class Civilite(models.TextChoices):
    """How a letter greets a person."""

    MADAME = "Madame", "Madame"
    MONSIEUR = "Monsieur", "Monsieur"


def en_entier(prenom: str, nom: str, email: str) -> str:
    """First name and name, or the address where neither is known."""
    return f"{prenom} {nom}".strip() or email


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Their roles are rows: habilitations (programme), memberships (candidatures), missions."""

    email = models.EmailField("adresse de courriel", unique=True)
    civilite = models.CharField("civilité", max_length=10, choices=Civilite, blank=True)
    prenom = models.CharField("prénom", max_length=80, blank=True)
    nom = models.CharField("nom", max_length=80, blank=True)
    qualite = models.CharField(
        "qualité", max_length=120, blank=True, help_text="Fonction imprimée sur les documents."
    )
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    organisation = models.CharField("organisation", max_length=160, blank=True)
    is_active = models.BooleanField("compte actif", default=True)
    is_staff = models.BooleanField("administration technique", default=False)
    cree_le = models.DateTimeField("créé le", db_default=horloge.Horloge())  # Django's checks build a User
    visite_precedente_le = models.DateTimeField("visite précédente", null=True, blank=True)
    visite_le = models.DateTimeField("visite en cours", null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    _tenues: tuple = ()  # the instant, the rows, what they give

    class Meta:
        verbose_name = "personne"
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="personne_courriel_en_minuscules"),
        ]
        ordering = ["nom", "prenom", "pk"]

    def __str__(self):
        return self.nom_complet

    @property
    def nom_complet(self) -> str:
        """First name and name, or the address where neither is known."""
        return en_entier(self.prenom, self.nom, self.email)

    def get_full_name(self) -> str:
        """Django's name for `nom_complet`."""
        return self.nom_complet

    def get_short_name(self) -> str:
        """First name, or the address."""
        return self.prenom or self.email

    @property
    def tenues(self) -> list[tuple[Role, int | None]]:
        """Habilitations in force: the role, and its call (None: all calls). Their rows are read once per request."""
        if not hasattr(self, "_habilitations"):
            self._habilitations = list(self.habilitations.values_list("role", "appel", "du", "au"))
        instant, lues = horloge.maintenant(), self._habilitations
        if self._tenues[:2] != (instant, lues):
            tenues = [
                (Role(role), appel)
                for role, appel, du, au in lues
                if du <= instant and (au is None or au > instant)
            ]
            self._tenues = (instant, lues, tenues)
        return self._tenues[2]

    @property
    def portrait(self) -> tuple:
        """What of a person changes the shape of a reading: whether they are active, the roles they hold or may hold."""
        return self.is_active, frozenset(self.tenues), getattr(self, "_attaches", None)

    def attendue(self, cle: int, instant) -> "User":
        """Somebody of another key who holds the same roles at `instant`: stands for this person in a statement."""
        tenues, personne = self.tenues, copy(self)
        personne.pk, personne._tenues = cle, (instant, self._habilitations, tenues)
        return personne

    @property
    def roles(self) -> set[Role]:
        """Roles in force now: those of the habilitations, plus PORTEUR for whoever holds none."""
        roles = {role for role, _ in self.tenues} or {Role.PORTEUR}
        return roles | {Role.MEMBRE} if Role.PRESIDENT in roles else roles

    @property
    def a_un_second_facteur(self) -> bool:
        """One is set up; read once per request."""
        if not hasattr(self, "_second_facteur"):
            self._second_facteur = self.authenticator_set.exists()
        return self._second_facteur

    def peut_tenir(self, roles: frozenset[Role]) -> bool:
        """False only where this request has read that nothing ties the person to any of these roles."""
        lues = getattr(self, "_attaches", None)
        return lues is None or not roles or not roles.isdisjoint(lues)

    def relire_ses_attaches(self) -> None:
        """What ties the person to roles may change from here on: each look asks its rows again."""
        self._attaches = None

    def a_le_role(self, *roles: Role) -> bool:
        """One of these roles is in force."""
        return bool(self.roles & set(roles))


class RequeteUnique(models.Model):
    """A consequential post already answered: the same key gives the same answer, once and for all.

    The row goes in first, in the deed's own transaction: equal requests wait on the unique index, then replay.
    """

    cle = models.UUIDField("clé")
    user = models.ForeignKey(User, on_delete=models.CASCADE, verbose_name="personne")
    chemin = models.CharField("adresse", max_length=300)
    empreinte = models.CharField("empreinte de la demande", max_length=64)
    reponse = models.CharField("adresse de la réponse", max_length=500, blank=True)
    recue_le = models.DateTimeField("reçue le", default=horloge.maintenant)

    class Meta:
        verbose_name = "requête unique"
        verbose_name_plural = "requêtes uniques"
        constraints = [
            models.UniqueConstraint(fields=["user", "cle", "chemin"], name="requete_unique_par_cle"),
        ]
        indexes = [models.Index(fields=["recue_le"], name="requete_unique_recue_le")]

    def __str__(self):
        return str(self.cle)
