"""Where the embedded services put their unix sockets: what settings and scripts must agree on."""

import hashlib
import os
import re
from pathlib import Path

LONGUEUR_MAX = 90  # bytes: a unix socket's address holds about 107, the socket's own name included
SANS_SURPRISE = re.compile(r"[A-Za-z0-9_./-]+")  # stands in a database address without quoting


def chemin_des_prises(donnees: Path) -> Path:
    """The folder of the sockets that belong to the data folder `donnees`.

    Inside it, unless its path is too long or needs quoting. Under root, PostgreSQL runs under another
    account, which may not enter the data folder: then a folder of /var/tmp named after the full path, so
    that no two data folders ever share it.
    """
    donnees = Path(donnees).resolve()
    proches = donnees / "prises"
    if os.geteuid() != 0 and len(str(proches)) <= LONGUEUR_MAX and SANS_SURPRISE.fullmatch(str(proches)):
        return proches
    empreinte = hashlib.sha256(f"{os.geteuid()}:{donnees}".encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"manufactures-{empreinte}"
