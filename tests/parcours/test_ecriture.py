"""Writing in the browser: two members at once, a cut of the network, an expired session, the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from candidatures.models import Dossier, Modification
from manufactures.comptes.models import User
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import MOT_DE_PASSE
from tests.parcours.depot import CONTINUER
from tests.parcours.monde import courriel

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

ENREGISTRE = re.compile(r"Enregistré à \d+\s+h\s+\d\d\.")
HORS_CONNEXION = (
    "Hors connexion\u00a0: votre texte est gardé dans cette page, il partira au retour du réseau."
)


@pytest.fixture
def dossier(transactional_db, settings):
    settings.MFA_AGENTS = "facultative"
    return DossierFactory()


def ecrire(personne, nom, texte) -> None:
    """Type, then leave the field: what one types is saved by itself."""
    champ = personne.page.locator(f'[name="{nom}"]')
    champ.fill(texte)
    champ.blur()


def ecrire_et_enregistrer(personne, nom, texte) -> None:
    """Type, and wait until the server has answered; the line may still say when the previous save was."""
    with personne.page.expect_response(lambda r: r.request.method == "POST"):
        ecrire(personne, nom, texte)
    expect(ligne(personne)).to_contain_text(ENREGISTRE)


def ligne(personne):
    return personne.page.locator("#etat-saisie")


def copies(personne) -> int:
    """What this browser keeps of unsent texts."""
    return personne.page.evaluate(
        "Object.keys(localStorage).filter((c) => c.startsWith('mp-brouillon')).length"
    )


def stocke(dossier, nom) -> str:
    return getattr(Dossier.objects.get(pk=dossier.pk), nom)


def test_two_members_edit_the_same_section_at_once_and_no_word_is_lost(asseoir, dossier, constat):
    """Different answers never meet; the same one is shown in both texts, and what is proposed holds every word."""
    awa = asseoir(dossier.titulaire)
    yann = asseoir(MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user)
    for personne in (awa, yann):
        personne.aller(f"/dossiers/{dossier.numero}/projet/")

    ecrire_et_enregistrer(yann, "formation", "Yann écrit la formation.")
    ecrire_et_enregistrer(awa, "communaute", "Awa écrit la communauté.")
    expect(ligne(awa)).to_contain_text("a modifié «\u00a0Formation et transmission\u00a0»")
    assert stocke(dossier, "formation") == "Yann écrit la formation."
    assert stocke(dossier, "communaute") == "Awa écrit la communauté."

    ecrire_et_enregistrer(yann, "besoin", "Les artisans de Crest n'ont pas d'atelier commun.")
    ecrire(awa, "besoin", "Les artisans n'ont pas d'atelier ni de four.")
    expect(ligne(awa).get_by_role("alert")).to_contain_text("Vos deux textes sont gardés")
    assert stocke(dossier, "besoin") == "Les artisans de Crest n'ont pas d'atelier commun."
    with awa.page.expect_navigation():
        awa.page.get_by_role("button", name="Voir les deux textes et choisir").click()
    constat.lire(awa.page)
    awa.lit(
        "Les artisans de Crest n'ont pas d'atelier commun.", "Les artisans n'ont pas d'atelier ni de four."
    )
    with awa.page.expect_navigation():
        awa.page.get_by_role("button", name="Enregistrer").click()

    mots = "Les artisans de Crest n'ont pas d'atelier commun. ni de four.".split()
    assert set(mots) <= set(stocke(dossier, "besoin").split())
    assert stocke(dossier, "formation") == "Yann écrit la formation."
    assert stocke(dossier, "communaute") == "Awa écrit la communauté."
    awa.aller(f"/dossiers/{dossier.numero}/projet/")
    assert copies(awa) == copies(yann) == 0
    awa.aller(f"/dossiers/{dossier.numero}/commentaires/").lit("Aucun commentaire en cours.")
    awa.aller(f"/dossiers/{dossier.numero}/historique/").lit(
        "Besoin du territoire", "Formation et transmission"
    )
    assert Modification.objects.count() == 4  # both of « besoin », one of each other answer
    constat.fautes = [f for f in constat.fautes if "409" not in f]  # the page of both texts, on purpose
    constat.conclure()


def test_the_network_is_cut_during_autosave_and_resumes(asseoir, dossier, constat):
    """The text stays, the page says so, and it goes by itself when the network is back."""
    awa = asseoir(dossier.titulaire)
    awa.aller(f"/dossiers/{dossier.numero}/projet/")
    ecrire_et_enregistrer(awa, "besoin", "Avant la coupure.")

    awa.page.context.set_offline(True)
    ecrire(awa, "besoin", "Pendant la coupure, dix phrases.")
    expect(ligne(awa)).to_contain_text(HORS_CONNEXION)
    awa.page.locator(CONTINUER).click()  # the button does not lead to the browser's error page
    expect(awa.page.locator('[name="besoin"]')).to_have_value("Pendant la coupure, dix phrases.")
    assert copies(awa) == 1
    assert stocke(dossier, "besoin") == "Avant la coupure."

    awa.page.context.set_offline(False)
    expect(ligne(awa)).to_contain_text(ENREGISTRE)
    assert stocke(dossier, "besoin") == "Pendant la coupure, dix phrases."
    assert copies(awa) == 0


def test_what_a_closed_page_could_not_send_goes_at_the_next_visit(asseoir, dossier):
    """The browser is closed while offline; the copy is sent as soon as the section opens again."""
    awa = asseoir(dossier.titulaire)
    awa.aller(f"/dossiers/{dossier.numero}/gouvernance/")
    awa.page.context.set_offline(True)
    ecrire(awa, "gouvernance", "Un conseil de cinq collèges.")
    expect(ligne(awa)).to_contain_text(HORS_CONNEXION)
    awa.page.goto("about:blank")
    awa.page.context.set_offline(False)

    awa.aller(f"/dossiers/{dossier.numero}/gouvernance/").lit("Rien n'a été perdu")
    expect(awa.page.locator('[name="gouvernance"]')).to_have_value("Un conseil de cinq collèges.")
    assert stocke(dossier, "gouvernance") == "Un conseil de cinq collèges."
    assert copies(awa) == 0 and "recu=" not in awa.page.url


def test_an_expired_session_loses_nothing(entrer, monde):
    """The page says so and opens sign-in; coming back sends what was typed."""
    dossier = DossierFactory(vague=monde.vague, titulaire=User.objects.get(email=courriel("porteur")))
    awa = entrer("porteur")
    awa.aller(f"/dossiers/{dossier.numero}/projet/")
    awa.page.context.clear_cookies(name="sessionid")
    ecrire(awa, "besoin", "Tapé après l'expiration.")
    expect(ligne(awa)).to_contain_text(
        "Votre session a expiré. Vos réponses sont gardées dans ce navigateur."
    )
    with awa.page.expect_navigation():
        ligne(awa).get_by_role("link", name="Me reconnecter").click()
    awa.page.locator("main [name=login]").fill(courriel("porteur"))
    awa.page.locator("main [name=password]").fill(MOT_DE_PASSE)
    awa.page.locator("main form button[type=submit]").first.click()
    awa.lit("Rien n'a été perdu")
    expect(awa.page.locator('[name="besoin"]')).to_have_value("Tapé après l'expiration.")
    assert stocke(dossier, "besoin") == "Tapé après l'expiration."


def test_a_section_is_filled_with_the_keyboard_alone(asseoir, transactional_db, settings, constat):
    """From the top of the page to the next section: Tab, letters, arrows, the space bar and Enter."""
    settings.MFA_AGENTS = "facultative"
    dossier = DossierFactory(gouvernance="", strategie_rh="")
    dossier.partenaires.all().delete()
    awa = asseoir(dossier.titulaire)
    awa.aller(f"/dossiers/{dossier.numero}/gouvernance/")
    page, clavier = awa.page, awa.page.keyboard

    def jusqu_a(nom, valeur=None) -> None:
        """Press Tab until this control has the focus, and is seen to have it."""
        for _ in range(120):
            clavier.press("Tab")
            ici = page.evaluate("[document.activeElement.name, document.activeElement.value]")
            if ici[0] == nom and valeur in (None, ici[1]):
                return
        raise AssertionError(f"{nom} : hors d'atteinte au clavier")

    reponses = {
        "gouvernance": "Un conseil à quatre collèges.",
        "strategie_rh": "Deux postes.",
        "partenaires-0-nom": "Le lycée",
    }
    for nom, texte in reponses.items():
        jusqu_a(nom)
        clavier.type(texte)
    jusqu_a("partenaires-0-type")
    clavier.type("Form")
    jusqu_a("partenaires-0-engagement")
    clavier.press("ArrowDown")
    expect(ligne(awa)).to_contain_text(ENREGISTRE)
    jusqu_a("suite", "continuer")
    with page.expect_navigation():
        clavier.press("Enter")

    constat.lire(page)
    expect(page.locator("h1")).to_contain_text("Calendrier et pièces")
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert (dossier.gouvernance, dossier.strategie_rh) == ("Un conseil à quatre collèges.", "Deux postes.")
    (partenaire,) = dossier.partenaires.all()
    assert (partenaire.nom, partenaire.type, partenaire.engagement) == ("Le lycée", "FORMATION", "PRESSENTI")
    constat.conclure()


def test_a_question_is_about_the_field_one_was_in(asseoir, dossier):
    """From the keyboard: the link under the form follows the field, and the question begins with its name."""
    awa = asseoir(dossier.titulaire)
    awa.aller(f"/dossiers/{dossier.numero}/projet/")
    lien = awa.page.locator("[data-mp-question]")
    expect(lien).to_have_text("Poser une question à l'ANCT sur cette page")
    awa.page.locator('[name="besoin"]').focus()
    expect(lien).to_have_text("Poser une question à l'ANCT sur «\u00a0Besoin du territoire\u00a0»")
    lien.focus()
    with awa.page.expect_navigation():
        awa.page.keyboard.press("Enter")
    expect(awa.page.get_by_label("Votre question")).to_have_value(
        re.compile(
            "^À propos de «\u00a0Besoin du territoire\u00a0», sur la page «\u00a0Projet\u00a0» du dossier"
        )
    )
