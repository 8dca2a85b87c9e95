"""People who sign in as they do in life: a verified address, a password, the limits of the doors."""

import pytest
from django.core.cache import caches
from django.test import Client

from tests.factories.comptes import MOT_DE_PASSE, UserFactory


@pytest.fixture(autouse=True)
def _compteurs_neufs(db):
    """What one test tries does not slow the next one."""
    caches["default"].clear()


@pytest.fixture
def personne():
    """`personne(role)`: an account that may sign in."""

    def creer(role=None, **champs):
        user = UserFactory(role=role, **champs)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    return creer


@pytest.fixture
def entrer():
    """`entrer(user)`: a browser of theirs, signed in by the page."""

    def ouvrir(user, **entetes) -> Client:
        client = Client(**entetes)
        reponse = client.post("/compte/login/", {"login": user.email, "password": MOT_DE_PASSE})
        assert reponse.status_code == 302, reponse.content.decode()[:500]
        return client

    return ouvrir
