"""Sign-in rules of our own, on top of allauth; and the one reading of the person that each request makes."""

import json
from datetime import datetime
from functools import cache

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject

from manufactures import horloge
from manufactures.registres import attaches


class Adaptateur(DefaultAccountAdapter):
    """Links in mails come from SITE_URL, never from the Host header."""

    def get_email_confirmation_url(self, request, emailconfirmation):
        """The confirmation page, under our own address."""
        chemin = super().get_email_confirmation_url(None, emailconfirmation)
        return chemin if chemin.startswith("http") else settings.SITE_URL + chemin


def _instant(texte: str | None) -> datetime | None:
    return datetime.fromisoformat(texte) if texte else None


PERSONNE = 0  # no account has this key: its place in the compiled statement is that of the one asked for


@cache
def _lecture() -> tuple[str, list]:
    """The statement of `Connexion.get_user` and its parameters, compiled once: every signed-in page runs it."""
    habilitations = JSONObject(
        **{champ: F(f"habilitations__{champ}") for champ in ("role", "appel", "du", "au")}
    )
    lus = get_user_model().objects.annotate(
        lues=JSONBAgg(habilitations, filter=Q(habilitations__isnull=False)),
        second_facteur=Exists(Authenticator.objects.filter(user=OuterRef("pk"))),
        instant=horloge.Horloge(),
        **{f"tient_{role}": Exists(lignes(OuterRef("pk"))) for role, lignes in attaches().items()},
    )
    sql, parametres = lus.filter(pk=PERSONNE).order_by().query.sql_with_params()
    return sql, list(parametres)


class Connexion(AuthenticationBackend):
    """A signed-in request reads its person, what ties them to roles and the clock in one query."""

    def get_user(self, user_id):
        """The person of the session, or None once the account is closed."""
        sql, parametres = _lecture()
        lus = get_user_model().objects.raw(sql, [user_id if p is PERSONNE else p for p in parametres])
        user = next(iter(lus), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        horloge.noter(user.instant)
        user._second_facteur = user.second_facteur
        user._habilitations = [
            (ligne["role"], ligne["appel"], _instant(ligne["du"]), _instant(ligne["au"]))
            for ligne in json.loads(user.lues or "[]")
        ]
        tenus = {role for role in attaches() if getattr(user, f"tient_{role}")}
        user._attaches = frozenset(tenus | user.roles)
        return user
