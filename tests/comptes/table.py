"""Every address with parts that name nothing, and what the law of `tests/noyau/test_droits.py` says of its deed."""

import re

from manufactures.procedure import Role
from tests.noyau.test_droits import ECARTS, ENTETE, LOI, NOTRES, ROLES

INEXISTANTS = {
    "str": "D-2222-2222",
    "int": "999999",
    "slug": "rien",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "section_du_dossier": "projet",
}


def chemin(adresse) -> str:
    """The address of an object that does not exist."""
    dit = re.sub(r"<(\w+):\w+>", lambda partie: INEXISTANTS.get(partie[1], "rien"), adresse.motif)
    return re.sub(r"\^|\$|\(\?P<\w+>[^)]*\)", lambda p: "rien-rien" if p[0].startswith("(") else "", dit)


def colonnes_de(geste: str) -> set[str]:
    """The columns of the study that may do this deed, under a condition or not; its named differences are read."""
    if geste in NOTRES:
        return set(NOTRES[geste].split())
    permises = set()
    for ligne, (marques, gestes) in LOI.items():
        if geste in gestes.split():
            for colonne, marque in zip(ENTETE, marques.split(), strict=True):
                if ECARTS.get((ligne, colonne), (marque, ""))[0] != "·":
                    permises.add(colonne)
    return permises


def est_sur(geste: str) -> bool:
    """The law says of this deed alone who may do it: whoever may is never refused. Some rows hold several deeds."""
    return geste in NOTRES or all(gestes == geste for _, gestes in LOI.values() if geste in gestes.split())


def permet(geste: str, role: Role) -> bool:
    """The law's answer for somebody of this role, who may be on a dossier besides unless they run the machine."""
    siennes = {colonne for colonne, roles in ROLES.items() if role in roles}
    if role != Role.ADMINISTRATEUR:
        siennes |= {"PT", "PI"}
    return bool(siennes & colonnes_de(geste))
