"""Laureates: the published ones and no other, by region, trade and territory, on the map as in the list."""

import re
from itertools import cycle

import pytest

from candidatures.models import Dossier, TypeTerritoire
from manufactures.accueil import publication
from manufactures.procedure import Etat
from tests.factories.programme import CommuneFactory, DepartementFactory, FiliereFactory, RegionFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db


def noms(reponse) -> list[str]:
    """The laureates of the list."""
    return re.findall(r'data-laureat="([^"]+)"', reponse.content.decode())


def dessines(reponse) -> list[str]:
    """The laureates of the map, once a place."""
    return re.findall(r'data-lieu="([^"]+)"', reponse.content.decode())


def cercles(reponse) -> int:
    return reponse.content.decode().count("<circle")


@pytest.fixture
def rennes(db):
    bretagne = RegionFactory(code="53", nom="Bretagne")
    departement = DepartementFactory(code="35", nom="Ille-et-Vilaine", region=bretagne)
    return CommuneFactory(code="35238", nom="Rennes", departement=departement)


@pytest.fixture
def trois(laureat, rennes):
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
    assert "2\u00a0filières représentées\u00a0: bois et métal." in page


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
    assert sorted(dessines(reponse)) == attendus  # the map and the list agree
    assert f"<h2>{titre}</h2>" in reponse.content.decode()


@pytest.mark.parametrize(
    ("nom", "mots"),
    [
        ("Bretagne", "en Bretagne"),
        ("Grand Est", "dans le Grand Est"),
        ("La Réunion", "à La Réunion"),
        ("Saint-Martin", "à Saint-Martin"),
        ("Nouvelle-Calédonie", "en Nouvelle-Calédonie"),
    ],
)
def test_each_region_has_its_preposition(nom, mots):
    chiffres = publication.Chiffres(regions={"x": nom})
    assert chiffres.en_mots(publication.Choix(region="x")) == mots


@pytest.mark.parametrize(
    ("choix", "phrase"),
    [
        ({"region": "53", "territoire": "RURAL"}, "Aucune manufacture ne répond à ces deux choix."),
        (
            {"region": "53", "territoire": "RURAL", "filiere": "bois"},
            "Aucune manufacture ne répond à ces trois choix.",
        ),
    ],
)
def test_nothing_found_offers_to_clear_the_filters(client, trois, choix, phrase):
    reponse = client.get("/laureats/", choix)
    page = reponse.content.decode()
    assert phrase in page
    assert "Effacer les filtres" in page
    assert "<h2>0\u00a0manufacture en Bretagne, en zone rurale" in page
    assert cercles(reponse) == 0


def test_before_the_first_publication_the_page_leads_to_the_calendar(client, db):
    page = client.get("/laureats/").content.decode()
    assert "Aucun lauréat n'est encore publié." in page
    assert 'href="/appel/"' in page


def test_with_htmx_the_results_alone_come_back_and_are_announced(client, trois):
    reponse = client.get(
        "/laureats/?region=53&filiere=&territoire=&vue=liste", headers={"HX-Request": "true"}
    )
    page = reponse.content.decode()
    assert "<html" not in page
    assert re.search(r'id="annonces"[^>]*>1\u00a0manufacture</div>', page)
    assert "comme-un-etabli" in page
    assert reponse["HX-Push-Url"] == "/laureats/?region=53"  # what is empty stays out of the address
    assert "HX-Request" in reponse["Vary"]


@pytest.mark.parametrize(("vue", "cochee"), [("", "liste"), ("carte", "carte"), ("autre", "liste")])
def test_the_view_is_in_the_address(client, trois, vue, cochee):
    page = client.get("/laureats/", {"vue": vue}).content.decode()
    assert f'class="mp-laureats mp-laureats--{cochee}"' in page
    assert re.findall(r'name="vue" value="(\w+)" checked', page) == [cochee]


def test_nothing_is_public_before_the_publication(client, laureat):
    futur = laureat("Volte", publie=False)
    reponse = client.get("/laureats/")
    assert (noms(reponse), dessines(reponse)) == ([], [])
    assert client.get(f"/laureats/{futur.slug}/").status_code == 404
    assert "Volte" not in client.get("/").content.decode()


def test_a_laureate_who_left_is_no_longer_shown(client, laureat):
    parti = laureat("Volte", etat=Etat.ABANDONNE)
    assert client.get(f"/laureats/{parti.slug}/").status_code == 404
    assert noms(client.get("/laureats/")) == []


def test_a_project_on_several_places_counts_once_and_is_drawn_at_each(client, laureat, rennes):
    dossier = laureat("La Manufacture distribuée")
    dossier.sites.create(nom="Autre", commune=rennes, type_territoire=TypeTerritoire.QPV)
    reponse = client.get("/laureats/", {"region": "53"})
    page = reponse.content.decode()
    assert "1\u00a0manufacture lauréate" in page
    assert "Un projet, 2 sites" in page
    assert (noms(reponse), dessines(reponse)) == ([dossier.slug], [dossier.slug] * 2)


