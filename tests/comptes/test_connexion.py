"""Ways in, what slows whoever guesses, and how long one stays."""

import re
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from structlog.testing import capture_logs

from manufactures import horloge
from manufactures.comptes.templatetags.comptes import appareil
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from tests.factories.comptes import MOT_DE_PASSE

LOGIN, CODE, CONFIRMER = "/compte/login/", "/compte/login/code/", "/compte/login/code/confirm/"


def code_recu() -> str:
    """The code of the last mail."""
    return re.search(r"connexion :\s+(\S+)", mail.outbox[-1].body)[1]


def texte(reponse) -> str:
    """What the page says, apostrophes and no-break spaces made plain."""
    return reponse.content.decode().replace("&#x27;", "'").replace("\xa0", " ")


# -- A code by mail ------------------------------------------------------------------------------------------------
def test_a_code_by_mail_signs_in(client, personne):
    user = personne()
    assert client.post(CODE, {"email": user.email}).url == CONFIRMER
    assert client.post(CONFIRMER, {"code": code_recu()}).url == "/accueil/"
    assert client.get("/accueil/").status_code == 200
    (ligne,) = Entree.objects.filter(fil=f"compte/{user.pk}")
    assert (ligne.action, ligne.acteur, ligne.faits) == ("se_connecter", user, {"moyens": ["code"]})


def test_the_link_of_the_mail_fills_the_code_in_and_signs_nobody_in(client, personne):
    user = personne()
    client.post(CODE, {"email": user.email})
    lien = re.search(r"http://127.0.0.1:8000(\S+confirm/\?code=\S+)", mail.outbox[-1].body)[1]

    assert Client().get(lien).url == CODE  # another browser holds nothing of this sign-in
    page = texte(client.get(lien))

    assert f'value="{code_recu()}"' in page
    assert client.get("/accueil/").url.startswith(LOGIN)


def test_a_code_serves_once_and_three_tries_end_it(client, personne):
    user = personne()
    client.post(CODE, {"email": user.email})
    for _ in range(2):
        assert "Code incorrect" in texte(client.post(CONFIRMER, {"code": "ABC-DEF"}))
    assert client.post(CONFIRMER, {"code": "ABC-DEF"}).status_code == 302
    assert client.post(CONFIRMER, {"code": code_recu()}).url == CODE
    assert client.get("/accueil/").url.startswith(LOGIN)


def test_nothing_on_the_pages_tells_whether_an_account_exists(personne):
    connu, inconnu = personne().email, "personne-ici@exemple.test"
    jeton = re.compile(r"[0-9A-Za-z]{64}")

    def pages(email):
        client = Client()
        mot = client.post(LOGIN, {"login": email, "password": "un mot de passe faux"})
        demande = client.post(CODE, {"email": email}, follow=True)
        oubli = client.post("/compte/password/reset/", {"email": email}, follow=True)
        return [jeton.sub("", texte(p)).replace(email, "…") for p in (mot, demande, oubli)]

    assert pages(connu) == pages(inconnu)


def test_who_left_gets_no_code(client, personne):
    user = personne(is_active=False)
    client.post(CODE, {"email": user.email})
    assert "Aucun compte ne la porte" in mail.outbox[-1].body


