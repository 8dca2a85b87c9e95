"""Sign-in rules of our own, on top of allauth; and the one reading of the person that each request makes."""

import base64
import hashlib
from datetime import datetime

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import JSONBAgg
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject

from manufactures import enonces, horloge
from manufactures.comptes import sessions
from manufactures.registres import attaches

# What each limit on wrong passwords says. Both count what was typed, whether an account bears that address or not.
TROP_D_ESSAIS = {
    "adresse": "Trop d'essais depuis votre connexion à internet. Attendez une minute, ou recevez un code par courriel.",
    "compte": "Trop d'essais pour cette adresse. Recevez un code par courriel, ou attendez cinq minutes.",
}
ETAPE_D_ALLAUTH = "allauth.mfa.stages.AuthenticateStage"
ETAPE = "manufactures.comptes.connexion.EtapeDuSecondFacteur"


class Adaptateur(DefaultAccountAdapter):
    """Links in mails come from SITE_URL, sessions last as long as the role says, wrong passwords are counted twice."""

    def get_email_confirmation_url(self, request, emailconfirmation):
        """The confirmation page, under our own address."""
        return self._chez_nous(super().get_email_confirmation_url(None, emailconfirmation))

    def get_reset_password_from_key_url(self, key):
        """The page of a new password, under our own address."""
        return self._chez_nous(super().get_reset_password_from_key_url(key))

    @staticmethod
    def _chez_nous(adresse: str) -> str:
        chemin = adresse if adresse.startswith("/") else "/" + adresse.split("/", 3)[-1]
        return settings.SITE_URL + chemin

    def render_mail(self, template_prefix, email, context, headers=None):
        """Mails name our own address, whatever the browser asked for."""
        return super().render_mail(template_prefix, email, context | {"site_url": settings.SITE_URL}, headers)

    def login(self, request, user):
        """A new session key (Django's), and its end by the role."""
        super().login(request, user)
        sessions.ouvrir(request.session, user, fort=sessions.vient_d_un_fournisseur_fort(request))

    def get_login_stages(self):
        """allauth's, the second factor asked unless the identity provider has just asked for one."""
        return [ETAPE if etape == ETAPE_D_ALLAUTH else etape for etape in super().get_login_stages()]

    def set_password(self, user, password):
        """Whoever had the old password is out: the other sessions end."""
        super().set_password(user, password)
        sessions.fermer_les_autres(user, sauf=self.request.session.session_key if self.request else None)

    def pre_authenticate(self, request, **credentials):
        """Two limits, told apart: tries from one network, tries on one e-mail. Neither closes the other ways in.

        Raises ValidationError with the sentence of the limit that is reached.
        """
        cle = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = ratelimit.RateLimitUsage(usage=[])
        for limite, debit in settings.LIMITES_D_ESSAIS.items():
            compte = ratelimit.consume(
                request,
                app="allauth.account",
                action="login_failed",
                config={"login_failed": debit},
                key=cle,
            )
            if compte is None:
                self.freiner(request, limite, cle)
                raise ValidationError(TROP_D_ESSAIS[limite], code="too_many_login_attempts")
            self._login_failed_rl_usage.usage += compte.usage

    def freiner(self, request, limite: str, cle: str) -> None:
        """Called at each try that a limit refuses; who keeps the record says so there."""


class EtapeDuSecondFacteur(AuthenticateStage):
    """allauth's, but for whoever has just proved it elsewhere."""

    def _should_handle(self, request):
        return not sessions.vient_d_un_fournisseur_fort(request) and super()._should_handle(request)


class SecondFacteur(DefaultMFAAdapter):
    """Secrets of second factors are encrypted in the database: a copy of it opens no account."""

    MARQUE = "c1:"

    @staticmethod
    def _chiffre() -> MultiFernet:
        cles = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        condenses = [hashlib.sha256(b"second facteur\0" + cle.encode()).digest() for cle in cles]
        return MultiFernet([Fernet(base64.urlsafe_b64encode(condense)) for condense in condenses])

    def encrypt(self, text):
        """Under a key drawn from SECRET_KEY."""
        return self.MARQUE + self._chiffre().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Those written before are read as they are."""
        if not encrypted_text.startswith(self.MARQUE):
            return encrypted_text
        return self._chiffre().decrypt(encrypted_text.removeprefix(self.MARQUE).encode()).decode()

    def get_public_key_credential_rp_entity(self):
        """A passkey names the service, not the machine."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}


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
