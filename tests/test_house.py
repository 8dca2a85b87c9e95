"""The house stays easy to see: what a reviewer would have to check by hand."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from manufactures.actes.genres import GENRES
from manufactures.droits import DROITS
from manufactures.procedure import CYCLES, ETATS_DU_CYCLE, LIBELLES
from manufactures.registres import _compositions

RACINE = Path(settings.BASE_DIR)
NOS_APPS = {
    "comptes",
    "programme",
    "journal",
    "actes",
    "courrier",
    "candidatures",
    "instruction",
    "selection",
    "accompagnement",
    "personnes",
}
PYTHON = [
    p
    for dossier in ("manufactures", "candidatures", "instruction", "selection", "accompagnement")
    for p in (RACINE / dossier).rglob("*.py")
    if "migrations" not in p.parts
]
GABARITS = sorted((RACINE / "templates").rglob("*.html"))


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_no_room_is_a_junk_drawer():
    interdits = {"utils.py", "helpers.py", "services.py", "common.py", "misc.py"}
    assert [str(p.relative_to(RACINE)) for p in PYTHON if p.name in interdits] == []


def test_one_door_writes_the_states():
    """`grep etat =` finds the door, fields of the rows without a cycle apart."""
    motif = re.compile(r"(dossier|convention|mission)\.etat\s*=[^=]")
    trouves = [str(p.relative_to(RACINE)) for p in PYTHON if motif.search(p.read_text())]
    assert trouves == []


def test_one_clock():
    motif = re.compile(r"timezone\.now\(|date\.today\(|datetime\.now\(|datetime\.utcnow\(|auto_now")
    trouves = [str(p.relative_to(RACINE)) for p in PYTHON if motif.search(p.read_text())]
    # A certificate is checked against the machine's own clock: the seal is no step of the procedure.
    assert trouves == ["manufactures/actes/sceau.py"]


def test_each_state_has_a_label():
    for cycle, etats in ETATS_DU_CYCLE.items():
        assert set(LIBELLES[cycle]) == set(etats.values)


def test_each_kind_of_act_that_a_step_orders_is_known_and_composed():
    commandes = {genre for table in CYCLES.values() for t in table.values() for genre in t.actes}
    assert commandes <= set(GENRES)
    assert commandes <= set(_compositions)


def adresses(motifs=None, prefixe=""):
    for motif in motifs if motifs is not None else get_resolver().url_patterns:
        chemin = prefixe + str(motif.pattern)
        if isinstance(motif, URLResolver):
            yield from adresses(motif.url_patterns, chemin)
        elif isinstance(motif, URLPattern):
            yield chemin, motif


def test_each_address_of_ours_names_a_row_of_the_rights():
    sans_geste = []
    for chemin, motif in adresses():
        if chemin.startswith(("admin/", "compte/")):
            continue
        vue = getattr(motif.callback, "view_class", None)
        if vue is None or getattr(vue, "geste", "") not in DROITS:
            sans_geste.append(chemin)
    assert sans_geste == []


SANS_REGARD = {  # references that anybody may read, or rows read through the row that owns them
    "programme",
    "comptes",
    "journal",
}


def test_each_model_with_data_says_who_sees_it():
    sans = []
    for modele in apps.get_models():
        app = modele._meta.app_label
        if app in NOS_APPS - SANS_REGARD and not modele._meta.auto_created:
            gestionnaire = getattr(modele, "objects", None)
            lecture = getattr(gestionnaire, "_queryset_class", None)
            if not hasattr(lecture, "visibles_par") and not hasattr(gestionnaire, "visibles_par"):
                sans.append(modele._meta.label)
    # Counted or read only through their owner, never listed to anyone (the ballots above all).
    assert set(sans) <= {"actes.Compteur", "selection.Bulletin", "selection.Electeur", "selection.Emargement"}


def test_each_template_is_used():
    textes = "\n".join(p.read_text() for p in PYTHON + GABARITS)
    inutiles = []
    for gabarit in GABARITS:
        nom = str(gabarit.relative_to(RACINE / "templates"))
        seul = nom.split("/", maxsplit=1)[0] in {
            "allauth",
            "account",
            "mfa",
            "usersessions",
            "socialaccount",
            "dsfr_crispy",
            "400.html",
            "403.html",
            "404.html",
            "429.html",
            "500.html",
        }
        par_genre = nom.startswith("actes/documents/") and gabarit.stem in GENRES
        if (
            not seul
            and not par_genre
            and nom not in {"403_csrf.html", "courrier/_enveloppe.html"}
            and nom not in textes
        ):
            inutiles.append(nom)
    assert inutiles == []


def _textes_visibles(gabarit: str) -> str:
    """What a reader sees: comments, tags, variables and markup removed."""
    sans = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", gabarit, flags=re.S)
    sans = re.sub(r"\{%.*?%\}|<(script|style)\b.*?</\1>", "¤", sans, flags=re.S)
    sans = re.sub(r"<[^>]*>", "¤", sans)
    return re.sub(r"\{\{.*?\}\}", "¤", sans, flags=re.S)


@pytest.mark.parametrize("gabarit", GABARITS, ids=lambda p: str(p.relative_to(RACINE / "templates")))
def test_french_keeps_its_no_break_spaces(gabarit):
    """No plain space before double punctuation, nor inside quotes (acts apart: their filter puts the fine ones)."""
    if "documents" in gabarit.parts:
        return
    texte = _textes_visibles(gabarit.read_text())
    fautes = re.findall(r"[^\n]{0,30}(?:[\w)¤] [:;!?€%»]|« \S)[^\n]{0,20}", texte)
    assert fautes == []


@pytest.mark.xdist_group("temoin")
def test_tests_of_one_group_run_on_one_process(request):
    """Where the groups are lost, each process loads a demonstration of its own, several times."""
    seul = not hasattr(request.config, "workerinput")
    assert seul or request.node.nodeid.endswith("@temoin")
