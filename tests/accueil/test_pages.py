"""Public pages: they answer, say the calendar in words, and keep to what is published."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from manufactures import horloge
from manufactures.accueil.calendrier import compte_a_rebours
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
    assert "Encore 5\u00a0heures. Un dossier reçu à " in phrase
    assert phrase.endswith("pile est en retard.")


def boutons(client) -> list[str]:
    """What the home offers, the primary button first."""
    page = client.get("/").content.decode()
    return re.findall(r'<a class="fr-btn[^"]*" href="([^"]+)"', page.split('id="contenu"')[1])


def test_a_call_that_is_over_says_since_when_and_leads_to_the_laureates(client):
    VagueFactory(close=True)
    assert phrase_de_l_accueil(client).startswith("Les dépôts sont clos depuis le ")
    assert boutons(client) == ["/laureats/"]
    assert "Commencer un dossier" not in client.get("/appel/").content.decode()


def test_an_open_call_offers_the_test_then_a_dossier(client):
    VagueFactory()
    assert boutons(client) == ["/eligibilite/", "/dossiers/creer/"]


def test_a_call_to_come_says_when_it_opens_and_how_to_be_told(client):
    demain = horloge.maintenant() + timedelta(days=3)
    VagueFactory(ouverture=demain, cloture=demain + timedelta(days=30))
    assert phrase_de_l_accueil(client).startswith("L'appel ouvrira le ")
    assert boutons(client) == ["/eligibilite/"]
    page = client.get("/").content.decode()
    assert re.search(r'<a href="mailto:manufactures@anct[^"]+">Recevoir un message à l.ouverture</a>', page)


def test_between_two_waves_both_dates_are_said(client):
    appel, demain = AppelFactory(), horloge.maintenant() + timedelta(days=1)
    VagueFactory(appel=appel, numero=1, close=True)
    VagueFactory(appel=appel, numero=2, ouverture=demain, cloture=demain + timedelta(days=30))
    phrase = phrase_de_l_accueil(client)
    assert phrase.startswith("Les dépôts de la vague 1 sont clos depuis le ")
    assert " La vague 2 ouvrira le " in phrase


def test_a_second_is_enough_to_be_late(client):
    """The instant of closing is late already: the page no longer offers to deposit."""
    VagueFactory(cloture=horloge.maintenant())
    assert phrase_de_l_accueil(client).startswith("Les dépôts sont clos depuis le ")


def test_the_countdown_never_says_zero_hours():
    instant = datetime(2026, 12, 21, 11, 30, tzinfo=horloge.PARIS)
    assert compte_a_rebours(instant + timedelta(minutes=10), instant) == "Encore moins d'une heure."


@pytest.mark.parametrize("adresse", ["/", "/appel/"])
def test_the_calendar_costs_the_same_for_one_wave_and_for_three(
    client, django_assert_num_queries, django_assert_max_num_queries, adresse
):
    appel = AppelFactory()
    VagueFactory(appel=appel, numero=1)
    client.get(adresse)  # what a process reads once
    with django_assert_max_num_queries(8) as mesure:
        client.get(adresse)
    for numero in (2, 3):
        VagueFactory(appel=appel, numero=numero, close=True)
    with django_assert_num_queries(len(mesure)):
        client.get(adresse)
    assert Vague.objects.count() == 3


# The words of the page for each duration that `purger` applies (domain study §3.4).
DUREES = {
    "brouillons": (365, "Un brouillon abandonné, un compte jamais utilisé\u00a0: 12 mois."),
    "comptes_jamais_utilises": (365, "Un brouillon abandonné, un compte jamais utilisé\u00a0: 12 mois."),
    "messages": (365, "Le texte des courriels envoyés\u00a0: 12 mois."),
    "invitations": (
        60,
        "L'adresse d'une personne invitée dans un dossier\u00a0: 2 mois après la fin de l'invitation.",
    ),
    "dossiers_non_retenus": (792, "Un dossier non retenu\u00a0: 2 ans après la fin du délai de recours."),
    "dossiers_laureats": (3653, "Un dossier lauréat\u00a0: 10 ans après le dernier versement"),
    "declarations_interets": (1827, "Une déclaration d'intérêts\u00a0: la durée du mandat et 5 ans."),
}


@pytest.mark.parametrize("genre", DUREES)
def test_the_privacy_page_says_the_durations_in_force(client, settings, genre):
    jours, phrase = DUREES[genre]
    assert settings.CONSERVATION[genre]["jours"] == jours
    assert phrase in client.get("/donnees-personnelles/").content.decode()


@pytest.mark.parametrize(
    ("adresse", "mentions"),
    [
        # Art. 13 RGPD: controller, DPO, purposes, basis, recipients, durations, rights, complaint.
        (
            "/donnees-personnelles/",
            ["responsable de ce traitement", "dpo@exemple.test", "Pour quoi faire", "article 6, paragraphe 1"]
            + ["Qui les lit", "article 28", "limiter l'usage ou vous y opposer", "cnil.fr"],
        ),
        # Loi 2004-575: publisher, director of publication, host.
        (
            "/mentions-legales/",
            [
                "1 place des Exemples",
                "01\u00a099\u00a000\u00a000\u00a001",
                "Le directeur général",
                "Hébergeur essai",
            ],
        ),
        # Loi 2005-102, décret 2019-768: state, contents not accessible, contact, appeals.
        ("/accessibilite/", ["non conforme", "RGAA 4.1", "Contenus non accessibles", "Défenseur des droits"]),
    ],
)
def test_the_legal_pages_say_what_the_law_asks(client, adresse, mentions):
    appel = AppelFactory()
    appel.hebergeur = "Hébergeur essai, 1 rue du Test"
    appel.save()
    page = client.get(adresse).content.decode().replace("&#x27;", "'")
    assert [m for m in mentions if m not in page] == []


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
