"""Write requirements/*.txt again from pyproject.toml: names, versions, digests and markers, never an address.

`uv.lock` would write a download address beside each file; these locks install with uv and with plain pip.
"""

import os
import subprocess
import sys

from scripts.outils.installation import RACINE, VERROUS, trouver_uv

JEUX = {"production": [], "demo": ["--group", "embedded"], "test": ["--group", "test"], "balayage": []}
FORME = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--quiet"]


def main(arguments: list[str]) -> int:
    """One lock a set, the scanner's apart; versions stay, unless `--upgrade` or `--upgrade-package NAME`."""
    uv = trouver_uv()
    for jeu, groupes in JEUX.items():
        sortie = str(VERROUS / f"{jeu}.txt")
        source = "requirements/balayage.in" if jeu == "balayage" else "pyproject.toml"
        commande = [uv, "pip", "compile", source, *FORME, *groupes, *arguments, "-o", sortie]
        environnement = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        fini = subprocess.run(commande, cwd=RACINE, env=environnement, stdout=subprocess.DEVNULL, check=False)
        if fini.returncode:
            return fini.returncode
        print(f"requirements/{jeu}.txt", file=sys.stderr)
    return 0
