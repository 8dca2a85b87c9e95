"""In airplane mode: thirty signatures, ten photos; back on line, three answers lost; each arrives once."""

import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Error, expect

from accompagnement.models import Presence, SaisieHorsLigne
from candidatures.models import Piece
from manufactures import horloge
from tests.factories import accompagnement as f
from tests.outils.hostiles import image
from tests.parcours.pages import debordements

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur, pytest.mark.long]

TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
PROJETS, PHOTOS = 15, 10  # thirty signatures: each project, both half days
NB = "\u00a0"
CHEMINS_GARDES = """async () => {
  const requetes = await Promise.all((await caches.keys()).map(async (nom) => (await caches.open(nom)).keys()));
  return requetes.flat().map((requete) => new URL(requete.url).pathname);
}"""


@pytest.fixture
def scene(transactional_db, actes_au_fil_de_l_eau):
    """A cohort of fifteen, and its session of the day."""
    gens = f.distribution()
    premier = f.laureat(gens)
    autres = [f.laureat(gens, vague=premier.vague) for _ in range(PROJETS - 1)]
    session = f.session(gens, f.promotion(gens, premier, *autres))
    return gens, session


def ouvrir(expert, session):
    """Once with the network: the phone keeps the page."""
    expert.aller(f"/accompagnement/hors-ligne/{session.pk}/")
    expect(expert.page.locator("#hors-ligne[data-prete=oui]")).to_be_visible()


def signer_tous(page, demi: str):
    """Each project: « Signer », the phone is handed over, « Je suis là »."""
    page.get_by_label(demi, exact=True).check(force=True)
    signer = page.locator("#hl-projets").get_by_role("button", name="Signer")
    expect(signer).to_have_count(PROJETS)
    for reste in range(PROJETS - 1, -1, -1):
        signer.first.click()
        page.get_by_role("button", name="Je suis là").click()
        expect(signer).to_have_count(reste)


def a_envoyer(page, nombre: int):
    expect(page.locator("#hl-compte")).to_have_text(f"{nombre}{NB}à envoyer" if nombre else "Rien à envoyer")


def perdre_les_reponses(page, session, combien: int) -> list[str]:
    """The server does the deed, and its answer never arrives."""
    perdues = []

    def perdre(route):
        if len(perdues) < combien:
            route.fetch()
            perdues.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route(re.compile(rf"/hors-ligne/{session.pk}/(presences|photos)/"), perdre)
    return perdues


def lire_qr(rangs: list[list[bool]]) -> str:
    """What a phone's camera reads of this drawing."""
    cote = len(rangs) + 8
    dessin = Image.new("L", (cote, cote), 255)
    for y, rang in enumerate(rangs):
        for x, noir in enumerate(rang):
            if noir:
                dessin.putpixel((x + 4, y + 4), 0)
    return zxingcpp.read_barcode(dessin.resize((cote * 4, cote * 4), Image.Resampling.NEAREST)).text


def test_thirty_signatures_and_ten_photos_arrive_once(scene, asseoir, constat):
    gens, session = scene
    expert = asseoir(gens.expert, **TELEPHONE)
    ouvrir(expert, session)
    page, reseau = expert.page, expert.page.context

    reseau.set_offline(True)
    page.reload()  # the tab was closed: the page opens again without network
    expect(page.locator("#hors-ligne[data-etat=prete]")).to_be_visible()
    with pytest.raises(Error):
        page.request.get(expert.adresse + "/sante/", timeout=2000)
    signer_tous(page, "Matin")
    signer_tous(page, "Après-midi")
    page.locator("#hl-projet-photo").select_option(index=1)
    photos = [
        {"name": f"{rang}.png", "mimeType": "image/png", "buffer": image("PNG", (40 + rang, 40))}
        for rang in range(PHOTOS)
    ]
    page.locator("#hl-ajouter-photos").set_input_files(photos)
    a_envoyer(page, 2 * PROJETS + PHOTOS)
    assert not debordements(page)
    page.reload()
    a_envoyer(page, 2 * PROJETS + PHOTOS)
    assert not SaisieHorsLigne.objects.exists()

    perdues = perdre_les_reponses(page, session, 3)
    reseau.set_offline(False)
    for _ in range(12):  # the phone tries again by itself; the hurried press the button
        if page.locator("#hl-compte").get_attribute("data-a-envoyer") == "0":
            break
        if page.locator("#hl-envoyer").is_enabled():
            page.locator("#hl-envoyer").click()
        page.wait_for_timeout(1500)
    a_envoyer(page, 0)

    assert len(perdues) == 3
    horloge.oublier()
    assert (Presence.objects.count(), Piece.objects.count()) == (2 * PROJETS, PHOTOS)
    assert SaisieHorsLigne.objects.count() == 2 * PROJETS + PHOTOS
    assert Piece.objects.values("empreinte").distinct().count() == PHOTOS
    expert.aller(f"/accompagnement/sessions/{session.pk}/").lit("signé hors ligne le")
    constat.conclure()


