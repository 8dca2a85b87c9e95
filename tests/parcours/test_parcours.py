"""A new dossier goes from its creation to its first confirmed day of support, role by role, in the browser.

Each hand-over is read on the next person's home page, each state on the porteur's own page; every distinct page met
is read by axe-core, and nothing may break the security policy or fail.
"""

from decimal import Decimal

import pytest

from accompagnement.models import CreditJours
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.journal.models import Entree
from manufactures.registres import verifier_invariants
from tests.parcours import comite, depot, incubation, instruction, jours, subvention

pytestmark = pytest.mark.navigateur


@pytest.fixture
def gens(entrer):
    """One window a role."""
    return {
        nom: entrer(nom) for nom in ("porteur", "agent", "responsable", "responsable2", "president", "expert")
    }


def test_a_new_dossier_reaches_its_first_confirmed_day(entrer, gens, monde, constat):
    visiteur, membres = entrer("visiteur", signe=False), [entrer(nom) for nom in comite.DEUX_MEMBRES]
    porteur, agent, responsable, signataire, president, expert = gens.values()

    numero = depot.creer_et_remplir(porteur)
    depot.deposer(porteur, visiteur, numero)
    monde.clore_la_vague()

    instruction.prendre_en_charge(agent, porteur, numero)
    instruction.remplir_la_grille(agent)
    instruction.demander_un_complement(agent, porteur, numero)
    instruction.declarer_recevable(agent, porteur, numero)

    responsable.attendu("1 dossier recevable")
    seance = comite.preparer(responsable, "SELECTION")
    porteur.constate(numero, "EN_COMITE")
    comite.declarer_les_interets([president, *membres], seance, monde, numero)
    comite.lire(membres[0], numero)
    comite.entendre(responsable, porteur, numero)
    comite.ouvrir(president, responsable, membres, seance, monde)
    comite.voter_en_secret(president, membres, numero)
    comite.rendre_l_avis(president, responsable)
    porteur.constate(numero, "AVIS_RENDU")
    comite.decider(agent, signataire, responsable, sens="LABELLISATION")
    comite.publier_le_laureat(porteur, visiteur, numero)

    incubation.ouvrir_la_promotion(agent, porteur, numero)
    incubation.tenir_un_module(agent, expert)
    incubation.remettre_un_livrable(porteur, expert)
    incubation.geler_le_bilan(agent, porteur, numero)

    responsable.aller("/comite/")
    arbitrage = comite.preparer(responsable, "ARBITRAGE", scrutin_secret=False)
    subvention.proposer_les_montants(agent, arbitrage, numero)
    comite.ouvrir(president, responsable, [], arbitrage, monde)
    subvention.voter_les_montants(president, responsable)
    comite.decider(agent, signataire, responsable, sens="ATTRIBUTION")
    porteur.constate(numero, "EN_ACCOMPAGNEMENT")

    subvention.signer_la_convention(porteur, agent, signataire)
    subvention.verser_l_avance(porteur, agent, responsable, signataire)
    jours.ouvrir_le_credit(responsable)
    jours.commander_une_mission(agent, porteur, expert, responsable, numero)
    jours.noter_et_confirmer(expert, porteur, numero)

    constat.conclure()
    verdict(numero)


def verdict(numero: str) -> None:
    """Every act is sealed under a number of its own, the credit has paid half a day, nothing known is false."""
    horloge.oublier()
    dossier = Dossier.objects.get(numero=numero)
    actes = list(Acte.objects.order_by("rang"))
    assert {acte.etat for acte in actes} == {"SCELLE"}
    assert [acte.rang for acte in actes] == list(range(1, len(actes) + 1))
    assert CreditJours.objects.get(dossier=dossier).consommes == Decimal("0.5")
    assert Entree.objects.filter(fil=dossier.fil).exists()
    assert {nom: violations for nom, violations in verifier_invariants() if violations} == {}
