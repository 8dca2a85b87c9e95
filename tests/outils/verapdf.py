"""Ask veraPDF of every kind of act, sealed: `python -m tests.outils.verapdf CLASSPATH`, see docs/actes.md.

Not in the suite: it needs Java 17 and jars that no lock of ours holds. `pdf_durable.py` is in the suite.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROFILS = "ua1,3a,3b"
VERACHECK = Path(__file__).with_name("VeraCheck.java")


def main(chemins: str) -> int:
    """Print one line a file and profile; 1 where one fails."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "manufactures.settings")
    django.setup()
    from manufactures.actes.genres import GENRES
    from manufactures.actes.rendu import rendre
    from manufactures.actes.sceau import sceller
    from tests.actes.exemples_d_actes import exemple

    with tempfile.TemporaryDirectory() as dossier:
        fichiers = []
        for genre in GENRES:
            fichiers.append(Path(dossier) / f"{genre}.pdf")
            fichiers[-1].write_bytes(sceller(rendre(genre, exemple(genre))))
        java = shutil.which("java") or sys.exit("Il faut Java 17.")
        fini = subprocess.run(
            [java, "-cp", chemins, str(VERACHECK), PROFILS, *map(str, fichiers)],
            capture_output=True,
            text=True,
            check=False,
        )
    lignes = [ligne for ligne in fini.stdout.splitlines() if ligne.startswith(("PASS", "FAIL", "     "))]
    sys.stdout.write("\n".join(lignes) + "\n" + ("" if lignes else fini.stderr))
    attendus = len(fichiers) * len(PROFILS.split(","))
    return int(sum(ligne.startswith("PASS") for ligne in lignes) != attendus)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) > 1 else __doc__)
