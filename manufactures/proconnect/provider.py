"""What we ask ProConnect for, and what an account keeps of its answer."""

import json

from allauth.account.models import EmailAddress
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
    OpenIDConnectProviderAccount,
)
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import get_random_string
from requests import RequestException

from manufactures.proconnect.views import ProConnectAdapter

LONGUEUR_DU_NONCE = 43  # 32 at least, says ProConnect


class ProConnectProvider(OpenIDConnectProvider):
    """One issuer, one client, from the environment."""

    id = "proconnect"
    name = "ProConnect"
    account_class = OpenIDConnectProviderAccount
    oauth2_adapter_class = ProConnectAdapter
    supports_token_authentication = False

    @classmethod
    def get_package(cls):
        """Where its views and addresses are."""
        return "manufactures.proconnect"

    def get_login_url(self, request, **kwargs):
        """One address: there is one ProConnect."""
        return reverse("proconnect_login")

    def get_callback_url(self):
        """Declared to ProConnect, to the letter."""
        return settings.SITE_URL + reverse("proconnect_callback")

    def get_oauth2_adapter(self, request):
        """The adapter reads the provider's own addresses."""
        return self.oauth2_adapter_class(request, self.id)

    def get_scope_from_request(self, request):
        """Never what a link asks for."""
        return ["openid", "given_name", "usual_name", "email", "siret"]

    def get_auth_params_from_request(self, request, action):
        """Level of assurance, and how the person proved who they are: told only where it is asked."""
        claims = {"id_token": {"amr": {"essential": True}, "acr": {"essential": True}}}
        return {"acr_values": settings.PROCONNECT_ACR_VALUES, "claims": json.dumps(claims)}

    def redirect(self, request, process, next_url=None, data=None, **kwargs):
        """A nonce ties the answer to this sign-in: it goes out in the address and stays in the state."""
        nonce = get_random_string(LONGUEUR_DU_NONCE)
        kwargs["auth_params"] = (kwargs.get("auth_params") or {}) | {"nonce": nonce}
        try:
            return super().redirect(request, process, next_url, data, nonce=nonce, **kwargs)
        except (OAuth2Error, RequestException) as panne:
            return render_authentication_error(request, self, exception=panne)

    def extract_uid(self, data):
        """Stable for us, of no use to anybody else."""
        return data["userinfo"]["sub"]

    def extract_common_fields(self, data):
        """Names as `populate_user` reads them."""
        dites = data["userinfo"]
        return {
            "email": dites["email"],
            "first_name": dites.get("given_name", ""),
            "last_name": dites.get("usual_name", ""),
        }

    def extract_email_addresses(self, data):
        """The administration's own provider answers for its domain."""
        return [EmailAddress(email=data["userinfo"]["email"].lower(), verified=True, primary=True)]

    def extract_extra_data(self, data):
        """No more than what is read again: whose establishment, by which proof."""
        return {"siret": data["userinfo"]["siret"], "amr": data["id_token"].get("amr", [])}


provider_classes = [ProConnectProvider]
