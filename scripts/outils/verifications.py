"""`scripts/test`: every check and every test, on throwaway services.

All steps run, whatever fails; the exit code is that of the first that failed. pytest comes last, and its
closing line is the last line.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.outils.embarques import Services
from scripts.outils.environnement import sans_variables
from scripts.outils.installation import RACINE, arreter, dire, navigateur
from scripts.outils.options import options_de_test, pour_pytest
from scripts.outils.systeme import ServiceIndisponible

Etape = tuple[str, list[str]]


def main(arguments: list[str]) -> int:
    """Run every step; throwaway services live for as long."""
    notres, de_pytest = pour_pytest(arguments)
    complet = options_de_test().parse_args(notres).complet
    signal.signal(signal.SIGTERM, lambda numero, _: sys.exit(128 + numero))
    dossier = Path(tempfile.mkdtemp(prefix="manufactures-test-")).resolve()
    services = None
    try:
        env = environnement_de_test(dossier, tout_exiger=complet or os.environ.get("REQUIRE_ALL") == "1")
        services = Services(dossier, {}, rapide=True)
        env |= services.demarrer()
        bilan = [derouler(etape, env) for etape in etapes()]
        code_pytest = lancer_pytest(env | {"BILAN": json.dumps(bilan)}, complet=complet, arguments=de_pytest)
        return next((code for _, _, code in bilan if code), code_pytest)
    except ServiceIndisponible as panne:
        arreter(str(panne))
    except KeyboardInterrupt:
        return 130
    finally:
        if services:
            services.arreter(quoi_qu_il_en_soit=True)
            services.cluster.effacer()
        shutil.rmtree(dossier, ignore_errors=True)


def environnement_de_test(dossier: Path, *, tout_exiger: bool) -> dict:
    """Nothing of the caller's configuration: the tests must say the same everywhere."""
    return {
        **sans_variables(),
        "DONNEES": str(dossier),
        "SECRET_KEY": "cle-des-tests-sans-aucune-valeur-ailleurs-que-dans-les-tests",
        "DJANGO_SETTINGS_MODULE": "manufactures.settings",
        "REQUIRE_ALL": "1" if tout_exiger else "",
        "CHROMIUM": navigateur() or "",
        "DEMO": "",
        "MFA_AGENTS": "facultative",
    }


def etapes() -> list[Etape]:
    """What is checked before the tests, the quickest first."""
    python, ici = sys.executable, Path(sys.executable).parent
    gabarits = sorted(str(chemin.relative_to(RACINE)) for chemin in (RACINE / "templates").rglob("*.html"))
    manage = [python, "manage.py"]
    return [
        ("ruff check", [str(ici / "ruff"), "check", "."]),
        ("ruff format", [str(ici / "ruff"), "format", "--check", "--quiet", "."]),
        ("djade", [str(ici / "djade"), "--check", "--target-version", "5.2", *gabarits]),
        ("import-linter", [str(ici / "lint-imports"), "--no-cache"]),
        ("makemigrations --check", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("manage.py check", [*manage, "check", "--fail-level", "WARNING"]),
        (
            "docker-compose.yml",
            [str(ici / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ),
        ("Dockerfile", [str(ici / "hadolint"), "Dockerfile"]),
    ]


def derouler(etape: Etape, env: dict) -> tuple[str, float, int]:
    """Run one step; its output only when it fails."""
    nom, commande = etape
    debut = time.monotonic()
    fini = subprocess.run(
        commande,
        cwd=RACINE,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    secondes = time.monotonic() - debut
    dire(f"{'ok   ' if fini.returncode == 0 else 'ÉCHEC'} {secondes:7.1f} s  {nom}")
    if fini.returncode:
        dire(fini.stdout)
    return nom, secondes, fini.returncode


def lancer_pytest(env: dict, *, complet: bool, arguments: list[str]) -> int:
    """Two processes, each with its own database; the long tests when all is asked."""
    commande = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "scripts.outils.bilan",
        "-n",
        "2",
        "--dist",
        "loadgroup",
    ]
    commande += ["-m", ""] if complet else []
    sys.stderr.flush()
    return subprocess.run([*commande, *arguments], cwd=RACINE, env=env, check=False).returncode
