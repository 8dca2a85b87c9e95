"""What is no transition: deed × role × condition (transitions are in procedure.py).

Each view names its row (`geste`); `matrice_droits` prints both tables; the tests write the law out again.
A condition is a name for the reader: what it says is checked on the object (looks, guards, deeds).
"""

from dataclasses import dataclass, field

from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, roles_sur

PUBLIC = "public"  # anybody, without an account
CONNECTE = "connecte"  # any signed-in person, about themselves

R = Role
TOUS = tuple(Role)


@dataclass(frozen=True)
class Droit:
    """One row: who may do this deed, each role with the name of its condition ("" for none)."""

    libelle: str
    roles: dict[Role, str] = field(default_factory=dict)
    ligne: int | None = None  # row of the rights matrix


DROITS: dict[str, Droit] = {
    PUBLIC: Droit("Pages publiques · lire", dict.fromkeys(TOUS, ""), 1),
    CONNECTE: Droit("Son accueil, son compte", dict.fromkeys(TOUS, "soi-même"), 53),
    "lire_acte": Droit(
        "Acte · lire",
        {
            R.PORTEUR: "sien, diffusé",
            R.CONTRIBUTEUR: "sien, diffusé",
            R.LECTEUR: "sien, diffusé",
            R.INSTRUCTEUR: "dossier visible",
            R.RESPONSABLE: "dossier visible",
            R.MEMBRE: "ordre du jour, sans déport",
            R.PRESIDENT: "ordre du jour, sans déport",
            R.EXPERT: "sien",
            R.AUDITEUR: "dossier déposé",
        },
        35,
    ),
    "relancer_acte": Droit(
        "Acte en échec · refaire", {R.RESPONSABLE: "", R.INSTRUCTEUR: "dossier visible"}, 52
    ),
}


def declarer(geste: str, libelle: str, roles: dict[Role, str], ligne: int | None = None) -> str:
    """Add a stage's row. Raises ValueError where the deed is already declared otherwise."""
    droit = Droit(libelle, roles, ligne)
    if DROITS.setdefault(geste, droit) != droit:
        raise ValueError(f"Le geste « {geste} » est déjà déclaré autrement.")
    return geste


def liste_des_roles(geste: str) -> str:
    """The roles of a row, in words."""
    return ", ".join(role.label.lower() for role in DROITS[geste].roles)


def peut(geste: str, user, objet=None) -> bool:
    """`user` holds one of the deed's roles: on `objet` where there is one, in general otherwise."""
    if geste == PUBLIC:
        return True
    if not user.is_authenticated:
        return False
    if geste == CONNECTE:
        return True
    roles = roles_sur(objet, user) if objet is not None else user.roles | roles_de_membre(user)
    return bool(roles & set(DROITS[geste].roles))


def roles_de_membre(user) -> set[Role]:
    """Roles that come from a dossier rather than from a habilitation: whoever is on one may be its porteur."""
    return {R.PORTEUR, R.CONTRIBUTEUR, R.LECTEUR}


def exiger(geste: str, user, objet=None) -> None:
    """Raise GesteInterdit, with the sentence that says whose deed it is, unless `user` may do it."""
    if not peut(geste, user, objet):
        raise GesteInterdit(f"Ce geste revient à : {liste_des_roles(geste)}.")
