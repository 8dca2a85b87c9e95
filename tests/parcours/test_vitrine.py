"""The public window in a browser: filters with and without scripts, the map beside the list, axe, the phone."""

import re

import pytest
from playwright.sync_api import expect

from candidatures.models import TypeTerritoire
from manufactures.programme.models import Article
from tests.factories.laureats import laureat
from tests.factories.programme import (
    CommuneFactory,
    DepartementFactory,
    FiliereFactory,
    RegionFactory,
    VagueFactory,
    grille,
)
from tests.parcours.pages import debordements

pytestmark = [pytest.mark.xdist_group("navigateur"), pytest.mark.navigateur]

PAGES = ("/", "/appel/", "/laureats/", "/laureats/?vue=carte", "/laureats/la-fabunit/")
TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def vitrine(transactional_db, settings):
    """An open call, and three laureates: two in the Drôme, one in Brittany."""
    settings.MFA_AGENTS = "facultative"
    appel = VagueFactory().appel
    grille(appel)
    Article.objects.create(appel=appel, rang=1, numero="4.1", titre="Structure", texte="Une personne morale.")
    bretagne = DepartementFactory(
        code="35", nom="Ille-et-Vilaine", region=RegionFactory(code="53", nom="Bretagne")
    )
    rennes = CommuneFactory(code="35238", nom="Rennes", departement=bretagne)
    metal = FiliereFactory(code="metal", libelle="métal")
    laureat("La FabUnit")
    laureat("Polinno", filiere=metal)
    laureat("Comme un Établi", commune=rennes, territoire=TypeTerritoire.QPV, filiere=metal)


def lus(page) -> tuple[list[str], list[str]]:
    """The laureates of the list, and those of the map."""

    def attributs(nom):
        return sorted(page.locator(f"[{nom}]").evaluate_all(f"es => es.map(e => e.getAttribute('{nom}'))"))

    return attributs("data-laureat"), attributs("data-lieu")


def test_filters_work_without_scripts_and_the_map_agrees(asseoir, vitrine, constat):
    constat.avec_axe = False
    visiteur = asseoir(None, java_script_enabled=False).aller("/laureats/")
    page = visiteur.page

    page.get_by_label("Filière").select_option(label="métal")
    page.get_by_role("button", name="Filtrer").click()

    assert re.search(r"[?&]filiere=metal", page.url)
    visiteur.lit("2\u00a0manufactures filière métal")
    assert lus(page) == (["comme-un-etabli", "polinno"],) * 2
    page.get_by_label("Région").select_option(label="Bretagne")
    page.get_by_role("button", name="Filtrer").click()
    visiteur.lit("1\u00a0manufacture en Bretagne, filière métal")
    assert lus(page) == (["comme-un-etabli"],) * 2
    visiteur.suivre("Comme un Établi").lit("Ille-et-Vilaine, Bretagne")
    constat.conclure()


def test_a_change_of_filter_replaces_the_results_and_tells_it(asseoir, vitrine, constat):
    visiteur = asseoir(None).aller("/laureats/")
    page = visiteur.page
    expect(page.get_by_role("button", name="Filtrer")).to_be_hidden()

    page.get_by_label("Région").focus()
    page.get_by_label("Région").select_option(label="Bretagne")

    expect(page.locator("#annonces")).to_have_text("1\u00a0manufacture")
    expect(page).to_have_url(re.compile(r"/laureats/\?region=53$"))
    assert lus(page) == (["comme-un-etabli"],) * 2
    expect(page.get_by_label("Région")).to_be_focused()
    page.go_back()
    expect(page.locator("[data-laureat]")).to_have_count(3)
    constat.conclure()


@pytest.mark.parametrize("options", [{}, TELEPHONE], ids=["bureau", "téléphone"])
def test_axe_finds_nothing_and_nothing_overflows(asseoir, vitrine, constat, options):
    visiteur = asseoir(None, **options)
    trouves = {}
    for chemin in PAGES:
        visiteur.aller(chemin)
        trouves[chemin] = debordements(visiteur.page)
    assert trouves == dict.fromkeys(PAGES, [])
    constat.conclure()


def test_on_a_phone_the_list_comes_first_and_the_map_behind_its_button(asseoir, vitrine, constat):
    visiteur = asseoir(None, **TELEPHONE).aller("/laureats/")
    carte = visiteur.page.locator("svg.mp-carte")
    expect(carte).to_be_hidden()

    visiteur.page.get_by_text("Carte", exact=True).click()

    expect(carte).to_be_visible()
    expect(visiteur.page).to_have_url(re.compile(r"\?vue=carte$"))
    expect(visiteur.page.locator("[data-laureat]")).to_have_count(
        3
    )  # the list stays: it is the accessible map
    constat.conclure()
