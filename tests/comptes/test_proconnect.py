"""ProConnect against a provider that really answers: what is believed, and what is not."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from structlog.testing import capture_logs

from manufactures.comptes.models import User
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from tests.factories.comptes import UserFactory
from tests.outils.fournisseur import CLIENT, SECRET, Fournisseur

ALLER, RETOUR = "/compte/proconnect/login/", "/compte/proconnect/login/callback/"


@pytest.fixture
def fournisseur(settings):
    """The provider, named by the settings as the environment would; a second factor is compulsory here."""
    settings.MFA_AGENTS = "obligatoire"
    lance = Fournisseur()
    application = {
        "provider_id": "proconnect",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": lance.emetteur, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "proconnect": {"APPS": [application], "VERIFIED_EMAIL": True, "EMAIL_AUTHENTICATION": True}
    }
    yield lance
    lance.arreter()


@pytest.fixture
def revenir(client, fournisseur):
    """Leave for the provider and come back, the query of the way back bent by `tordre`."""

    def aller_et_retour(tordre=lambda retour: retour):
        depart = client.post(ALLER)
        assert depart.url.startswith(fournisseur.emetteur + "/authorize?"), depart.url
        parties = urlsplit(tordre(fournisseur.autoriser(depart.url)))
        assert parties.path == RETOUR
        return client.get(f"{RETOUR}?{parties.query}")

    return aller_et_retour


def refuse(client, reponse) -> str:
    """401, nobody signed in, nobody created; the page's words."""
    assert reponse.status_code == 401
    assert client.get("/accueil/").url.startswith("/compte/login/")
    assert not User.objects.exists() and not SocialAccount.objects.exists()
    assert Entree.objects.get(fil="securite/connexions").action == "refuser_proconnect"
    return reponse.content.decode().replace("&#x27;", "'").replace("\xa0", " ")


def test_what_is_asked_of_proconnect(client, fournisseur):
    demande = {
        nom: valeurs[0]
        for nom, valeurs in parse_qs(urlsplit(client.post(ALLER + "?scope=tout").url).query).items()
    }

    assert set(demande["scope"].split()) == {"openid", "given_name", "usual_name", "email", "siret"}
    assert demande["redirect_uri"] == "http://127.0.0.1:8000" + RETOUR
    assert demande["acr_values"] == "eidas1" and '"amr": {"essential": true}' in demande["claims"]
    assert len(demande["state"]) >= 32 and len(demande["nonce"]) >= 32
    assert demande["code_challenge_method"] == "S256"


def test_a_newcomer_gets_an_account(client, revenir):
    assert revenir().url == "/accueil/"
    assert client.get("/accueil/").status_code == 200
    user = User.objects.get()
    assert (user.email, user.prenom, user.nom, user.has_usable_password()) == (
        "agent.etat@exemple.test",
        "Alix",
        "Roy",
        False,
    )
    assert user.emailaddress_set.get().verified
    assert SocialAccount.objects.get().extra_data == {"siret": "13002603200016", "amr": ["pwd"]}
    assert Entree.objects.get(fil=f"compte/{user.pk}").faits == {"moyens": ["socialaccount"]}


def test_an_agent_known_by_their_address_finds_their_account_again(client, revenir):
    agent = UserFactory(role=Role.MEMBRE, email="agent.etat@exemple.test")
    agent.emailaddress_set.create(email=agent.email, verified=True, primary=True)
    assert revenir().url == "/accueil/"
    assert User.objects.get() == agent and SocialAccount.objects.get().user == agent
    client.logout()
    assert revenir().url == "/accueil/" and SocialAccount.objects.count() == 1


def test_an_account_that_an_administrator_made_is_found_too(revenir):
    agent = UserFactory(role=Role.INSTRUCTEUR, email="agent.etat@exemple.test")
    assert revenir().status_code == 302
    assert User.objects.get() == agent and SocialAccount.objects.get().user == agent


def test_who_left_does_not_come_back_by_proconnect(client, revenir):
    UserFactory(email="agent.etat@exemple.test", is_active=False)
    revenir()
    assert client.get("/accueil/").url.startswith("/compte/login/")


@pytest.mark.parametrize(
    ("amr", "suite"), [(["pwd"], "/compte/2fa/authenticate/"), (["pwd", "mfa"], "/accueil/")]
)
def test_our_second_factor_is_asked_where_theirs_was_not(amr, suite, fournisseur, revenir):
    agent = UserFactory(role=Role.INSTRUCTEUR, email="agent.etat@exemple.test")
    agent.emailaddress_set.create(email=agent.email, verified=True, primary=True)
    TOTP.activate(agent, generate_totp_secret())
    fournisseur.amr = amr
    assert revenir().url == suite


