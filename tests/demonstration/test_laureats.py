"""The public window on the loaded demonstration: the press kit's twenty, its counts, its six detailed sheets."""

import re

import pytest
from django.test import Client

from candidatures.models import Site
from manufactures.accueil import publication
from manufactures.carte.contours import contours
from tests.outils.compteur import compter

pytestmark = pytest.mark.xdist_group("demonstration")

# Press kit, p. 6 and 7: the twenty, in its order; p. 8 to 11: one fact of each of the six detailed sheets.
VINGT = [
    *("Val Solidaire", "La Cabane", "La fabrique textile Aubusson-Felletin", "L'Âge de Faire"),
    *("La Turbine Créative", "Volte", "AromaticLab", "La FabUnit", "Les Nouvelles Grisettes", "Mady & Co"),
    *("La Petite Manchester", "Polinno", "L'Atelier des Savoir-Faire", "22B Totem", "La Crunch Factory"),
    *("Artis'up", "Plateau Fertile", "Comme un Établi", "La Manufacture distribuée", "Ici Morvan"),
]
FICHES = {
    "la-fabrique-textile-aubusson-felletin": ["près de 900 m²", "CCI de la Creuse", "650 personnes"],
    "la-fabunit": ["300 m²", "Biovallée", "15 à 20 artisans"],
    "val-solidaire": ["250 m²", "plus de 100 jeunes formés", "Pôle Emploi"],
    "latelier-des-savoir-faire": ["900 m²", "62 artisans", "27 experts formateurs"],
    "la-manufacture-distribuee": ["1 000 m²", "RoseLab", "Un projet, 3 sites"],
    "aromaticlab": ["2 hectares", "40 producteurs", "Musée international de la parfumerie"],
}


@pytest.fixture
def page(demonstration, django_db_blocker):
    def lire(adresse):
        reponse = Client().get(adresse)
        assert reponse.status_code == 200
        return reponse.content.decode().replace("&#x27;", "'").replace("&amp;", "&")

    with django_db_blocker.unblock():
        yield lire


def test_the_twenty_in_the_press_kit_s_words_and_order(page):
    liste = page("/laureats/")
    assert "<h1>20\u00a0manufactures lauréates</h1>" in liste
    comptes = "6 en petite ou moyenne ville, 9 en zone rurale, 5 en quartier prioritaire ou à proximité"
    assert comptes in liste
    assert re.findall(r'<h3 class="fr-card__title"><a [^>]+>([^<]+)</a>', liste) == VINGT
    for filiere in (
        "bois",
        "métal",
        "textile",
        "fabrication numérique",
        "métiers d'art",
        "céramique",
        "parfumerie",
    ):
        assert filiere in re.search("représentées.*?</p>", liste).group()


def test_the_map_draws_each_place_and_says_what_the_list_says(page):
    liste = page("/laureats/")
    dessines = re.findall(r'data-lieu="([^"]+)"', liste)
    assert len(dessines) == 25  # twenty projects, five of them on two or three places
    assert set(dessines) == set(re.findall(r'data-laureat="([^"]+)"', liste))
    sites = Site.objects.filter(dossier__in=publication.publies()).select_related("commune")
    dehors = [
        site.commune.nom
        for site in sites
        if not contours()[site.commune.departement_id].contient(float(site.longitude), float(site.latitude))
    ]
    assert (len(sites), dehors) == (25, [])


@pytest.mark.parametrize("slug", FICHES)
def test_the_six_detailed_sheets_show_their_facts(page, slug):
    fiche = page(f"/laureats/{slug}/").replace("\u00a0", " ")
    assert [fait for fait in FICHES[slug] if fait not in fiche] == []
    assert "Lauréat depuis le" in fiche
    assert "dossier de presse du 8 décembre 2021" in fiche  # what is invented is said


def test_the_home_counts_the_same(page):
    accueil = page("/")
    chiffres = re.findall(r'<span class="mp-nombre">(\d+)</span><br>([^<]+)', accueil)
    assert [n for n, _ in chiffres][:3] == ["6", "9", "5"]
    assert "Voir les 20\u00a0lauréats sur la carte et en liste" in accueil
    assert accueil.count("<circle") == 25


def test_the_call_reads_its_twenty_one_articles(page):
    appel = page("/appel/")
    assert len(re.findall(r'id="article-[0-9-]+"', appel)) == 21
    rompus = set(re.findall(r'href="#(article-[0-9-]+)"', appel)) - set(re.findall(r' id="([^"]+)"', appel))
    assert rompus == set()  # each rule cites an article that is there


@pytest.mark.parametrize("adresse", ["/", "/appel/", "/laureats/", "/laureats/val-solidaire/", "/aide/"])
def test_each_page_asks_little_of_the_database(page, adresse):
    with compter() as compte:
        montrees = page(adresse).count("data-laureat=")
    assert compte.requetes <= 8, compte
    if adresse != "/appel/":  # where each row read is a line shown
        assert compte.rangees <= 4 * montrees + 50, compte
