"""A browser, a server, the world, and one window a person."""

import os
import time
from collections import Counter

import pytest
from django.core.signals import request_finished, request_started
from django.test import Client
from playwright.sync_api import sync_playwright

from manufactures.celery import app
from tests.factories.comptes import MOT_DE_PASSE
from tests.parcours.monde import courriel, creer
from tests.parcours.pages import LANCEMENT, Constat, Personne

CONTEXTE = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def chromium():
    """The machine's Chromium, `$CHROMIUM` or the usual path; its event loop must not outlive the module."""
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=list(LANCEMENT)
        )
        yield navigateur
        navigateur.close()


@pytest.fixture
def actes_au_fil_de_l_eau(settings):
    """Acts are sealed and messages sent inside the request: no worker in this test."""
    settings.MFA_AGENTS = "facultative"
    avant, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = avant


@pytest.fixture
def monde(transactional_db, actes_au_fil_de_l_eau):
    """The call, its wave, its people."""
    return creer()


@pytest.fixture
def constat():
    """What the browser meets; a test that uses it ends by its verdict."""
    return Constat()


@pytest.fixture
def requetes_finies():
    """Called once the windows are closed: what they still asked is answered, and the tables may be emptied."""
    en_cours: Counter = Counter()

    def compter(sender, **_):
        en_cours["requetes"] += 1

    def decompter(sender, **_):
        en_cours["requetes"] -= 1

    def attendre():
        fin = time.monotonic() + 10
        while en_cours["requetes"] > 0 and time.monotonic() < fin:
            time.sleep(0.02)

    request_started.connect(compter)
    request_finished.connect(decompter)
    yield attendre
    request_started.disconnect(compter)
    request_finished.disconnect(decompter)


@pytest.fixture
def fenetres(requetes_finies):
    """The windows open in this test, by account."""
    ouvertes: dict[str, Personne] = {}
    yield ouvertes
    for personne in ouvertes.values():
        personne.page.context.close()
    requetes_finies()


@pytest.fixture
def entrer(chromium, live_server, fenetres, constat):
    """`entrer("agent")`: this person's window, signed in through the page; the same window at each call."""

    def ouvrir(compte: str, *, signe: bool = True, **options) -> Personne:
        if compte not in fenetres:
            contexte = chromium.new_context(**CONTEXTE | options)
            personne = Personne(contexte, live_server.url, courriel(compte), constat)
            fenetres[compte] = personne.se_connecter(MOT_DE_PASSE) if signe else personne
        return fenetres[compte]

    return ouvrir


@pytest.fixture
def asseoir(chromium, live_server, fenetres, constat, settings):
    """`asseoir(user)`: a window whose session is there already; `asseoir(None)` is a visitor's."""

    def ouvrir(user, **options) -> Personne:
        contexte = chromium.new_context(**CONTEXTE | options)
        if user is not None:
            client = Client()
            client.force_login(user)
            cle = client.cookies[settings.SESSION_COOKIE_NAME].value
            contexte.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cle, "url": live_server.url}]
            )
        nom = user.email if user else "visiteur"
        fenetres[nom] = Personne(contexte, live_server.url, nom, constat)
        return fenetres[nom]

    return ouvrir


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure tells what each window showed, and what had gone wrong before."""
    rapport = yield
    fenetres = getattr(item, "funcargs", {}).get("fenetres")
    if rapport.failed and call.when == "call" and fenetres is not None:
        constat = item.funcargs["constat"]
        rapport.sections.append(("Constats", "\n".join(constat.fautes) or "aucun"))
        for compte, personne in fenetres.items():
            personne.page.context.set_default_timeout(2_000)
            rapport.sections.append((f"{compte}, {personne.page.url}", personne.texte()))
    return rapport