def test_refused_corrected_discarded_signed_out_then_sent(scene, asseoir, constat):
    gens, session = scene
    expert = asseoir(gens.expert, **TELEPHONE)
    ouvrir(expert, session)
    page, reseau = expert.page, expert.page.context
    absent, present = session.promotion.dossiers.order_by("nom_projet")[:2]
    session.noter({(absent, "MATIN"): "ABSENT"}, par=gens.agent)

    reseau.set_offline(True)
    page.get_by_label("Matin", exact=True).check(force=True)
    for dossier in (absent, present):
        page.locator(f'[data-projet="{dossier.pk}"]').get_by_role("button").click()
        page.locator("#hl-autre").fill("Camille Durand")
        page.get_by_role("button", name="Je suis là").click()
    a_envoyer(page, 2)
    cookies = reseau.cookies()
    reseau.clear_cookies()  # the session ended meanwhile
    reseau.set_offline(False)
    expect(page.locator("#hl-deconnecte")).to_be_visible()
    a_envoyer(page, 2)
    assert not SaisieHorsLigne.objects.exists()

    reseau.add_cookies(cookies)
    page.locator("#hl-envoyer").click()
    expect(page.locator("#hl-compte")).to_have_text("Rien à envoyer, 1\u00a0refusée, à corriger")
    expect(page.locator("#hl-gardees [data-etat=refusee]")).to_contain_text("Absent")
    constat.lire(page)
    assert not debordements(page)

    page.get_by_role("button", name="Corriger").click()
    page.locator("#hl-correction-demi").select_option("APRES_MIDI")
    page.get_by_role("button", name="Je suis là").click()
    expect(page.locator("#hl-gardees-section")).to_be_hidden()
    a_envoyer(page, 0)
    horloge.oublier()
    assert set(SaisieHorsLigne.objects.values_list("dossier", "presence__demi_journee", "signataire")) == {
        (present.pk, "MATIN", "Camille Durand"),
        (absent.pk, "APRES_MIDI", "Camille Durand"),
    }
    constat.conclure()


def test_the_door_without_network_and_nothing_kept_after_the_sign_out(scene, asseoir, constat):
    gens, session = scene
    expert = asseoir(gens.expert, **TELEPHONE)
    ouvrir(expert, session)
    page, reseau = expert.page, expert.page.context

    reseau.set_offline(True)
    page.reload()
    page.get_by_label("Matin", exact=True).check(force=True)
    page.get_by_text("Montrer le code à la porte").click()
    expect(page.locator("#hl-qr svg")).to_be_visible()
    code = page.locator("#hl-qr").get_attribute("data-code")
    horloge.oublier()
    assert session.affiche_le_code("MATIN", code)
    for texte in (f"https://manufactures.exemple.fr/e/{code}/", "x" * 17, "é" * 53, "court"):
        assert lire_qr(page.evaluate("(texte) => mpCodeQr(texte)", texte)) == texte
    assert page.evaluate("mpCodeQr('x'.repeat(107))") is None

    reseau.set_offline(False)
    gardees = page.evaluate(CHEMINS_GARDES)
    assert {chemin for chemin in gardees if not chemin.startswith("/static/")} == {
        f"/accompagnement/hors-ligne/{session.pk}/"
    }
    page.set_viewport_size({"width": 1280, "height": 800})
    page.locator('header form[action*="logout"]').first.evaluate("formulaire => formulaire.requestSubmit()")
    page.wait_for_function("async () => !(await caches.keys()).includes('mp-hors-ligne-pages')")
    constat.conclure()
