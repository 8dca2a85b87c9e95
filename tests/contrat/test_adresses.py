"""Each address of the contract exists, names its row of the rights, and has its line in the matrix of the roles."""

import re
import sys
from types import ModuleType

import pytest
from django.test import override_settings
from django.urls import path, resolve
from django.views import View

from manufactures.accueil.adresses import TIERS, adresses
from manufactures.droits import DROITS
from tests.contrat.lecture import CONTRAT, motif_nu
from tests.demonstration.test_matrice import LOI

# Promised, and not there: each with what is missing. An address that arrives must leave this list.
ABSENTES: dict[str, str] = {}
ADRESSES = CONTRAT["adresses"]
EXEMPLES = {"numero": "D-2222-2222", "pk": "1", "slug": "un-lieu", "code": "2222-2222-2222"}


def trouvees() -> set[str]:
    return {motif_nu(adresse.motif) for adresse in adresses()}


@pytest.mark.parametrize("promise", ADRESSES, ids=lambda p: p["loi"] or p["adresse"])
def test_the_address_exists(promise):
    assert (promise["adresse"] in trouvees()) != (promise["adresse"] in ABSENTES)


@pytest.mark.parametrize(
    "promise", [p for p in ADRESSES if p["loi"] and p["adresse"] not in ABSENTES], ids=lambda p: p["loi"]
)
def test_the_matrix_says_what_each_role_gets_there(promise):
    """Its line in the matrix of the demonstration, and that line leads to this very address."""
    assert promise["loi"] in LOI
    chemin = re.sub(r"\{\w+\.(\w+)\}", lambda champ: EXEMPLES[champ[1]], promise["loi"])
    trouvee = resolve(chemin)
    assert motif_nu("/" + trouvee.route) == promise["adresse"]


REPRISE = {"candidatures:envoi": ("PATCH", "DELETE")}  # an upload that goes on where it stopped


def test_each_of_our_addresses_names_a_known_deed():
    for adresse in adresses():
        assert adresse.geste in DROITS or adresse.geste in {geste for geste, *_ in TIERS.values()}
        assert adresse.ligne is not None and adresse.droit
        assert adresse.methodes and set(adresse.methodes) <= {"GET", "POST", *REPRISE.get(adresse.nom, ())}
        assert adresse.nom or adresse.motif.startswith(tuple(TIERS))


class SansGesteView(View):
    """A view that forgot its deed."""

    def get(self, request):
        """Nothing."""


def test_a_view_without_deed_is_refused():
    module = ModuleType("adresses_d_essai")
    module.urlpatterns = [path("oubli/", SansGesteView.as_view(), name="oubli")]
    sys.modules[module.__name__] = module
    with override_settings(ROOT_URLCONF=module.__name__), pytest.raises(LookupError, match="/oubli/"):
        adresses()