# Said by the press kit's detailed sheets, p. 8 to 11; elsewhere nothing stands.
def test_the_page_of_a_laureate_tells_the_press_kit_and_what_is_invented(client, laureat):
    dossier = laureat("Val Solidaire")
    dossier.superficie_texte, dossier.partenaires_texte = "250 m²", "Commune\nRégion\nMissions locales"
    dossier.est_demonstration = True
    dossier.raison_sociale, dossier.representant_nom, dossier.demande_investissement = (
        "SCIC X",
        "Dupont",
        1234,
    )
    dossier.save()
    page = client.get("/laureats/val-solidaire/").content.decode()
    assert "250 m²" in page
    assert "Commune, Région et Missions locales" in page
    assert "Démonstration\u00a0:" in page
    assert not re.search("SCIC X|Dupont|1.?234|D-[0-9A-Z]{4}-", page)  # nothing else


def test_the_decision_is_verified_from_the_page_once_sealed(client, laureat):
    dossier = laureat("Val Solidaire")
    assert "Vérifier la décision" not in client.get("/laureats/val-solidaire/").content.decode()
    acte = dossier.actes.create(
        genre="labellisation",
        numero="MP-2026-000001",
        rang=1,
        annee=2026,
        fil=dossier.fil,
        code="ABCDEFGHJKLM",
        etat="SCELLE",
        empreinte="0" * 64,
        fichier="actes/00/x.pdf",
        scelle_le=dossier.laureat_le,
        lisible_le=dossier.laureat_le,
        instantane={},
    )
    page = client.get("/laureats/val-solidaire/").content.decode()
    assert f'<a href="/verifier/{acte.code}/">Vérifier la décision</a>' in page


# -- Figures: constant queries, few rows (goals 8 and 9) ----------------------------------------------------------
@pytest.mark.parametrize("adresse", ["/", "/laureats/", "/laureats/?region=84&territoire=RURAL"])
def test_the_cost_is_the_same_for_5_and_for_50_laureates(
    client, laureat, django_assert_num_queries, django_assert_max_num_queries, adresse
):
    metiers = cycle([FiliereFactory(code=c, libelle=c) for c in ("bois", "metal", "textile")])
    for rang in range(5):
        laureat(f"Projet {rang:02}", filiere=next(metiers))
    with django_assert_max_num_queries(8) as mesure:
        client.get(adresse)
    for rang in range(5, 50):
        laureat(f"Projet {rang:02}", filiere=next(metiers))
    with django_assert_num_queries(len(mesure)), compter() as compte:
        reponse = client.get(adresse)
    montres = len(noms(reponse))
    assert montres in (0, 24)
    assert compte.rangees <= 4 * montres + 50


def test_one_laureate_costs_few_queries(client, laureat, django_assert_max_num_queries):
    laureat("Volte")
    with django_assert_max_num_queries(8):
        client.get("/laureats/volte/")


def test_each_page_shows_its_own_and_none_is_lost(client, laureat):
    attendus = [laureat(f"Projet {rang:02}").slug for rang in range(55)]
    pages = [noms(client.get("/laureats/", {"page": n})) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [24, 24, 7]  # the last one is read from the end
    assert sum(pages, []) == attendus
    page = client.get("/laureats/", {"page": 2, "territoire": "RURAL"}).content.decode()
    assert "?page=3&amp;territoire=RURAL" in page or "?territoire=RURAL&amp;page=3" in page


def test_beyond_two_hundred_places_the_map_counts_by_departement(client, laureat, rennes, monkeypatch):
    monkeypatch.setattr(publication, "LIEUX_DESSINES", 2)
    for rang in range(2):
        laureat(f"Drôme {rang}")
    laureat("Comme un Établi", commune=rennes)
    reponse = client.get("/laureats/", {"filiere": "bois"})
    page = reponse.content.decode()
    assert cercles(reponse) == 2
    assert "Un rond par département" in page
    assert "<title>Département 26\u00a0: 2\u00a0lieux</title>" in page
    assert 'href="/laureats/?filiere=bois&amp;region=53"' in page or (
        'href="/laureats/?region=53&amp;filiere=bois"' in page
    )


def test_the_figures_are_counted_once_and_again_when_the_list_changes(client, laureat):
    laureat("Un")
    deux = laureat("Deux")
    client.get("/laureats/")
    with compter() as compte:
        client.get("/laureats/")
    assert not [sql for sql, _ in compte.lignes if "JSON_OBJECT" in sql]

    def titre():
        return re.search("<h1>(.*?)</h1>", client.get("/laureats/").content.decode()).group(1)

    laureat("Trois")
    assert titre() == "3\u00a0manufactures lauréates"
    Dossier.objects.filter(pk=deux.pk).update(etat=Etat.ABANDONNE)
    assert titre() == "2\u00a0manufactures lauréates"
