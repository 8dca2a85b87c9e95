"""Each command of the contract exists, takes its options, and its JSON has the promised keys."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class

from manufactures import horloge
from manufactures.droits import DROITS
from manufactures.journal.models import Entree
from manufactures.procedure import CYCLES
from tests.contrat.lecture import CONTRAT
from tests.factories.programme import VagueFactory

RACINE = Path(settings.BASE_DIR)
# Promised, and not there yet: a command that arrives must leave this list.
ABSENTES = {
    "sauvegarder": "vient avec l'exercice de restauration",
    "restaurer": "vient avec l'exercice de restauration",
}
COMMANDES = {c["nom"]: c for c in CONTRAT["commandes"]}


def en_json(nom, *options):
    """What the command prints for machines."""
    sortie = StringIO()
    call_command(nom, "--json", *options, stdout=sortie)
    return json.loads(sortie.getvalue())


@pytest.mark.parametrize("nom", COMMANDES)
def test_the_command_exists_with_its_options(nom):
    connues = get_commands()
    assert (nom in connues) != (nom in ABSENTES)
    if nom in connues:
        aide = load_command_class(connues[nom], nom).create_parser("manage.py", nom).format_help()
        for option in COMMANDES[nom]["options"]:
            assert option in aide


@pytest.mark.django_db
@pytest.mark.parametrize("nom", [nom for nom, c in COMMANDES.items() if "cles" in c])
def test_the_promised_keys(nom):
    assert set(COMMANDES[nom]["cles"]) <= set(en_json(nom))


@pytest.mark.parametrize("script", CONTRAT["scripts"], ids=lambda s: s["nom"])
def test_the_script_is_there_to_run(script):
    chemin = RACINE / "scripts" / script["nom"]
    assert chemin.is_file() and os.access(chemin, os.X_OK)
    lues = "".join(p.read_text() for p in (RACINE / "scripts" / "outils").glob("*.py"))
    for option in script["options"]:
        assert f'"{option}"' in lues


def test_lister_urls_gives_every_address():
    lignes = en_json("lister_urls")

    assert all(set(COMMANDES["lister_urls"]["cles_des_lignes"]) <= set(ligne) for ligne in lignes)
    par_nom = {ligne["nom"]: ligne for ligne in lignes}
    acte = par_nom["actes:acte"]
    assert (acte["motif"], acte["methodes"], acte["geste"], acte["ligne"]) == (
        "/actes/<str:numero>/", ["GET"], "lire_acte", 35,
    )  # fmt: skip
    grille = par_nom["instruction:grille"]
    assert (grille["geste"], grille["geste_du_post"]) == ("lire_instruction", "remplir_grille")
    assert par_nom["account_login"]["geste"] == "compte"
    assert par_nom["admin:index"]["geste"] == "administration"
    tableau = StringIO()
    call_command("lister_urls", stdout=tableau)
    assert f"{len(lignes)} adresses." in tableau.getvalue()


def test_matrice_droits_gives_both_tables():
    matrice = en_json("matrice_droits")

    assert {(e["cycle"], e["action"]) for e in matrice["etapes"]} == {
        (cycle, action) for cycle, table in CYCLES.items() for action in table
    }
    deposer = next(e for e in matrice["etapes"] if e["action"] == "deposer")
    assert (deposer["depuis"], deposer["vers"], list(deposer["roles"])) == (
        ["BROUILLON"], "DEPOSE", ["PORTEUR"],
    )  # fmt: skip
    assert {g["geste"] for g in matrice["gestes"]} == set(DROITS)
    voter = next(g for g in matrice["gestes"] if g["geste"] == "voter")
    assert voter["roles"] == dict.fromkeys(["MEMBRE", "PRESIDENT"], ["convoqué", "liste des votants"])
    tableau = StringIO()
    call_command("matrice_droits", stdout=tableau)
    lignes = {ligne[5:].split("  ")[0]: ligne.split()[-11:] for ligne in tableau.getvalue().splitlines()}
    assert "".join(lignes["Bulletin · déposer"]) == "······◐◐···"  # AN PT PI LE AI AR, then CM and PR


# -- regler_vague ------------------------------------------------------------------------------------------------
def regler(vague, cloture, demo, settings):
    """Move the closing of this wave, in the demonstration or not."""
    settings.DEMO, settings.EN_TEST = demo, False
    sortie = StringIO()
    call_command(
        "regler_vague", f"{vague.appel.slug}-{vague.numero}", cloture=cloture.isoformat(), stdout=sortie
    )
    return sortie.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("demo", [True, False])
def test_a_closing_is_postponed_everywhere_and_journalled(demo, settings):
    vague = VagueFactory()
    avant, plus_tard = vague.cloture, (vague.cloture + timedelta(days=3)).replace(microsecond=0)

    assert "clôture le" in regler(vague, plus_tard, demo, settings)

    vague.refresh_from_db()
    assert vague.cloture == plus_tard
    entree = Entree.objects.get(fil=vague.fil)
    assert (entree.action, entree.faits) == (
        "regler_cloture",
        {"avant": avant.isoformat(), "apres": plus_tard.isoformat()},
    )


@pytest.mark.django_db
def test_a_closing_is_advanced_in_the_demonstration_only(settings):
    vague = VagueFactory()
    plus_tot = (horloge.maintenant() + timedelta(minutes=1)).replace(microsecond=0)
    assert vague.ouverture < plus_tot < vague.cloture

    with pytest.raises(CommandError, match="ne s'avance pas"):
        regler(vague, plus_tot, False, settings)
    assert not Entree.objects.exists()

    regler(vague, plus_tot, True, settings)
    vague.refresh_from_db()
    assert vague.cloture == plus_tot
    assert Entree.objects.get(fil=vague.fil).action == "regler_cloture"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ref", "cloture", "phrase"),
    [("9", "2026-12-21T12:00:00+01:00", "Aucune vague"), ("1", "demain", "ISO 8601")],
)
def test_regler_vague_says_what_is_wrong(ref, cloture, phrase):
    VagueFactory(numero=1)
    with pytest.raises(CommandError, match=phrase):
        call_command("regler_vague", ref, cloture=cloture)
