"""A dossier from the desk to « Déclarer recevable » with the keyboard alone, and a selection pinned in one click."""

import pytest
from playwright.sync_api import expect

from instruction.models import Epingle, Instruction, Reponse
from manufactures.procedure import Etat
from tests.factories.instruction import REGLES, agent, dossier_depose, pris_en_charge
from tests.parcours.pages import Personne

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

BESOIN = "Les artisans n'ont pas d'atelier. L'atelier ouvre le mardi."
AU_PLUS = 250  # presses of Tab before one says that a control cannot be reached


@pytest.fixture
def dossier(transactional_db, actes_au_fil_de_l_eau):
    return dossier_depose(besoin=BESOIN)


def tabuler(personne: Personne, selecteur: str) -> None:
    """Tab, as often as it takes, until this control has the focus; the focus is never lost nor trapped."""
    for _ in range(AU_PLUS):
        personne.page.keyboard.press("Tab")
        if personne.page.evaluate("(s) => document.activeElement.matches(s)", selecteur):
            return
    raise AssertionError(f"{selecteur} ne reçoit pas le focus au clavier")


def valider(personne: Personne) -> None:
    """Enter, on the control that has the focus: another page comes."""
    with personne.page.expect_navigation() as navigation:
        personne.page.keyboard.press("Enter")
    personne._arriver(navigation.value)


def presser(personne: Personne, *touches: str) -> None:
    for touche in touches:
        personne.page.keyboard.press(touche)


def enregistree(personne: Personne, code: str) -> None:
    expect(personne.page.locator(f"#etat-{code}")).to_contain_text("Enregistré à")


def test_from_the_desk_to_admissible_with_the_keyboard_alone(asseoir, dossier, constat):
    camille = asseoir(agent())
    camille.aller("/instruction/")
    tabuler(camille, f"a[href^='/instruction/{dossier.numero}/']")
    valider(camille)
    tabuler(camille, "button[value=prendre_en_charge]")
    valider(camille)

    # Ten rules: j goes to the next line, o answers yes; the first is answered by the deposit itself.
    for code in REGLES[1:]:
        presser(camille, "j", "o")
        enregistree(camille, code)
    camille.lit("10 règles sur 10")

    # e pins on the line where one is: the place by its first letters, then the words.
    presser(camille, "e")
    camille.page.keyboard.type("Besoin du")
    presser(camille, "Tab")
    camille.page.keyboard.type("atelier ouvre le mardi")
    tabuler(camille, "button[value=epingler]")
    presser(camille, "Enter")
    expect(camille.page.locator(f"#epingles-{REGLES[-1]} a")).to_contain_text("atelier ouvre le mardi")

    # v opens the proof, marked; Échap comes back to it.
    presser(camille, "v")
    expect(camille.page.locator("#champ-besoin")).to_be_focused()
    expect(camille.page.locator("#champ-besoin mark")).to_have_text("atelier ouvre le mardi")
    presser(camille, "Escape")
    expect(camille.page.locator(f"#epingles-{REGLES[-1]} a")).to_be_focused()

    tabuler(camille, "[name=avis]")
    camille.page.keyboard.type("Dix règles remplies.")
    tabuler(camille, "button[value=declarer_recevable]")
    enregistree(camille, "avis")
    valider(camille)

    camille.lit("Dossier déclaré recevable")
    dossier.refresh_from_db()
    assert dossier.etat == Etat.RECEVABLE
    assert Epingle.objects.get().critere.code == REGLES[-1]
    assert Instruction.objects.get().verdicts.filter(reponse=Reponse.OUI).count() == len(REGLES)
    constat.conclure()


def selectionner(personne: Personne, mots: str) -> None:
    """Select these words of the summary, the last time that they come."""
    personne.page.evaluate(
        """(mots) => {
          const noeud = document.querySelector("#champ-besoin [data-mp-texte] p").firstChild;
          const debut = noeud.data.lastIndexOf(mots);
          document.getSelection().setBaseAndExtent(noeud, debut, noeud, debut + mots.length);
        }""",
        mots,
    )


def test_a_selection_is_pinned_in_one_click_where_it_stands(asseoir, dossier, constat):
    instruction = pris_en_charge(dossier)
    camille = asseoir(instruction.instructeur)
    camille.aller(f"/instruction/{dossier.numero}/")
    presser(camille, "j")

    selectionner(camille, "atelier")
    camille.page.get_by_role("button", name="Épingler sur E2").click()

    expect(camille.page.locator("#epingles-E2")).to_contain_text("atelier")
    epingle = Epingle.objects.get()
    assert (epingle.passage, epingle.debut) == ("atelier", BESOIN.rindex("atelier"))
    constat.conclure()


def test_the_keys_of_one_letter_can_be_switched_off_and_never_act_while_one_types(asseoir, dossier, constat):
    instruction = pris_en_charge(dossier)
    camille = asseoir(instruction.instructeur)
    camille.aller(f"/instruction/{dossier.numero}/")
    presser(camille, "?")
    expect(camille.page.locator("#touches")).to_contain_text("Ctrl + Entrée")
    camille.page.locator("[name=E2-motif]").focus()
    camille.page.keyboard.type("on")
    expect(camille.page.locator("[name=E2-motif]")).to_have_value("on")

    camille.page.locator("#touches-actives").uncheck(force=True)
    camille.page.locator("body").press("j")
    presser(camille, "o")
    camille.page.reload()
    expect(camille.page.locator("#touches-actives")).not_to_be_checked()

    assert not camille.page.locator("[name=E2-reponse]:checked").count()
    assert not instruction.verdicts.filter(critere__code="E2", reponse=Reponse.OUI).exists()
    constat.conclure()
