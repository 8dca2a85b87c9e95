"""A new dossier goes from its creation to its first confirmed day of support, role by role, in the browser.

Each hand-over is read on the next person's home page, each state on the porteur's own page; with the long
tests, every distinct page met is read by axe-core. Nothing may break the security policy or fail.
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.management import call_command

from accompagnement.models import CreditJours
from manufactures import horloge
from manufactures.actes.models import Acte
from manufactures.registres import verifier_invariants
from tests.parcours import comite, depot, incubation, instruction, jours, subvention
from tests.parcours.pages import Personne

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]


@dataclass
class Gens:
    """One window a role; two members of the committee besides its chair, and somebody from outside."""

    porteur: Personne
    agent: Personne
    responsable: Personne
    responsable2: Personne  # holds the delegation of signature
    president: Personne
    expert: Personne
    membres: list[Personne]
    visiteur: Personne


@pytest.fixture
def gens(monde, entrer):
    """Everybody signs in through the page, the visitor apart."""
    roles = ("porteur", "agent", "responsable", "responsable2", "president", "expert")
    membres = [entrer(nom) for nom in comite.DEUX_MEMBRES]
    return Gens(*map(entrer, roles), membres=membres, visiteur=entrer("visiteur", signe=False))


def test_a_new_dossier_reaches_its_first_confirmed_day(gens, monde, constat, request):
    constat.avec_axe = not request.config.getoption("markexpr")  # a minute of reading: with the long tests
    numero = la_candidature(gens)
    monde.clore_la_vague()
    la_pre_instruction(gens, numero)
    la_selection(gens, numero, monde)
    l_incubation(gens, numero)
    l_arbitrage(gens, numero, monde)
    la_convention(gens)
    les_jours(gens, numero)

    constat.conclure()
    verdict()


def la_candidature(gens: Gens) -> str:
    """Written in eight sections, deposited, its receipt verified by a stranger; returns its number."""
    numero = depot.creer_et_remplir(gens.porteur)
    depot.deposer(gens.porteur, gens.visiteur, numero)
    return numero


def la_pre_instruction(gens: Gens, numero: str) -> None:
    """Taken, examined, completed, admissible."""
    instruction.prendre_en_charge(gens.agent, gens.porteur, numero)
    instruction.remplir_la_grille(gens.agent)
    instruction.demander_un_complement(gens.agent, gens.porteur, numero)
    instruction.declarer_recevable(gens.agent, gens.porteur, numero)


def la_selection(gens: Gens, numero: str, monde) -> None:
    """Two sittings: a short list, then the hearing, a secret ballot and the decision, published."""
    gens.responsable.attendu("1 dossier recevable")
    premiere = comite.preparer(gens.responsable, "PRE_SELECTION")
    gens.porteur.constate(numero, "EN_COMITE")
    comite.declarer_les_interets([gens.president, *gens.membres], premiere, monde, numero)
    comite.lire(gens.membres[0], numero)
    comite.ouvrir(gens.president, gens.responsable, gens.membres, premiere, monde)
    comite.retenir_pour_l_audition(gens.responsable, premiere)
    seance = comite.preparer(gens.responsable.aller("/comite/"), "SELECTION")
    comite.entendre(gens.responsable, gens.porteur, numero)
    comite.ouvrir(gens.president, gens.responsable, gens.membres, seance, monde)
    comite.voter_en_secret(gens.president, gens.membres, numero)
    comite.rendre_l_avis(gens.president, gens.responsable)
    gens.porteur.constate(numero, "AVIS_RENDU")
    comite.decider(gens.agent, gens.responsable2, gens.responsable, sens="LABELLISATION")
    comite.publier_le_laureat(gens.porteur, gens.visiteur, numero)


def l_incubation(gens: Gens, numero: str) -> None:
    """A cohort, a module, a deliverable, the report."""
    incubation.ouvrir_la_promotion(gens.agent, gens.porteur, numero)
    incubation.tenir_un_module(gens.agent, gens.expert)
    incubation.remettre_un_livrable(gens.porteur, gens.expert)
    incubation.geler_le_bilan(gens.agent, gens.porteur, numero)


def l_arbitrage(gens: Gens, numero: str, monde) -> None:
    """The same committee votes amounts; the award is decided as the label was."""
    gens.responsable.attendu("1 lauréat à inscrire en séance d'arbitrage")
    seance = comite.preparer(gens.responsable, "ARBITRAGE", scrutin_secret=False)
    subvention.proposer_les_montants(gens.agent, seance, numero)
    comite.ouvrir(gens.president, gens.responsable, gens.membres, seance, monde)
    subvention.voter_les_montants(gens.president, gens.responsable)
    comite.decider(gens.agent, gens.responsable2, gens.responsable, sens="ATTRIBUTION")
    gens.porteur.constate(numero, "EN_ACCOMPAGNEMENT")


def la_convention(gens: Gens) -> None:
    """Two signatures, then four persons for the first payment."""
    subvention.signer_la_convention(gens.porteur, gens.agent, gens.responsable2)
    subvention.verser_l_avance(gens.porteur, gens.agent, gens.responsable, gens.responsable2)


def les_jours(gens: Gens, numero: str) -> None:
    """From the credit to half a day that counts."""
    jours.ouvrir_le_credit(gens.responsable)
    jours.commander_une_mission(gens.agent, gens.porteur, gens.expert, gens.responsable)
    jours.noter_et_confirmer(gens.expert, gens.porteur, numero)


def verdict() -> None:
    """Every act is sealed under a number of its own, half a day is spent, the record and the invariants hold."""
    horloge.oublier()
    actes = list(Acte.objects.order_by("rang"))
    assert {acte.etat for acte in actes} == {"SCELLE"}
    assert [acte.rang for acte in actes] == list(range(1, len(actes) + 1))
    assert CreditJours.objects.get().consommes == Decimal("0.5")
    call_command("verifier_journal")
    assert {nom: violations for nom, violations in verifier_invariants() if violations} == {}
