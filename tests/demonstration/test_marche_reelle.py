"""A walk of 10 000 random steps on the loaded demonstration, through the door itself.

No forbidden step is accepted, a refused one changes nothing, the ball is in one hand, and every invariant holds after
each step that was accepted.
"""

import random

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accompagnement.models import Convention, Mission
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.cycles import TransitionInterdite
from manufactures.journal.models import Entree, premiere_rupture
from manufactures.procedure import CYCLES, est_final
from manufactures.registres import roles_sur, verifier_invariants
from tests.noyau.test_transitions import LOI

pytestmark = [pytest.mark.xdist_group("demonstration"), pytest.mark.long]

PAS = 10_000
MODELES = {"dossier": Dossier, "convention": Convention, "mission": Mission}
COMPTES = (
    "porteur porteur2 invite agent agent2 responsable responsable2 president comite1 expert expert2 auditeur"
)


@pytest.fixture
def marche(demonstration):
    """Undone at the end: the other tests of the demonstration find it as it was loaded."""
    with transaction.atomic():
        yield random.Random(20211208)  # the same walk at each run
        transaction.set_rollback(True)


def gens():
    """The demonstration's accounts, and the other porteurs: each real role is there."""
    noms = [f"{nom}@manufactures.test" for nom in COMPTES.split()]
    titulaires = User.objects.filter(appartenances__droit="TITULAIRE").exclude(email__in=noms).distinct()
    return list(User.objects.filter(email__in=noms)) + list(titulaires.order_by("pk")[:10])


def tenter(objet, action, par):
    """The door's answer: True when the step was taken."""
    try:
        with transaction.atomic():
            objet.passer(
                action, par=par, motif="Motif de la marche, assez long pour être imprimé sur un acte."
            )
    except (TransitionInterdite, PermissionDenied, type(objet).DoesNotExist):
        return False
    return True


def test_ten_thousand_random_steps_on_the_demonstration(marche):
    personnes, franchis = gens(), 0
    objets = [
        (cycle, pk) for cycle, modele in MODELES.items() for pk in modele.objects.values_list("pk", flat=True)
    ]
    for pas in range(PAS):
        if pas % 100 == 0:
            horloge.oublier()
        cycle, pk = marche.choice(objets)
        objet = MODELES[cycle].objects.get(pk=pk)
        possibles = [a for a, (depuis, _, _) in LOI[cycle].items() if objet.etat in depuis.split()]
        action = marche.choice(possibles if possibles and marche.random() < 0.5 else sorted(CYCLES[cycle]))
        par = marche.choice(personnes)
        depuis, vers, roles = LOI[cycle][action]
        avant, lignes = objet.etat, Entree.objects.filter(fil=objet.fil).count()
        permis = avant in depuis.split() and bool(roles & roles_sur(objet, par))

        franchi = tenter(objet, action, par)

        apres = MODELES[cycle].objects.get(pk=pk)
        if not franchi:
            assert (apres.etat, Entree.objects.filter(fil=objet.fil).count()) == (avant, lignes)
            continue
        franchis += 1
        assert permis, (action, avant, par.email)
        assert apres.etat == vers
        balle = apres.balle()
        assert (balle.tenant is None) == est_final(cycle, apres.etat)
        assert {nom: v for nom, v in verifier_invariants() if v} == {}, (action, objet)
    assert franchis > 30
    assert premiere_rupture()[1] is None
