"""Every address × every role × GET and POST, on an object that does not exist: the law's answer and no other.

What exists, one's own and others', is the business of `tests/demonstration/test_matrice.py`; the law itself is the
table of `tests/noyau/test_droits.py`. A new address is walked here by itself, and its deed must be a row there.
"""

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from manufactures.accueil.adresses import adresses
from manufactures.procedure import Role
from tests.comptes.table import chemin, est_sur, permet
from tests.factories.comptes import UserFactory
from tests.factories.programme import AppelFactory

pytestmark = [pytest.mark.django_db]
# Parts of an address that do not name an object: the page is there for whoever may open it.
REPONSES = {200, 302, 400, 404, 405, 409, 422, 429}
DONNES = [r for r in Role if r not in {Role.CONTRIBUTEUR, Role.LECTEUR}]
NOTRES = [a for a in adresses() if not a.motif.startswith(("/admin/", "/compte/"))]
VERS_LA_CONNEXION = "/compte/login/"


@pytest.fixture(autouse=True)
def _decor(settings):
    """One call; a second factor is another test's business."""
    settings.MFA_AGENTS = "facultative"
    AppelFactory()


def codes(client: Client, adresse, methode: str):
    """The answer, and nothing of it kept."""
    caches["default"].clear()
    with transaction.atomic():
        reponse = getattr(client, methode)(chemin(adresse))
        transaction.set_rollback(True)
    return reponse


def ecarts_de(role: Role, methode: str) -> list[str]:
    """Addresses where somebody of this role is answered otherwise than the law says."""
    client, trouves = Client(), []
    client.force_login(UserFactory(role=role))
    for adresse in NOTRES:
        geste = (methode == "post" and adresse.geste_du_post) or adresse.geste
        code = codes(client, adresse, methode).status_code
        attendus = REPONSES | ({503} if adresse.nom == "accueil:sante" else set())
        if not permet(adresse.geste, role) or not permet(geste, role):
            attendus = {403, 404, 405}
        elif not est_sur(adresse.geste) or not est_sur(geste):
            attendus |= {403}
        if code not in attendus:
            trouves.append(f"{methode} {adresse.motif} ({geste}) : {code}")
    return trouves


@pytest.mark.long
@pytest.mark.parametrize("methode", ["get", "post"])
@pytest.mark.parametrize("role", DONNES)
def test_each_role_is_answered_as_the_law_says(role, methode):
    trouves = ecarts_de(role, methode)
    assert not trouves, "\n".join(trouves)


@pytest.mark.parametrize("methode", ["get", "post"])
def test_a_stranger_is_sent_to_the_sign_in_wherever_it_is_not_public(methode):
    """Public pages answer for themselves; the others say nothing before one has signed in."""
    client, trouves = Client(), []
    for adresse in NOTRES:
        reponse = codes(client, adresse, methode)
        vers_la_porte = reponse.status_code == 302 and reponse["Location"].startswith(VERS_LA_CONNEXION)
        if vers_la_porte == (adresse.geste == "public"):
            trouves.append(f"{methode} {adresse.motif} : {reponse.status_code}")
    assert not trouves, "\n".join(trouves)


def test_no_role_is_answered_more_than_the_law_says_on_a_page_that_is_read():
    """The short form of the long test: the three roles that most pages refuse."""
    for role in (Role.PORTEUR, Role.EXPERT, Role.ADMINISTRATEUR):
        trouves = ecarts_de(role, "get")
        assert not trouves, "\n".join(trouves)
