"""A browser, a server, the world, and one window a person."""

import os

import pytest
from playwright.sync_api import sync_playwright

from manufactures.celery import app
from tests.factories.comptes import MOT_DE_PASSE
from tests.parcours import monde as le_monde
from tests.parcours.pages import LANCEMENT, Constat, Personne


@pytest.fixture(scope="session")
def chromium():
    """The machine's Chromium, `$CHROMIUM` or the usual path."""
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(LANCEMENT)
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
    return le_monde.creer()


@pytest.fixture
def constat():
    """What the browser meets; a test that uses it ends by its verdict."""
    return Constat()


@pytest.fixture
def entrer(chromium, live_server, monde, constat):
    """`entrer("agent")`: this person's window, signed in; the same window at each call."""
    fenetres: dict[str, Personne] = {}

    def ouvrir(compte: str, *, signe: bool = True, **options) -> Personne:
        if compte not in fenetres:
            contexte = chromium.new_context(
                locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce", **options
            )
            personne = Personne(contexte, live_server.url, le_monde.courriel(compte), constat)
            fenetres[compte] = personne.se_connecter(MOT_DE_PASSE) if signe else personne
        return fenetres[compte]

    ouvrir.fenetres = fenetres
    yield ouvrir
    for personne in fenetres.values():
        personne.page.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure tells what each window showed, and what had gone wrong before."""
    rapport = yield
    ouvrir = item.funcargs.get("entrer") if hasattr(item, "funcargs") else None
    if rapport.failed and call.when == "call" and ouvrir is not None:
        constat = item.funcargs["constat"]
        rapport.sections.append(("Constats", "\n".join(constat.fautes) or "aucun"))
        for compte, personne in ouvrir.fenetres.items():
            personne.page.context.set_default_timeout(2_000)
            rapport.sections.append((f"{compte}, {personne.page.url}", personne.texte()))
    return rapport
