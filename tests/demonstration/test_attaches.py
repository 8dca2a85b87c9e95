"""What a request reads of a person at its start leaves out looks that would show nothing, and no other."""

import pytest
from django.apps import apps

from manufactures.comptes.connexion import Connexion
from manufactures.comptes.models import User
from manufactures.procedure import Role

pytestmark = pytest.mark.xdist_group("demonstration")
MODELES = [modele for modele in apps.get_models() if hasattr(modele, "MODELE_REGARD")]


def lues(user) -> dict[str, set[int]]:
    return {
        modele._meta.label: set(modele.objects.visibles_par(user).values_list("pk", flat=True))
        for modele in MODELES
        if hasattr(modele.objects, "visibles_par")
    }


def test_everybody_sees_the_same_rows_whether_their_ties_were_read_or_not(demonstration):
    personnes = list(User.objects.filter(is_active=True))
    ecarts = [user.email for user in personnes if lues(Connexion().get_user(user.pk)) != lues(user)]
    assert len(personnes) > 20
    assert ecarts == []


def test_a_porteur_s_pages_ask_nothing_of_the_committee(demonstration):
    porteur = Connexion().get_user(User.objects.get(email="porteur@manufactures.test").pk)
    president = Connexion().get_user(User.objects.get(email="president@manufactures.test").pk)
    assert porteur.peut_tenir(frozenset({Role.PORTEUR}))
    assert not porteur.peut_tenir(frozenset({Role.MEMBRE}))
    assert president.peut_tenir(frozenset({Role.MEMBRE, Role.INSTRUCTEUR}))
    president.relire_ses_attaches()
    assert president.peut_tenir(frozenset({Role.LECTEUR}))
