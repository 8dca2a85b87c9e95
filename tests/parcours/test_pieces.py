"""Files in the browser: chosen, dragged, sent by the keyboard alone, cut and resumed, seen, replaced."""

import base64
import hashlib
import time

import pytest
from playwright.sync_api import expect

from candidatures.models import Envoi, Piece
from tests.factories.candidatures import DossierFactory
from tests.factories.programme import PieceDemandeeFactory
from tests.outils.hostiles import EXE, image, pdf

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

LISTE, FORMULAIRE, SUIVI = "#liste-pieces", "main form[data-mp-envois]", "[data-mp-suivi]"


@pytest.fixture
def dossier(transactional_db, settings):
    """A draft whose call asks for two pieces."""
    settings.MFA_AGENTS = "facultative"
    for code, libelle in (("statuts", "Statuts"), ("devis", "Devis des équipements")):
        PieceDemandeeFactory(code=code, libelle=libelle)
    return DossierFactory()


@pytest.fixture
def porteur(asseoir, dossier):
    """Its titulaire, before the page of the pieces."""
    return asseoir(dossier.titulaire).aller(f"/dossiers/{dossier.numero}/pieces/")


@pytest.fixture(scope="module")
def plan() -> bytes:
    """A picture of a megabyte and a half: several pieces, whatever the pace."""
    contenu = image("PNG", (960, 720))
    assert len(contenu) > 1_500_000
    return contenu


def a_choisir(nom: str, contenu: bytes) -> dict:
    return {"name": nom, "mimeType": "application/octet-stream", "buffer": contenu}


def envoyer(page, genre, *fichiers):
    """Choose, then press."""
    formulaire = page.locator(FORMULAIRE)
    formulaire.locator("[name=type]").select_option(genre)
    formulaire.locator("[type=file]").set_input_files([a_choisir(*f) for f in fichiers])
    formulaire.get_by_role("button", name="Ajouter les fichiers").click()


def glisser(page, cible: str, nom: str, contenu: bytes):
    """Drop a file of this content on this element."""
    transfert = page.evaluate_handle(
        """([nom, octets]) => {
          const transfert = new DataTransfer();
          const contenu = Uint8Array.from(atob(octets), (signe) => signe.charCodeAt(0));
          transfert.items.add(new File([contenu], nom, {lastModified: 1}));
          return transfert;
        }""",
        [nom, base64.b64encode(contenu).decode()],
    )
    for evenement in ("dragover", "drop"):
        page.locator(cible).first.dispatch_event(evenement, {"dataTransfer": transfert})


def ralentir(page):
    """Each piece takes a moment: there is something to cut."""

    def lent(route):
        time.sleep(0.3)
        route.continue_()

    page.route("**/pieces/envois/*-*/", lent)


def retenir(page):
    """The first piece goes, the next ones wait for ever: there is something to leave or to give up."""
    vus = []

    def attendre(route):
        if route.request.method == "PATCH":
            vus.append(route)
            if len(vus) > 1:
                return
        route.continue_()

    page.route("**/pieces/envois/*-*/", attendre)


def avance(page):
    """Something has come, and not all."""
    expect(page.locator(SUIVI).locator("progress")).not_to_have_attribute("value", "0")


def test_several_files_at_once_and_what_is_refused_says_why(porteur, dossier, constat):
    page = porteur.page
    page.locator("[name=calendrier]").fill("Un texte pas encore enregistré.")

    envoyer(page, "devis", ("raboteuse.pdf", pdf()), ("virus.exe", EXE), ("fraiseuse.pdf", pdf()))

    for nom in ("raboteuse.pdf", "fraiseuse.pdf"):
        expect(page.locator(LISTE)).to_contain_text(nom)
    expect(page.locator(SUIVI).get_by_role("alert")).to_contain_text("virus.exe\u00a0» est un programme")
    expect(page.locator(SUIVI).locator("progress")).to_have_count(0)
    assert page.locator("[name=calendrier]").input_value() == "Un texte pas encore enregistré."
    assert set(Piece.objects.values_list("nom", "type__code")) == {
        ("raboteuse.pdf", "devis"),
        ("fraiseuse.pdf", "devis"),
    }
    constat.lire(page)
    constat.conclure()


def test_an_upload_cut_by_the_network_resumes_by_itself(porteur, dossier, plan):
    page = porteur.page
    ralentir(page)
    envoyer(page, "statuts", ("plan.png", plan))
    expect(page.locator(SUIVI)).to_contain_text("%")
    avance(page)

    page.context.set_offline(True)
    expect(page.locator(SUIVI)).to_contain_text("l'envoi reprendra tout seul")
    recus = Envoi.objects.get().recus
    assert 0 < recus < len(plan)
    page.wait_for_timeout(1500)
    page.context.set_offline(False)

    expect(page.locator(LISTE)).to_contain_text("plan.png", timeout=30_000)
    assert Piece.objects.get().empreinte == hashlib.sha256(plan).hexdigest()
    assert Envoi.objects.get().piece_id  # the same upload went on: no other was begun


