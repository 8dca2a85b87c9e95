"""Sign-in rules of our own, on top of allauth; and the one reading of the person that each request makes."""

from datetime import datetime

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject

from manufactures import enonces, horloge
from manufactures.registres import attaches


class Adaptateur(DefaultAccountAdapter):
    """Links in mails come from SITE_URL, never from the Host header."""

    def get_email_confirmation_url(self, request, emailconfirmation):
        """The confirmation page, under our own address."""
        chemin = super().get_email_confirmation_url(None, emailconfirmation)
        return chemin if chemin.startswith("http") else settings.SITE_URL + chemin


def _instant(texte: str | None) -> datetime | None:
    return datetime.fromisoformat(texte) if texte else None


def _personne(cle: int):
    """The account of this key, with what ties it to roles and the clock."""
    habilitations = JSONObject(
        **{champ: F(f"habilitations__{champ}") for champ in ("role", "appel", "du", "au")}
    )
    lus = get_user_model().objects.annotate(
        lues=JSONBAgg(habilitations, filter=Q(habilitations__isnull=False)),
        second_facteur=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
        instant=horloge.Horloge(),
        **{f"tient_{role}": Exists(lignes(OuterRef("pk"))) for role, lignes in attaches().items()},
    )
    return lus.filter(pk=cle).order_by()


class Connexion(AuthenticationBackend):
    """A signed-in request reads its person, what ties them to roles and the clock in one query."""

    def get_user(self, user_id):
        """The person of the session, or None once the account is closed."""
        user = next(iter(enonces.lire(_personne, cle=user_id)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        horloge.noter(user.instant)
        user._second_facteur = user.second_facteur
        user._habilitations = [
            (ligne["role"], ligne["appel"], _instant(ligne["du"]), _instant(ligne["au"]))
            for ligne in user.lues or []
        ]
        tenus = {role for role in attaches() if getattr(user, f"tient_{role}")}
        user._attaches = frozenset(tenus | user.roles)
        return user