def test_mails_of_the_account_name_our_own_address(client, personne, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://manufactures.test", ["*"]
    user = personne()
    for envoi in (
        lambda: client.post(CODE, {"email": user.email}, headers={"host": "ailleurs.test"}),
        lambda: client.post(
            "/compte/password/reset/", {"email": user.email}, headers={"host": "ailleurs.test"}
        ),
    ):
        envoi()
        assert "https://manufactures.test/compte/" in mail.outbox[-1].body
        assert "ailleurs.test" not in mail.outbox[-1].body


# -- Whoever guesses ------------------------------------------------------------------------------------------------
def essayer(email, reseau="203.0.113.1"):
    """One wrong password from one network."""
    return texte(Client(REMOTE_ADDR=reseau).post(LOGIN, {"login": email, "password": "deviné"}))


def test_many_networks_on_one_account_are_slowed_and_its_owner_enters_by_mail(personne):
    """A thousand tries would read the same five passwords; nobody is locked out."""
    user = personne()
    with capture_logs() as techniques:
        dits = [essayer(user.email, f"198.51.100.{n}") for n in range(1, 13)]

    assert sum("incorrects" in dit for dit in dits) == 5
    assert all("Trop d'essais pour cette adresse" in dit for dit in dits[5:])
    (ligne,) = Entree.objects.filter(fil="securite/connexions")
    assert (ligne.action, ligne.faits["limite"]) == ("freiner", "compte")
    assert len(techniques) == 7 and user.email not in f"{ligne.faits} {techniques}"

    client = Client()
    assert "Trop d'essais" in texte(client.post(LOGIN, {"login": user.email, "password": MOT_DE_PASSE}))
    client.post(CODE, {"email": user.email})
    assert client.post(CONFIRMER, {"code": code_recu()}).url == "/accueil/"


def test_one_network_on_many_accounts_is_slowed_and_its_neighbours_are_not(personne, entrer):
    user = personne()
    dits = [essayer(f"cible{n}@exemple.test") for n in range(1, 15)]

    assert sum("incorrects" in dit for dit in dits) == 10
    assert all("depuis votre connexion à internet" in dit for dit in dits[10:])
    assert Entree.objects.get(fil="securite/connexions").faits["limite"] == "adresse"
    assert entrer(user, REMOTE_ADDR="203.0.113.2").get("/accueil/").status_code == 200


def test_good_passwords_do_not_wear_the_limit(personne, entrer):
    user = personne()
    for _ in range(7):
        entrer(user)
    assert not Entree.objects.filter(fil="securite/connexions").exists()


def test_behind_a_proxy_each_network_counts_for_itself(personne, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(12):
        dit = texte(
            Client().post(
                LOGIN,
                {"login": f"cible{n}@exemple.test", "password": "deviné"},
                headers={"x-forwarded-for": f"10.0.0.9, 198.51.100.{n}"},
            )
        )
        assert "incorrects" in dit


def mille_essais(monkeypatch, cible: str, reseau: str, secondes: float) -> list[str]:
    """A thousand wrong passwords, `secondes` apart on the limits' own clock: what each was answered, in one word."""
    mots = {
        "incorrects": "lu",
        "pour cette adresse": "compte",
        "votre connexion": "adresse",
        "Trop de": "adresse",
    }
    depart, dits = time.time(), []
    for n in range(1000):
        horloge_des_limites = SimpleNamespace(
            time=lambda n=n: depart + n * secondes, monotonic=time.monotonic, sleep=time.sleep
        )
        monkeypatch.setattr(ratelimit, "time", horloge_des_limites)
        dit = essayer(cible.format(n=n), reseau.format(n=n % 50))
        dits.append(next(mot for phrase, mot in mots.items() if phrase in dit))
    return dits


@pytest.mark.long
@pytest.mark.parametrize(
    ("cible", "reseau", "secondes", "limite", "au_plus"),
    [
        # One account from fifty networks during an hour: no more than sixty are read.
        ("victime@exemple.test", "10.0.{n}.9", 3.6, "compte", 60),
        # A thousand accounts from one network in a minute.
        ("cible{n}@exemple.test", "203.0.113.1", 0.06, "adresse", 10),
    ],
)
def test_a_thousand_wrong_passwords_are_slowed_and_told_apart(  # noqa: PLR0917 (one attack a line)
    monkeypatch, personne, cible, reseau, secondes, limite, au_plus
):
    """Which limit is reached says which attack it is; in the journal, one line a wave; the owner enters by mail."""
    user = personne(email="victime@exemple.test")
    with capture_logs() as techniques:
        dits = mille_essais(monkeypatch, cible, reseau, secondes)

    assert dits.count("lu") <= au_plus and set(dits) == {"lu", limite}
    (ligne,) = Entree.objects.filter(fil="securite/connexions")
    assert ligne.faits["limite"] == limite
    assert {t["limite"] for t in techniques} == {limite} and user.email not in f"{techniques}"
    client = Client(REMOTE_ADDR="198.51.100.77")
    client.post(CODE, {"email": user.email})
    assert client.post(CONFIRMER, {"code": code_recu()}).url == "/accueil/"


# -- A second factor ------------------------------------------------------------------------------------------------
def avec_application(user) -> str:
    """The secret of an application of codes."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_de(secret: str) -> str:
    """What the application shows now."""
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.CONTRIBUTEUR, Role.LECTEUR}])
def test_whoever_decides_sets_a_second_factor_up_first(role, personne, entrer, settings):
    settings.MFA_AGENTS = "obligatoire"
    client = entrer(personne(role))
    renvoye = client.get("/accueil/")
    doit = role not in {Role.PORTEUR, Role.MEMBRE, Role.EXPERT}

    assert renvoye.status_code == (302 if doit else 200)
    if doit:
        assert renvoye.url == "/compte/2fa/"
        assert "obligatoire" in texte(client.get(renvoye.url))
        assert client.post("/accueil/role/").url == "/compte/2fa/"


@pytest.mark.parametrize("porte", ["mot de passe", "code"])
def test_the_second_factor_is_asked_whichever_the_first(porte, client, personne):
    user = personne(Role.INSTRUCTEUR)
    secret = avec_application(user)
    if porte == "code":
        client.post(CODE, {"email": user.email})
        suite = client.post(CONFIRMER, {"code": code_recu()})
    else:
        suite = client.post(LOGIN, {"login": user.email, "password": MOT_DE_PASSE})
    assert suite.url == "/compte/2fa/authenticate/"
    assert client.get("/accueil/").url.startswith(LOGIN)

    assert "Code incorrect" in texte(client.post(suite.url, {"code": "000000"}))
    assert client.post(suite.url, {"code": code_de(secret)}).url == "/accueil/"
    moyens = Entree.objects.get(fil=f"compte/{user.pk}").faits["moyens"]
    assert moyens == [{"code": "code", "mot de passe": "password"}[porte], "totp"]


def test_what_touches_the_security_of_an_account_asks_the_password_again(personne, entrer):
    client = entrer(personne())
    for adresse in ("totp/activate/", "webauthn/add/"):
        assert client.get(f"/compte/2fa/{adresse}").url.startswith("/compte/reauthenticate/")


def test_a_code_of_the_application_never_serves_twice(personne):
    user = personne()
    code = code_de(avec_application(user))
    for attendu in (302, 200):
        client = Client()
        client.post(LOGIN, {"login": user.email, "password": MOT_DE_PASSE})
        assert client.post("/compte/2fa/authenticate/", {"code": code}).status_code == attendu


def test_a_recovery_code_opens_once(personne):
    user = personne()
    avec_application(user)
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    for attendu in (302, 200):
        client = Client()
        client.post(LOGIN, {"login": user.email, "password": MOT_DE_PASSE})
        assert client.post("/compte/2fa/authenticate/", {"code": code}).status_code == attendu


def test_secrets_of_second_factors_are_not_readable_in_the_database(personne):
    user = personne()
    secret = avec_application(user)
    garde = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in garde
    assert get_adapter().decrypt(garde) == secret == get_adapter().decrypt(secret)  # those written before


def test_a_change_of_second_factor_is_told_by_mail(personne, entrer, django_capture_on_commit_callbacks):
    user = personne()
    client = entrer(user)
    client.post("/compte/reauthenticate/", {"password": MOT_DE_PASSE})
    page = texte(client.get("/compte/2fa/totp/activate/"))
    secret = re.search(r'<code class="mp-empreinte">(\w+)</code>', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/compte/2fa/totp/activate/", {"code": code_de(secret)})
    assert "Une application de codes vient d'être mise en place" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [user.email]


@pytest.mark.parametrize(
    "adresse",
    ["2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/", "sessions/", "email/"],
)
def test_each_page_of_the_account_is_ours(adresse, personne, entrer):
    user = personne()
    client = entrer(user)
    client.post("/compte/reauthenticate/", {"password": MOT_DE_PASSE})
    TOTP.activate(user, generate_totp_secret())
    page = texte(client.get(f"/compte/{adresse}"))
    assert '<nav class="fr-sidemenu"' in page and "Sessions</a>" in page
    assert " style=" not in page and "<script>" not in page


# -- Sessions ---------------------------------------------------------------------------------------------------------
def fin(client) -> timedelta:
    """How long the session would live without another request."""
    (cle,) = {client.cookies["sessionid"].value}
    return Session.objects.get(session_key=cle).expire_date - horloge.instant_exact()


def test_an_idle_agent_leaves_sooner_than_a_porteur(personne, entrer):
    agent, porteur = entrer(personne(Role.INSTRUCTEUR)), entrer(personne())
    assert timedelta(minutes=29) < fin(agent) <= timedelta(minutes=30)
    assert timedelta(minutes=119) < fin(porteur) <= timedelta(hours=2)


def test_a_session_is_prolonged_by_use_and_ends_after_twelve_hours(personne, entrer, settings):
    client = entrer(personne(Role.INSTRUCTEUR))

    def vieillir(**ecarts):
        session = client.session
        session["duree"] = {cle: v - ecarts.get(cle, 0) for cle, v in session["duree"].items()}
        session.set_expiry(60)
        session.save()

    vieillir(vue=60)
    client.get("/aide/")
    assert fin(client) <= timedelta(minutes=1)  # written again only every five minutes
    vieillir(vue=600)
    client.get("/aide/")
    assert fin(client) > timedelta(minutes=29)
    vieillir(vue=600, fin=12 * 3600 - 120)
    client.get("/aide/")
    assert fin(client) <= timedelta(minutes=2)


def test_the_session_key_changes_at_sign_in(client, personne):
    user = personne()
    client.post(CODE, {"email": user.email})
    avant = client.session.session_key
    client.post(CONFIRMER, {"code": code_recu()})
    assert client.session.session_key != avant and not Session.objects.filter(session_key=avant).exists()


def test_sessions_are_listed_and_each_may_be_closed_from_another(personne, entrer):
    user, tiers = personne(), personne()
    telephone = entrer(user, HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/17 Safari/604.1")
    bureau = entrer(user, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    page = texte(bureau.get("/compte/sessions/"))
    assert "Safari sur iPhone" in page and "Firefox sur Windows" in page and "Celle-ci" in page

    autre = UserSession.objects.get(user=user, user_agent__contains="iPhone")
    assert entrer(tiers).post(f"/compte/sessions/{autre.pk}/fermer/").status_code == 404
    assert telephone.get("/accueil/").status_code == 200
    bureau.post(f"/compte/sessions/{autre.pk}/fermer/")
    assert telephone.get("/accueil/").url.startswith(LOGIN)
    assert bureau.get("/accueil/").status_code == 200


def test_a_new_password_closes_the_other_sessions(personne, entrer):
    user = personne()
    ici, ailleurs = entrer(user), entrer(user)
    neuf = "une autre longue phrase"
    envoi = {"oldpassword": MOT_DE_PASSE, "password1": neuf, "password2": neuf}
    assert ici.post("/compte/password/change/", envoi).status_code == 302
    assert ici.get("/accueil/").status_code == 200
    assert ailleurs.get("/accueil/").url.startswith(LOGIN)
    assert len(UserSession.objects.purge_and_list(user)) == 1


def test_browsers_are_said_in_two_words():
    assert appareil("Mozilla/5.0 (X11; Linux x86_64) Chrome/130 Safari/537.36 Edg/130") == "Edge sur Linux"
    assert appareil("curl/8") == "Navigateur inconnu"
