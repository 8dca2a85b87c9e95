"""What templates show of a state, a ball, an action."""

from datetime import timedelta

import pytest
from django.template import engines
from django.test import RequestFactory

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Role
from tests.factories.comptes import UserFactory
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def montrer():
    """Render a bit of template as `user` would read it."""

    def rendre(gabarit, user, **contexte):
        demande = RequestFactory().get("/dossiers/")
        demande.user, demande.session = user, {}
        return engines["django"].from_string("{% load presentation %}" + gabarit).render(contexte, demande)

    return rendre


@pytest.fixture
def porteur():
    return UserFactory()


@pytest.fixture
def dossier(porteur):
    return Dossier.ouvrir(vague=VagueFactory(), nom_projet="Atelier du Lez", par=porteur)


def test_a_state_is_worded_for_its_reader(montrer, dossier, porteur):
    du_porteur = montrer("{% etat dossier %}", porteur, dossier=dossier)
    de_l_agent = montrer("{% etat dossier %}", UserFactory(role=Role.INSTRUCTEUR), dossier=dossier)
    assert "fr-badge--yellow-tournesol" in du_porteur
    assert "Pas encore déposé" in du_porteur
    assert "Brouillon" in de_l_agent
    for page in (du_porteur, de_l_agent):
        assert f'data-etat="BROUILLON" data-numero="{dossier.numero}"' in page


def test_the_ball_is_loud_for_who_must_play(montrer, dossier, porteur):
    assert "fr-callout" in montrer("{% balle dossier %}", porteur, dossier=dossier)
    autre = montrer("{% balle dossier %}", UserFactory(role=Role.INSTRUCTEUR), dossier=dossier)
    assert "fr-callout" not in autre
    assert "Au porteur de déposer" in autre


def test_a_step_with_a_page_is_a_link_and_nobody_else_sees_it(montrer, dossier, porteur):
    page = montrer("{% actions dossier %}", porteur, dossier=dossier)
    assert f'href="/dossiers/{dossier.numero}/depot/"' in page
    assert "<form" not in page
    assert montrer("{% actions dossier %}", UserFactory(), dossier=dossier).strip() == ""


def test_a_step_without_page_is_a_form_with_its_key(montrer, dossier, porteur):
    Dossier.objects.filter(pk=dossier.pk).update(
        etat="DEPOSE", depose_le=horloge.maintenant(), version_deposee=1
    )
    dossier.refresh_from_db()
    page = montrer("{% actions dossier %}", porteur, dossier=dossier)
    assert f'action="/dossiers/{dossier.numero}/passer/"' in page
    assert 'name="action" value="reprendre"' in page
    assert 'name="action" value="retirer"' in page
    assert page.count('name="cle_unique"') == 2
    assert "Il ne sera pas examiné." in page.replace("&#x27;", "'")
    assert 'value="retirer"' not in montrer("{% actions dossier sauf='retirer' %}", porteur, dossier=dossier)


def test_delays_are_in_words(montrer, porteur):
    instant = horloge.maintenant()
    pages = {
        j: montrer("{{ quand|dans }}", porteur, quand=instant + timedelta(days=j)) for j in (0, 1, 6, -2)
    }
    assert pages == {
        0: "aujourd&#x27;hui",
        1: "demain",
        6: "dans 6\u00a0jours",
        -2: "il y a 2\u00a0jours",
    }
    assert montrer("{{ quand|retard }}", porteur, quand=instant - timedelta(days=3)) == "Retard 3\u00a0j"


def test_nothing_is_shown_for_nothing(montrer, porteur):
    assert montrer("{{ rien|euros }}{{ rien|date_longue }}{{ rien|siret }}", porteur, rien=None) == ""


def test_a_fragment_becomes_a_sentence(montrer, porteur):
    assert montrer("{{ t|phrase }}", porteur, t="le dossier est complet") == "Le dossier est complet."
    assert montrer("{{ t|phrase }}", porteur, t="Déjà une phrase.") == "Déjà une phrase."
