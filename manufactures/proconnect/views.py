"""The two addresses of ProConnect: leaving for it, coming back from it."""

import secrets
from urllib.parse import urlencode

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import Http404
from django.urls import reverse

from manufactures.comptes import sessions
from manufactures.proconnect.jetons import RefusProConnect, lire

SECOND_FACTEUR = {"mfa", "totp", "pop"}  # values of `amr` that are worth one
UNE_HEURE = 3600
SANS_SIRET = (
    "ProConnect n'a pas transmis le SIRET de votre établissement. Choisissez-le chez votre fournisseur d'identité, "
    "ou connectez-vous par courriel."
)


class ProConnectAdapter(OpenIDConnectOAuth2Adapter):
    """Signed answers only: issuer, addressee, expiry, nonce, the same person in both."""

    basic_auth = False

    @property
    def openid_config(self):
        """What the issuer publishes, read once an hour; it must be the issuer we were given."""
        emetteur = self.get_provider().app.settings["server_url"]
        config = cache.get_or_set(
            f"proconnect:{emetteur}", lambda: OpenIDConnectOAuth2Adapter.openid_config.fget(self), UNE_HEURE
        )
        if config["issuer"] != emetteur:
            raise RefusProConnect("l'adresse de découverte annonce un autre émetteur")
        return config

    def get_callback_url(self, request, app):
        """From SITE_URL, never from the Host header."""
        return self.get_provider().get_callback_url()

    def complete_login(self, request, app, token, **kwargs):
        """Both answers read and compared. Raises RefusProConnect."""
        attendu = request.etat_proconnect
        id_token = kwargs["response"].get("id_token", "")
        identite = self._lire(app, id_token, exigees=("exp", "iat", "nonce"))
        if not secrets.compare_digest(str(identite["nonce"]), str(attendu.get("nonce"))):
            raise RefusProConnect("nonce d'une autre connexion")
        dites = self._lire(app, self._infos(token.token), exigees=())
        if dites["sub"] != identite["sub"]:
            raise RefusProConnect("deux personnes dans la même réponse")
        if not dites.get("email"):
            raise RefusProConnect("sans adresse de courriel")
        if not str(dites.get("siret") or "").strip():
            raise RefusProConnect("sans SIRET", SANS_SIRET)
        sessions.noter_fournisseur(
            request,
            fort=bool(SECOND_FACTEUR & set(identite.get("amr") or ())),
            jeton=id_token,
            sortie=self.openid_config.get("end_session_endpoint", ""),
        )
        return self.get_provider().sociallogin_from_response(
            request, {"id_token": identite, "userinfo": dites}
        )

    def _lire(self, app, jeton: str, *, exigees) -> dict:
        """With the published keys; read anew once where the token names one that we do not know."""
        adresse = self.openid_config["jwks_uri"]
        cle_du_cache = f"proconnect:cles:{adresse}"
        cles = cache.get(cle_du_cache)
        if cles is None or not self._connue(jeton, cles):
            with get_adapter().get_requests_session() as canal:
                reponse = canal.get(adresse)
                reponse.raise_for_status()
                cles = reponse.json()["keys"]
            cache.set(cle_du_cache, cles, UNE_HEURE)
        return lire(
            jeton, cles, emetteur=self.openid_config["issuer"], client=app.client_id, exigees=tuple(exigees)
        )

    @staticmethod
    def _connue(jeton: str, cles: list[dict]) -> bool:
        try:
            return jwt.get_unverified_header(jeton).get("kid") in {cle.get("kid") for cle in cles}
        except jwt.PyJWTError:
            return True  # `lire` says what is wrong with it

    def _infos(self, acces: str) -> str:
        with get_adapter().get_requests_session() as canal:
            reponse = canal.get(self.profile_url, headers={"Authorization": f"Bearer {acces}"})
            reponse.raise_for_status()
        if not reponse.headers.get("content-type", "").startswith("application/jwt"):
            raise RefusProConnect("userinfo n'est pas signé")
        return reponse.text.strip()


class RetourView(OAuth2CallbackView):
    """The state found in the session is what the answer is compared with; it serves once."""

    def _get_state(self, request, provider):
        etat, reponse = super()._get_state(request, provider)
        request.etat_proconnect = etat or {}
        return etat, reponse


def _ou_404(vue):
    """Without ProConnect in the environment, these addresses do not exist."""

    @login_not_required
    def repondre(request):
        try:
            return vue.adapter_view(ProConnectAdapter(request, "proconnect"))(request)
        except SocialApp.DoesNotExist:
            raise Http404 from None

    return repondre


oauth2_login = _ou_404(OAuth2LoginView)
oauth2_callback = _ou_404(RetourView)


def adresse_de_sortie(request) -> str:
    """Where a sign-out goes on, for whoever came by ProConnect; empty otherwise."""
    fournisseur = request.session.get(sessions.FOURNISSEUR) or {}
    if not fournisseur.get("sortie"):
        return ""
    suite = {
        "id_token_hint": fournisseur["jeton"],
        "state": secrets.token_urlsafe(32),
        "post_logout_redirect_uri": settings.SITE_URL + reverse("account_login"),
    }
    return f"{fournisseur['sortie']}?{urlencode(suite)}"
