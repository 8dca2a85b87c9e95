"""The map: our own outlines, projected by us; each place stands in its département."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from manufactures.accueil.carte.dessin import dessiner
from manufactures.accueil.publication import Chiffres
from manufactures.carte.contours import FICHIER, contours, departements_de, placer, trace
from manufactures.carte.projection import CARTOUCHES, HAUTEUR, LARGEUR, lambert93, projeter
from manufactures.demonstration.jeu import lire_jeu

# IGN's own figures for the origin of Lambert-93, and Paris (Notre-Dame) to the kilometre.
POINTS_CONNUS = [((3, 46.5), (700_000, 6_600_000)), ((2.35, 48.853), (652_298, 6_861_637))]
LAUREATS = [dossier for dossier in lire_jeu()["dossiers"] if dossier["vague"] == 1]
LIEUX = [(d["cle"], lieu) for d in LAUREATS for lieu in d["sites"]]


@pytest.mark.parametrize(("degres", "metres"), POINTS_CONNUS)
def test_lambert_93_is_the_national_grid(degres, metres):
    assert lambert93(*degres) == pytest.approx(metres, abs=100)


def test_every_departement_has_its_outline_and_its_middle_inside():
    outre_mer = {"971", "972", "973", "974", "976"}
    assert len(contours()) == 101
    assert outre_mer == set(CARTOUCHES) < set(contours())
    assert [c.code for c in contours().values() if not c.contient(*c.centre)] == []


def test_the_drawing_holds_everything_in_its_frame():
    for code, contour in contours().items():
        for x, y in (projeter(code, *point) for anneau in contour.anneaux for point in anneau):
            assert 0 <= x <= LARGEUR, code
            assert 0 <= y <= HAUTEUR, code
            if code in CARTOUCHES:
                cadre = CARTOUCHES[code]
                assert cadre.GAUCHE < x < cadre.GAUCHE + cadre.LARGE
                assert cadre.haut < y < cadre.haut + cadre.HAUT - cadre.LEGENDE + 1


def test_neighbours_share_their_border():
    """No gap, no overlap: along a border each point belongs to both."""
    ain, isere = ({p for a in contours()[code].anneaux for p in a} for code in ("01", "38"))
    assert len(ain & isere) >= 4


@pytest.mark.parametrize(
    ("nom", "degres", "departement"),
    [
        ("Paris", (2.35, 48.857), "75"),
        ("Ajaccio", (8.74, 41.93), "2A"),
        ("Bastia", (9.43, 42.69), "2B"),
        ("Cayenne", (-52.32, 4.92), "973"),
        ("Valréas, enclave in the Drôme", (4.99, 44.385), "84"),
    ],
)
def test_a_place_is_in_one_departement_only(nom, degres, departement):
    assert [c.code for c in contours().values() if c.contient(*degres)] == [departement]


@pytest.mark.parametrize(("cle", "site"), LIEUX)
def test_each_laureate_s_place_stands_in_its_departement(cle, site):
    code = re.match(r"97.|..", site["code_commune"]).group()
    assert contours()[code].contient(site["longitude"], site["latitude"])


def test_a_place_of_another_departement_is_drawn_at_the_middle_of_its_own():
    milieu = placer("26", None, None)
    assert placer("26", -1.68, 48.11) == milieu  # Rennes
    assert placer("26", 44.73, 5.02) == milieu  # latitude and longitude swapped
    assert placer("26", 5.02, 44.73) != milieu
    assert placer("988", 166.45, -22.27) is None


def test_each_region_has_its_departements():
    assert departements_de("53") == ["22", "29", "35", "56"]
    assert departements_de("94") == ["2A", "2B"]
    assert departements_de("988") == ["988"]


def test_the_file_is_small_and_tells_its_source():
    texte = FICHIER.read_text(encoding="utf-8")
    assert len(texte) <= 80_000
    assert "Natural Earth" in json.loads(texte)["source"]
    assert "contours.json" in (FICHIER.parent / "SOURCES.md").read_text(encoding="utf-8")
    assert len(trace()) <= 30_000
    assert re.fullmatch(r"[Mlz0-9 -]+", trace())


def lieu(nom, departement, longitude, latitude):
    return dict(
        slug=nom.lower(),
        nom=nom,
        departement=departement,
        longitude=longitude,
        latitude=latitude,
    )


def test_two_places_of_one_town_do_not_hide_each_other():
    toulouse = [lieu(n, "31", 1.44, 43.6) for n in "abc"]
    carte = dessiner(Chiffres(3, lieux=toulouse, par_departement=[{"code": "31", "n": 3}]), lambda r: "")
    assert len({(rond.x, rond.y) for rond in carte.ronds}) == 3
    assert max(abs(rond.x - carte.ronds[0].x) for rond in carte.ronds) < 30
    assert carte.hors_carte == 0


def test_a_place_out_of_the_drawing_is_told():
    noumea = [lieu("a", "988", 166.45, -22.27), lieu("b", "26", 5.02, 44.73)]
    par_departement = [{"code": "988", "n": 1}, {"code": "26", "n": 1}]
    carte = dessiner(Chiffres(2, lieux=noumea, par_departement=par_departement), lambda r: "")
    assert len(carte.ronds) == 1
    assert carte.legende == (
        "Un rond par lieu. 1\u00a0lieu hors de la carte (collectivités d'outre-mer), dans la liste seulement."
    )


def test_the_script_makes_the_same_arcs_for_neighbours():
    """Two squares side by side: their common side is one arc, simplified once."""
    chemin = Path(settings.BASE_DIR) / "scripts" / "geographie" / "refaire_contours.py"
    specification = importlib.util.spec_from_file_location("refaire_contours", chemin)
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    carre = [(1000, 22000), (1500, 22000), (1500, 22250), (1500, 22500), (1000, 22500), (1000, 22000)]
    voisin = [(1500, 22000), (2000, 22000), (2000, 22500), (1500, 22500), (1500, 22250), (1500, 22000)]
    arcs, formes = script.topologie({"01": [carre], "38": [voisin]})
    communs = {max(r, ~r) for r in formes["01"][0]} & {max(r, ~r) for r in formes["38"][0]}
    assert [sorted(arcs[rang]) for rang in communs] in (
        [[(1500, 22000), (1500, 22500)]],
        [[(1500, 22000), (1500, 22250), (1500, 22500)]],
    )
