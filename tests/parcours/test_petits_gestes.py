"""Small things that live: who else writes in a section, told by itself; a whole page of dossiers ticked at once."""

import pytest
from playwright.sync_api import expect

from candidatures.models import Modification
from candidatures.models.ecriture import Changement
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.instruction import dossier_depose, responsable, vague_close

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]
UN_SONDAGE_MS = 31_000


def test_a_section_tells_by_itself_who_else_writes_unless_nobody_looks(
    asseoir, transactional_db, settings, constat
):
    settings.MFA_AGENTS = "facultative"
    dossier = DossierFactory()
    marie = UserFactory(prenom="Marie", nom="Aubry")
    MembreFactory(dossier=dossier, droit="CONTRIBUTEUR", user=marie)
    awa = asseoir(dossier.titulaire)
    sondages = []
    awa.page.on("request", lambda r: "/presence/" in r.url and sondages.append(r.url))
    awa.page.clock.install()
    awa.aller(f"/dossiers/{dossier.numero}/projet/")
    presence = awa.page.locator("#presence")
    expect(presence).to_be_empty()

    changement = Changement(champ="besoin", libelle="Besoin", avant="", apres="Un four.")
    Modification.noter(dossier, "projet", [changement], {}, par=marie)
    awa.page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    awa.page.clock.run_for(UN_SONDAGE_MS)
    assert sondages == []
    awa.page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    awa.page.clock.run_for(UN_SONDAGE_MS)

    expect(presence).to_contain_text("Marie Aubry écrit aussi dans cette section")
    with awa.page.expect_response(lambda r: "/presence/" in r.url) as reponse:
        awa.page.clock.run_for(UN_SONDAGE_MS)
    assert reponse.value.status == 204
    expect(presence).to_contain_text("Marie Aubry")
    constat.conclure()


def test_a_whole_page_is_ticked_with_the_keyboard_and_shared_out(
    asseoir, transactional_db, settings, constat
):
    settings.MFA_AGENTS = "facultative"
    vague = vague_close()
    for nom in ("Un", "Deux", "Trois"):
        dossier_depose(vague=vague, nom=nom)
    chef = asseoir(responsable())
    chef.aller("/instruction/")
    tout = chef.page.get_by_role("checkbox", name="Cocher tous les dossiers de cette page")
    boites = chef.page.locator("tbody input[name=d]")

    tout.focus()
    chef.page.keyboard.press("Space")
    assert [boite.is_checked() for boite in boites.all()] == [True] * 3
    expect(chef.page.locator("#annonces")).to_have_text("3 cochés")
    boites.first.focus()
    chef.page.keyboard.press("Space")
    assert not tout.is_checked() and tout.evaluate("(b) => b.indeterminate")
    tout.focus()
    chef.page.keyboard.press("Space")
    assert [boite.is_checked() for boite in boites.all()] == [True] * 3 and tout.is_checked()

    chef._suivre(chef.page.get_by_role("button", name="Affecter les dossiers cochés"))
    chef.lit("3 dossiers cochés")
    constat.conclure()
