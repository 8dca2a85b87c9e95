"""Laureates: the published ones and no other, by region, trade and territory."""

import re

import pytest

from candidatures.models import TypeTerritoire
from manufactures.procedure import Etat
from tests.factories.programme import CommuneFactory, DepartementFactory, FiliereFactory, RegionFactory

pytestmark = pytest.mark.django_db


def noms(reponse) -> list[str]:
    return re.findall(r'data-laureat="([^"]+)"', reponse.content.decode())


@pytest.fixture
def trois(laureat):
    bretagne = RegionFactory(code="53", nom="Bretagne")
    rennes = CommuneFactory(
        code="35238",
        nom="Rennes",
        departement=DepartementFactory(code="35", nom="Ille-et-Vilaine", region=bretagne),
    )
    metal = FiliereFactory(code="metal", libelle="métal")
    return [
        laureat("La FabUnit"),
        laureat("Comme un Établi", commune=rennes, territoire=TypeTerritoire.QPV, filiere=metal),
        laureat("Polinno", filiere=metal),
    ]


def test_the_count_is_in_the_words_of_the_press_kit(client, trois):
    page = client.get("/laureats/").content.decode()
    assert "<h1>3\u00a0manufactures lauréates</h1>" in page
    assert "2 en zone rurale, 1 en quartier prioritaire ou à proximité" in page


@pytest.mark.parametrize(
    ("choix", "attendus", "titre"),
    [
        ({"region": "53"}, ["comme-un-etabli"], "1\u00a0manufacture en Bretagne"),
        ({"filiere": "metal"}, ["comme-un-etabli", "polinno"], "2\u00a0manufactures filière métal"),
        ({"territoire": "RURAL"}, ["la-fabunit", "polinno"], "2\u00a0manufactures en zone rurale"),
        (
            {"region": "84", "filiere": "metal"},
            ["polinno"],
            "1\u00a0manufacture en Auvergne-Rhône-Alpes, filière métal",
        ),
        ({"region": "inconnue"}, ["comme-un-etabli", "la-fabunit", "polinno"], "3\u00a0manufactures"),
    ],
)
def test_each_filter_keeps_its_own_and_says_so(client, trois, choix, attendus, titre):
    reponse = client.get("/laureats/", choix)
    assert sorted(noms(reponse)) == attendus
    assert f"<h2>{titre}</h2>" in reponse.content.decode()


def test_nothing_found_offers_to_clear_the_filters(client, trois):
    page = client.get("/laureats/", {"region": "53", "territoire": "RURAL"}).content.decode()
    assert "Aucune manufacture ne répond à ces choix." in page
    assert "Effacer les filtres" in page


def test_with_htmx_the_results_alone_come_back_and_are_announced(client, trois):
    page = client.get("/laureats/", {"region": "53"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'id="annonces"' in page
    assert "comme-un-etabli" in page


def test_nothing_is_public_before_the_publication(client, laureat):
    futur = laureat("Volte", publie=False)
    assert noms(client.get("/laureats/")) == []
    assert client.get(f"/laureats/{futur.slug}/").status_code == 404
    assert "Volte" not in client.get("/").content.decode()


def test_a_laureate_who_left_is_no_longer_shown(client, laureat):
    parti = laureat("Volte", etat=Etat.ABANDONNE)
    assert client.get(f"/laureats/{parti.slug}/").status_code == 404


def test_a_project_on_several_places_counts_once_and_says_so(client, laureat):
    dossier = laureat("La Manufacture distribuée")
    dossier.sites.create(nom="Autre", commune=CommuneFactory(), type_territoire=TypeTerritoire.QPV)
    page = client.get("/laureats/").content.decode()
    assert "1\u00a0manufacture lauréate" in page
    assert "Un projet, 2 sites" in page


def test_the_page_of_a_laureate_tells_the_press_kit_and_what_is_invented(client, laureat):
    dossier = laureat("Val Solidaire")
    dossier.superficie_texte, dossier.partenaires_texte = "250 m²", "Commune\nRégion\nMissions locales"
    dossier.est_demonstration = True
    dossier.save()
    page = client.get("/laureats/val-solidaire/").content.decode()
    assert "250 m²" in page
    assert "Commune, Région et Missions locales" in page
    assert "Démonstration\u00a0:" in page


def test_the_list_costs_the_same_for_one_laureate_and_for_three(client, laureat, django_assert_num_queries):
    laureat("Un")
    client.get("/laureats/")
    with django_assert_num_queries(8) as mesure:
        client.get("/laureats/")
    for nom in ("Deux", "Trois"):
        laureat(nom)
    with django_assert_num_queries(len(mesure)):
        client.get("/laureats/")
