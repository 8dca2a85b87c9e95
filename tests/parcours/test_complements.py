"""In the browser: a completion goes out pinned to a passage, is answered there, is judged; a third party answers."""

import pytest

from instruction.models import AvisTiers, DemandeComplements
from tests.factories.instruction import pris_en_charge

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

AJOUT = " Dix-sept artisans du bassin l'ont écrit."


@pytest.fixture
def instruction(transactional_db, actes_au_fil_de_l_eau):
    """A dossier that its agent has taken."""
    return pris_en_charge()


def demander(agent, numero: str) -> DemandeComplements:
    """From the passage of the dossier to the letter."""
    agent.aller(f"/instruction/{numero}/")
    agent._suivre(agent.page.locator('a[href$="complements/?cible=champ-besoin"]').first)
    assert agent.page.locator("[name=points-0-cible]").input_value() == "champ-besoin"
    agent.faire("apercu", **{"points-0-raison": "le besoin n'est pas chiffré"})
    agent.lit("Ce que le porteur lira", "à cet endroit").faire("demander_complements")
    agent.lit("0 point sur 1 répondu")
    return DemandeComplements.objects.get()


def repondre(porteur, demande, depose: str) -> None:
    """What was deposited stands beside; only that answer is open, written anew."""
    porteur.aller(f"/dossiers/{demande.dossier.numero}/complements/").lit(
        "tel que vous l'avez déposé", depose
    )
    champ = f"point{demande.pieces.get().pk}-redaction"
    assert porteur.page.locator("[name$=-redaction]").count() == 1
    assert porteur.page.locator(f"[name={champ}]").input_value() == depose
    porteur.envoyer(f'main form:has([name="{champ}"]) button.fr-btn', **{champ: depose + AJOUT})
    porteur.lit("Ce qui change").faire("completer")


def test_a_completion_goes_out_is_answered_is_judged(instruction, asseoir, constat):
    dossier = instruction.dossier
    agent, porteur = asseoir(instruction.instructeur), asseoir(dossier.titulaire)
    demande = demander(agent, dossier.numero)
    repondre(porteur, demande, dossier.besoin)

    agent.aller(f"/instruction/{dossier.numero}/").lit("0 point sur 1 fait")
    assert AJOUT.strip() in agent.page.locator("#complements ins").inner_text()
    agent.faire("fait").lit("1 point sur 1 fait")
    agent.faire("annuler")._suivre(agent.page.get_by_role("link", name="Redemander"))
    agent.faire("redemander", mots="Donnez leur nombre par métier.").lit("À redemander")
    agent.aller(f"/instruction/{dossier.numero}/complements/")
    assert agent.page.locator("[name=points-0-raison]").input_value() == "Donnez leur nombre par métier."
    porteur.aller(f"/dossiers/{dossier.numero}/complements/")
    assert "par métier" not in porteur.texte()
    constat.conclure()


def test_the_same_without_scripts_on_a_telephone(instruction, asseoir, constat):
    constat.avec_axe = False
    dossier = instruction.dossier
    options = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}
    agent, porteur = asseoir(instruction.instructeur, **options), asseoir(dossier.titulaire, **options)
    demande = demander(agent, dossier.numero)
    repondre(porteur, demande, dossier.besoin)
    agent.aller(f"/instruction/{dossier.numero}/").faire("fait").lit("1 point sur 1 fait")
    constat.conclure()


def test_a_third_party_gives_its_opinion_by_its_link(instruction, asseoir, constat):
    dossier = instruction.dossier
    agent, tiers = asseoir(instruction.instructeur), asseoir(None)
    agent.aller(f"/instruction/{dossier.numero}/").suivre("Demander un avis à un tiers")
    agent.faire(
        "demander", organisme="PREFECTURE", nom="Préfecture de l'Aude", courriel="avis@aude.gouv.test",
        question="Le site est-il en zone inondable ?",
    ).lit("Préfecture de l'Aude")  # fmt: skip
    lien = AvisTiers.objects.get().lien
    tiers.aller(lien).lit("zone inondable", dossier.besoin)
    tiers.page.locator("[name=sens][value=RESERVE]").check(force=True)
    tiers.envoyer(
        "#votre-avis button.fr-btn",
        texte="Sous réserve du plan.",
        nom="Lise Caron",
        qualite="cheffe de service",
    ).lit("Avis rendu")
    agent.aller(f"/instruction/{dossier.numero}/").lit("favorable avec réserves", "Sous réserve du plan.")
    constat.conclure()
