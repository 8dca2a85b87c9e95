"""Write requirements/*.txt again from pyproject.toml: names, versions, digests and markers, never an address.

`uv.lock` would write a download address beside each file; these locks install with uv and with plain pip.
"""

import os
import subprocess
import sys

from scripts.outils.installation import RACINE, VERROUS, trouver_uv

JEUX = {"production": [], "demo": ["--group", "embedded"], "test": ["--group", "test"]}
FORME = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--quiet"]


def main(arguments: list[str]) -> int:
    """One lock a set; locked versions stay, unless `--upgrade` or `--upgrade-package NAME` is given."""
    uv = trouver_uv()
    for jeu, groupes in JEUX.items():
        sortie = str(VERROUS / f"{jeu}.txt")
        commande = [uv, "pip", "compile", "pyproject.toml", *FORME, *groupes, *arguments, "-o", sortie]
        environnement = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        fini = subprocess.run(commande, cwd=RACINE, env=environnement, stdout=subprocess.DEVNULL, check=False)
        if fini.returncode:
            return fini.returncode
        print(f"requirements/{jeu}.txt", file=sys.stderr)
    return 0
