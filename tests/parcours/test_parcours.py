"""A new dossier goes from its creation to its first confirmed day of support, role by role, in the browser."""

import pytest

from tests.parcours import depot, instruction

pytestmark = pytest.mark.navigateur


def test_a_new_dossier_reaches_its_first_confirmed_day(entrer, monde, constat):
    porteur, visiteur = entrer("porteur"), entrer("visiteur", signe=False)

    numero = depot.creer_et_remplir(porteur)
    depot.deposer(porteur, visiteur, numero)
    monde.clore_la_vague()

    agent = entrer("agent")
    instruction.prendre_en_charge(agent, porteur, numero)
    instruction.remplir_la_grille(agent)
    instruction.demander_un_complement(agent, porteur, numero)
    instruction.declarer_recevable(agent, porteur, numero)

    constat.conclure()
