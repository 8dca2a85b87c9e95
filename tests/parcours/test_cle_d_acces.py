"""An access key in the browser: set up, then the only thing shown at the next sign-in; a key that fails is told."""

import pytest
from playwright.sync_api import expect

from manufactures.procedure import Role
from tests.factories.comptes import MOT_DE_PASSE, UserFactory

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur, pytest.mark.long]
CLE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_an_agent_sets_a_key_up_and_enters_with_it_alone(asseoir, constat, settings, transactional_db):
    settings.MFA_AGENTS = "obligatoire"
    agent = UserFactory(role=Role.INSTRUCTEUR)
    agent.emailaddress_set.create(email=agent.email, verified=True, primary=True)
    ici = asseoir(agent)
    canal = ici.page.context.new_cdp_session(ici.page)
    canal.send("WebAuthn.enable")
    cle = canal.send("WebAuthn.addVirtualAuthenticator", {"options": CLE})["authenticatorId"]

    ici.aller("/accueil/").lit("Second facteur", "obligatoire pour les agents").suivre("Ajouter une clé")
    ici.envoyer("main form button[type=submit]", password=MOT_DE_PASSE)
    ici.page.get_by_text("Me connecter avec cette clé seule").click()
    with ici.page.expect_navigation():
        ici.page.locator("#mfa_webauthn_add").click()
    ici.lit("Mes codes de secours", "La clé est en place")
    ici.aller("/accueil/")
    assert ici.page.url.endswith("/accueil/")

    ici.aller("/compte/logout/").envoyer("main form button[type=submit]")
    ici.aller("/compte/login/")
    canal.send("WebAuthn.setUserVerified", {"authenticatorId": cle, "isUserVerified": False})
    ici.page.locator("#passkey_login").click()
    expect(ici.page.locator("[data-mp-cle-erreur]")).to_contain_text("La clé n'a pas répondu")
    canal.send("WebAuthn.setUserVerified", {"authenticatorId": cle, "isUserVerified": True})
    with ici.page.expect_navigation(url="**/accueil/"):
        ici.page.locator("#passkey_login").click()
    constat.conclure()
