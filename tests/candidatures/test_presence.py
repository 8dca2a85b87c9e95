"""Live presence in a section: who else is writing is told to whoever writes, and to nobody else."""

import re

import pytest
from django.test import Client

from candidatures.models import Modification, Section
from candidatures.models.ecriture import Changement
from candidatures.views.presence import ENSEMBLE
from manufactures import horloge
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def dossier(client):
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    return dossier


@pytest.fixture
def marie(dossier):
    membre = UserFactory(prenom="Marie", nom="Aubry")
    return MembreFactory(dossier=dossier, droit="CONTRIBUTEUR", user=membre).user


def ecrire(dossier, par, section=Section.PROJET):
    changement = Changement(champ="besoin", libelle="Besoin", avant="", apres="Un four.")
    Modification.noter(dossier, section, [changement], {}, par=par)


def sondage(client, dossier, vu="", section="projet"):
    return client.get(f"{dossier.get_absolute_url()}{section}/presence/", {"vu": vu}, **HTMX)


def test_the_poll_names_who_writes_here_once_then_says_when_they_stop(client, dossier, marie):
    assert sondage(client, dossier).status_code == 204

    ecrire(dossier, marie)
    reponse = sondage(client, dossier)
    texte = reponse.content.decode()
    assert reponse.status_code == 200 and "<html" not in texte
    assert "Marie Aubry écrit aussi dans cette section" in texte
    vu = re.search(r"\?vu=([\d-]+)", texte)[1]
    assert sondage(client, dossier, vu).status_code == 204
    assert sondage(client, dossier, vu, section="gouvernance").content.decode().count("écrit") == 0

    Modification.objects.update(
        debut_le=horloge.maintenant() - 2 * ENSEMBLE, le=horloge.maintenant() - ENSEMBLE
    )
    partie = sondage(client, dossier, vu)
    assert partie.status_code == 200 and "Marie" not in partie.content.decode()


def test_one_is_not_told_of_oneself_and_both_others_are_named(client, dossier, marie):
    ecrire(dossier, dossier.titulaire)
    assert sondage(client, dossier).status_code == 204
    ecrire(dossier, marie)
    paul = UserFactory(prenom="Paul", nom="Zola")
    ecrire(dossier, MembreFactory(dossier=dossier, droit="CONTRIBUTEUR", user=paul).user)
    assert "Marie Aubry et Paul Zola écrivent aussi" in sondage(client, dossier).content.decode()


def test_the_page_polls_and_names_whom_it_already_shows(client, dossier, marie):
    """Only where one writes; what the page says as it opens is not said again."""
    son_client = Client()
    son_client.force_login(marie)
    page = son_client.get(f"{dossier.get_absolute_url()}projet/")
    donnees = {nom: str(page.context[nom]) for nom in ("version", "lu", "fenetre")}
    son_client.post(f"{dossier.get_absolute_url()}projet/", donnees | {"besoin": "Un four."}, **HTMX)

    texte = client.get(f"{dossier.get_absolute_url()}projet/").content.decode()

    assert "Marie Aubry écrit aussi dans cette section" in texte
    appel = re.search(r'hx-get="([^"]*/projet/presence/\?vu=[\d-]+)" data-hx-trigger="every 30s"', texte)[1]
    assert client.get(appel, **HTMX).status_code == 204


def test_four_queries_whatever_the_number_of_writers(client, dossier, marie):
    for _ in range(3):
        ecrire(dossier, MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user)
    sondage(client, dossier)
    with compter() as compte:
        assert sondage(client, dossier).status_code == 200
    assert compte.requetes <= 4, str(compte)
    assert compte.rangees <= 10


def test_rights_are_those_of_writing(client, dossier, marie):
    """A lecteur is refused, a stranger sees no dossier, a session that ended brings no sign-in page."""
    lecteur = MembreFactory(dossier=dossier, droit="LECTEUR").user
    for user, statut in ((marie, 204), (lecteur, 403), (UserFactory(), 404)):
        autre = Client()
        autre.force_login(user)
        assert sondage(autre, dossier).status_code == statut
    perdue = sondage(Client(), dossier)
    assert perdue.status_code == 401 and perdue.content == b""


def test_without_script_the_section_page_answers_and_after_the_deposit_the_poll_ends(client, dossier):
    sans_script = client.get(f"{dossier.get_absolute_url()}projet/presence/")
    assert sans_script.status_code == 302 and sans_script.url == f"{dossier.get_absolute_url()}projet/"
    dossier.deposer(par=dossier.titulaire, **ATTESTATIONS)
    assert "/presence/" not in client.get(f"{dossier.get_absolute_url()}projet/").content.decode()
    texte = sondage(client, dossier).content.decode()
    assert "n'est plus un brouillon" in texte and "hx-get" not in texte
