"""Public pages: they answer, say the calendar in words, and keep to what is published."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from manufactures import horloge
from manufactures.accueil.publication import compte_a_rebours
from manufactures.programme.models import Vague
from tests.factories.comptes import UserFactory
from tests.factories.programme import AppelFactory, VagueFactory, grille

pytestmark = pytest.mark.django_db
PAGES = [
    *("/", "/appel/", "/laureats/", "/aide/", "/verifier/"),
    *("/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"),
    *("/compte/login/", "/compte/signup/", "/compte/password/reset/"),
]


@pytest.mark.parametrize("adresse", PAGES)
def test_a_public_page_has_one_title_and_one_main(client, adresse):
    grille(VagueFactory().appel)
    reponse = client.get(adresse)
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert page.count('<main id="contenu"') == 1
    assert "– Manufactures de proximité</title>" in page
    assert not re.search(r" style=|<style|onclick=|<script>", page)


@pytest.mark.parametrize("adresse", ["/", "/laureats/", "/aide/", "/accessibilite/", "/mentions-legales/"])
def test_a_public_page_answers_before_any_call_exists(client, adresse):
    assert client.get(adresse).status_code == 200


def test_the_home_of_who_is_signed_in_is_theirs(client):
    client.force_login(UserFactory())
    assert client.get("/").url == reverse("accueil:accueil")


def test_the_call_shows_each_rule_and_each_weight(client):
    grille(VagueFactory().appel)
    page = client.get("/appel/").content.decode()
    assert all(f"E{rang}. Critère E{rang} (article 4.1)" in page for rang in range(1, 11))
    assert page.count("20\u00a0%") == 1
    assert page.count("15\u00a0%") == 4


def phrase_de_l_accueil(client) -> str:
    page = client.get("/").content.decode()
    return re.search(r'<p class="fr-callout__text">(.*?)</p>', page).group(1).replace("&#x27;", "'")


def test_an_open_wave_says_until_when(client):
    appel = AppelFactory()
    VagueFactory(appel=appel, numero=1, close=True)
    VagueFactory(appel=appel, numero=2)
    phrase = phrase_de_l_accueil(client)
    assert phrase.startswith("Vague 2, la dernière\u00a0: dépôt avant le ")
    assert phrase.endswith("(heure de Paris). Encore 10\u00a0jours.")


def test_the_last_hours_are_counted_in_hours(client):
    VagueFactory(cloture=horloge.maintenant() + timedelta(hours=5, minutes=30))
    phrase = phrase_de_l_accueil(client)
    assert "Encore 5\u00a0heures." in phrase
    assert phrase.endswith("pile est en retard.")


def test_a_call_that_is_over_says_since_when(client):
    VagueFactory(close=True)
    assert phrase_de_l_accueil(client).startswith("Les dépôts sont clos depuis le ")
    assert "Commencer un dossier" not in client.get("/").content.decode()


def test_a_call_to_come_says_when_it_opens(client):
    demain = horloge.maintenant() + timedelta(days=3)
    VagueFactory(ouverture=demain, cloture=demain + timedelta(days=30))
    assert phrase_de_l_accueil(client).startswith("L'appel ouvrira le ")


def test_the_countdown_never_says_zero_hours():
    instant = datetime(2026, 12, 21, 11, 30, tzinfo=horloge.PARIS)
    assert compte_a_rebours(instant + timedelta(minutes=10), instant) == "Encore moins d'une heure."


def test_the_calendar_costs_the_same_for_one_wave_and_for_three(client, django_assert_num_queries):
    appel = AppelFactory()
    VagueFactory(appel=appel, numero=1)
    client.get("/")
    with django_assert_num_queries(4) as mesure:
        client.get("/")
    for numero in (2, 3):
        VagueFactory(appel=appel, numero=numero, close=True)
    with django_assert_num_queries(len(mesure)):
        client.get("/")
    assert Vague.objects.count() == 3


def test_the_sign_in_page_lists_the_accounts_in_the_demonstration_only(client, settings):
    assert "porteur@manufactures.test" not in client.get("/compte/login/").content.decode()
    settings.DEMO = True
    page = client.get("/compte/login/").content.decode()
    assert "porteur@manufactures.test" in page
    assert "Comptes de démonstration" in page


def test_signing_in_leads_to_ones_home(client):
    user = UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    reponse = client.post("/compte/login/", {"login": user.email, "password": "demonstration"})
    assert (reponse.status_code, reponse.url) == (302, "/accueil/")


def test_a_wrong_password_is_told_at_the_top_too(client):
    reponse = client.post("/compte/login/", {"login": "inconnu@exemple.test", "password": "faux"})
    page = reponse.content.decode()
    assert "<title>Erreur\u00a0: Se connecter" in page
    assert "1 réponse à corriger" in page


def test_an_unknown_page_says_the_same_as_a_forbidden_one(client):
    reponse = client.get("/rien/")
    assert reponse.status_code == 404
    assert "Cette page n'existe pas, ou ne vous est pas ouverte" in reponse.content.decode().replace(
        "&#x27;", "'"
    )
