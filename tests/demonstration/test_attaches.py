"""Two short cuts of the looks, and that neither shows a row more or less: one's ties read at the start of a request,
and the rows of a dossier read with one's roles on it."""

import pytest
from django.apps import apps

from candidatures.models import Dossier
from instruction.models import Echange, Instruction, NoteInterne
from manufactures.actes.models import Acte
from manufactures.comptes.connexion import Connexion
from manufactures.comptes.models import User
from manufactures.procedure import Role
from manufactures.registres import roles_sur

pytestmark = [pytest.mark.xdist_group("demonstration"), pytest.mark.long]
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


@pytest.mark.parametrize(
    "nom", ["agent", "agent2", "responsable", "auditeur", "comite1", "comite2", "president"]
)
def test_the_rows_of_a_dossier_are_those_of_the_looks(demonstration, nom):
    user = User.objects.get(email=f"{nom}@manufactures.test")
    compte = 0
    for dossier in Dossier.objects.visibles_par(user):
        roles = roles_sur(dossier, user)
        for lignes in (
            Acte.objects.filter(dossiers=dossier),
            *(modele.objects.filter(dossier=dossier) for modele in (Echange, NoteInterne, Instruction)),
        ):
            dedans = set(lignes.visibles_dans(dossier, user, roles).values_list("pk", flat=True))
            assert dedans == set(lignes.visibles_par(user).values_list("pk", flat=True)), (dossier, roles)
            compte += len(dedans)
    assert compte > 0