@pytest.mark.parametrize(("amr", "code"), [(["pwd"], 302), (["totp"], 200)])
def test_an_agent_without_ours_enters_with_theirs(amr, code, client, fournisseur, revenir):
    agent = UserFactory(role=Role.RESPONSABLE, email="agent.etat@exemple.test")
    agent.emailaddress_set.create(email=agent.email, verified=True, primary=True)
    fournisseur.amr = amr
    revenir()
    assert client.get("/accueil/").status_code == code


@pytest.mark.parametrize(
    ("identite", "raison"),
    [
        ({"iss": "https://ailleurs.test"}, "InvalidIssuerError"),
        ({"aud": "un-autre-client"}, "InvalidAudienceError"),
        ({"exp": int(time.time()) - 600}, "ExpiredSignatureError"),
        ({"nonce": "celui d'hier"}, "nonce"),
        ({"sub": "quelqu'un d'autre"}, "deux personnes"),
    ],
)
def test_an_identity_that_is_not_for_us_now(identite, raison, client, fournisseur, revenir):
    fournisseur.identite = identite
    with capture_logs() as lignes:
        assert "n'a pas pu être vérifiée" in refuse(client, revenir())
    assert raison in lignes[-1]["raison"]


def test_an_issuer_that_is_not_the_one_we_were_given(client, fournisseur):
    fournisseur.config = {"issuer": "https://ailleurs.test"}
    assert client.post(ALLER).status_code == 401


def test_a_signature_of_somebody_else(client, fournisseur, revenir):
    fournisseur.signe_avec = fournisseur.autre_cle
    refuse(client, revenir())


def test_userinfo_in_clear_is_not_believed(client, fournisseur, revenir):
    fournisseur.userinfo_en_clair = True
    refuse(client, revenir())


@pytest.mark.parametrize("siret", ["", None])
def test_without_siret_the_page_says_what_to_do(siret, client, fournisseur, revenir):
    fournisseur.infos = {"siret": siret}
    assert "n'a pas transmis le SIRET" in refuse(client, revenir())


def test_a_state_serves_once(client, fournisseur):
    retour = fournisseur.autoriser(client.post(ALLER).url)
    chemin = f"{RETOUR}?{urlsplit(retour).query}"
    assert client.get(chemin).url == "/accueil/"
    client.logout()
    assert client.get(chemin).status_code == 401
    assert client.get("/accueil/").url.startswith("/compte/login/")


def test_a_state_of_another_browser(client, fournisseur):
    retour = fournisseur.autoriser(Client().post(ALLER).url)
    refuse(client, client.get(f"{RETOUR}?{urlsplit(retour).query}"))


def test_who_gives_up_is_told_without_a_line_in_the_journal(client, fournisseur):
    etat = parse_qs(urlsplit(client.post(ALLER).url).query)["state"][0]
    reponse = client.get(f"{RETOUR}?error=access_denied&state={etat}", follow=True)
    assert "Vous avez renoncé" in reponse.content.decode()
    assert not Entree.objects.exists()


def test_signing_out_leaves_proconnect_too(client, fournisseur, revenir):
    revenir()
    sortie = urlsplit(client.post("/compte/logout/").url)
    suite = {nom: valeurs[0] for nom, valeurs in parse_qs(sortie.query).items()}

    assert f"{sortie.scheme}://{sortie.netloc}{sortie.path}" == fournisseur.emetteur + "/fin"
    assert suite["id_token_hint"].count(".") == 2 and len(suite["state"]) >= 32
    assert suite["post_logout_redirect_uri"] == "http://127.0.0.1:8000/compte/login/"
    assert client.get("/accueil/").url.startswith("/compte/login/")


def test_who_came_otherwise_signs_out_here_alone(client):
    client.force_login(UserFactory())
    assert client.post("/compte/logout/").url == "/"


def test_without_proconnect_its_addresses_do_not_exist_and_no_button_leads_there(client, db):
    assert client.post(ALLER).status_code == client.get(RETOUR).status_code == 404
    assert "ProConnect" not in client.get("/compte/login/").content.decode()


def test_its_button_stands_on_the_sign_in_page(client, fournisseur):
    assert f'action="{ALLER}"' in client.get("/compte/login/").content.decode()