def test_an_upload_cut_by_a_closed_page_resumes_where_it_was(porteur, dossier, plan, asseoir):
    """The same file chosen again goes on from what had come."""
    page = porteur.page
    retenir(page)
    chemin = dossier.get_absolute_url() + "pieces/"
    glisser(page, '[data-mp-type="statuts"]', "plan.png", plan)
    avance(page)
    page.once("dialog", lambda question: question.accept())
    page.close()
    recus = Envoi.objects.get().recus
    assert 0 < recus < len(plan)

    page = porteur.page = porteur.page.context.new_page()
    debuts = []
    page.on(
        "request", lambda r: r.method == "PATCH" and debuts.append(int(r.headers.get("upload-offset", "-1")))
    )
    page.goto(porteur.adresse + chemin)
    glisser(page, '[data-mp-type="statuts"]', "plan.png", plan)

    expect(page.locator(LISTE)).to_contain_text("plan.png", timeout=30_000)
    assert debuts[0] >= recus
    piece = Piece.objects.get()
    assert (piece.empreinte, piece.type.code) == (hashlib.sha256(plan).hexdigest(), "statuts")


def test_a_file_is_dropped_on_the_form_or_on_the_line_of_its_piece(porteur, dossier):
    page = porteur.page
    glisser(page, FORMULAIRE, "statuts.pdf", pdf())
    expect(page.locator("#annonces")).to_contain_text("Choisissez de quelle pièce")
    expect(page.locator(f"{FORMULAIRE} [name=type]")).to_be_focused()
    page.keyboard.press("s")
    page.locator(FORMULAIRE).get_by_role("button", name="Ajouter les fichiers").click()
    expect(page.locator('[data-mp-type="statuts"]')).to_contain_text("statuts.pdf")

    glisser(page, '[data-mp-type="devis"]', "devis.pdf", pdf())
    expect(page.locator('[data-mp-type="devis"]')).to_contain_text("devis.pdf")
    assert dict(Piece.objects.values_list("nom", "type__code")) == {
        "statuts.pdf": "statuts",
        "devis.pdf": "devis",
    }


def test_the_keyboard_alone_adds_a_file_and_gives_one_up(porteur, dossier, plan):
    page = porteur.page
    page.on(
        "filechooser", lambda choix: None
    )  # from now on, so that the browser holds its window back in time
    page.locator(f"{FORMULAIRE} [name=type]").focus()
    page.keyboard.press("d")
    expect(page.locator(f"{FORMULAIRE} [name=type]")).to_have_value("devis")
    page.keyboard.press("Tab")
    expect(page.locator(f"{FORMULAIRE} [name=libelle]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(f"{FORMULAIRE} [type=file]")).to_be_focused()
    with page.expect_file_chooser() as choix:
        page.keyboard.press("Space")
    choix.value.set_files([a_choisir("devis.pdf", pdf())])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('[data-mp-type="devis"]')).to_contain_text("devis.pdf")
    expect(page.locator("#annonces")).to_contain_text("est ajouté")

    retenir(page)
    envoyer(page, "statuts", ("plan.png", plan))
    avance(page)
    page.get_by_role("button", name="Annuler l'envoi de plan.png").focus()
    page.keyboard.press("Enter")
    expect(page.locator(SUIVI).locator("li")).to_have_count(0)
    expect(page.locator(f"{FORMULAIRE} [type=file]")).to_be_focused()
    assert list(Piece.objects.values_list("nom", flat=True)) == ["devis.pdf"]


def test_a_session_that_expired_says_so(porteur, dossier):
    page = porteur.page
    page.context.clear_cookies(name="sessionid")
    envoyer(page, "statuts", ("statuts.pdf", pdf()))
    expect(page.locator(SUIVI).get_by_role("alert")).to_contain_text("Votre session a expiré")


def test_a_pdf_and_a_picture_are_seen_in_their_page_and_replaced(porteur, dossier, constat):
    page = porteur.page
    envoyer(page, "devis", ("devis.pdf", pdf()), ("photo.jpg", image("JPEG", (800, 600))))
    expect(page.locator(LISTE)).to_contain_text("photo.jpg")
    cadre, photo = Piece.objects.order_by("pk")

    with page.expect_response(lambda r: r.url.endswith(f"/{cadre.pk}/contenu/")) as reponse:
        porteur.aller(f"/dossiers/{dossier.numero}/pieces/{cadre.pk}/apercu/")
    assert reponse.value.status == 200
    porteur.aller(f"/dossiers/{dossier.numero}/pieces/{photo.pk}/apercu/")
    assert (
        page.locator("img.mp-image").evaluate("image => image.decode().then(() => image.naturalWidth)") == 800
    )

    nouvelle = a_choisir("photo2.jpg", image("JPEG", (400, 300)))
    porteur.envoyer('main form[enctype] button:not([name="action"])', fichier=nouvelle)
    porteur.lit("Versions précédentes", "photo.jpg")
    assert Piece.objects.get(nom="photo2.jpg").remplace == photo
    porteur.aller(f"/dossiers/{dossier.numero}/pieces/").lit("photo2.jpg")
    constat.conclure()


def test_without_scripts_several_files_are_added_as_ever(asseoir, dossier, constat):
    constat.avec_axe = False
    porteur = asseoir(dossier.titulaire, java_script_enabled=False)
    porteur.aller(f"/dossiers/{dossier.numero}/pieces/")
    page = porteur.page
    with page.expect_navigation():
        envoyer(page, "devis", ("a.pdf", pdf()), ("b.exe", EXE), ("c.pdf", pdf()))
    porteur.lit("a.pdf", "c.pdf", "b.exe\u00a0» est un programme")
    assert set(Piece.objects.values_list("nom", flat=True)) == {"a.pdf", "c.pdf"}
    constat.conclure()
