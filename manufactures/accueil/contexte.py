"""What every page shows around its content: the menu of the role, the demonstration's banner, the mark."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from manufactures.comptes.roles import role_actif, roles_possibles
from manufactures.procedure import Role

ACCUEIL = ("Accueil", "accueil:accueil")
DU_JOUR = ("Aujourd'hui", "accueil:accueil")
DOSSIERS_DES_AGENTS = ("Dossiers", "instruction:liste")
ACTES = ("Actes", "actes:suivi")
COMITE = ("Comité", "selection:seances")
ACCOMPAGNEMENT = ("Accompagnement", "accompagnement:liste")
PILOTAGE = ("Pilotage", "accueil:pilotage")
DU_COMITE = [ACCUEIL, ("Séances", "selection:seances")]
QUESTIONS = ("Questions", "candidatures:questions")
PUBLIC = [
    ("L'appel", "accueil:appel"),
    QUESTIONS,
    ("Lauréats", "accueil:laureats"),
    ("Vérifier un acte", "actes:verifier"),
    ("Aide", "accueil:aide"),
]
MENUS = {
    None: PUBLIC,
    Role.PORTEUR: [
        ACCUEIL,
        ("Mes dossiers", "candidatures:liste"),
        QUESTIONS,
        ACCOMPAGNEMENT,
        ("L'appel", "accueil:appel"),
    ],
    Role.INSTRUCTEUR: [DU_JOUR, DOSSIERS_DES_AGENTS, ACTES, QUESTIONS, ACCOMPAGNEMENT],
    Role.RESPONSABLE: [
        DU_JOUR,
        DOSSIERS_DES_AGENTS,
        COMITE,
        ACCOMPAGNEMENT,
        PILOTAGE,
        ("L'appel", "accueil:appel"),
    ],
    Role.MEMBRE: DU_COMITE,
    Role.PRESIDENT: DU_COMITE,
    Role.EXPERT: [ACCUEIL, ("Cette semaine", "accompagnement:experts")],
    Role.AUDITEUR: [ACCUEIL, DOSSIERS_DES_AGENTS, ACTES, COMITE, ACCOMPAGNEMENT, PILOTAGE],
    Role.ADMINISTRATEUR: [ACCUEIL, ("Santé", "accueil:sante"), ("Administration", "admin:index")],
}
NOMS_DES_ROLES = {
    Role.PORTEUR: "porteur",
    Role.INSTRUCTEUR: "instruction",
    Role.RESPONSABLE: "responsable",
    Role.MEMBRE: "comité",
    Role.PRESIDENT: "présidence",
    Role.EXPERT: "expertise",
    Role.AUDITEUR: "audit",
    Role.ADMINISTRATEUR: "technique",
}


@dataclass(frozen=True)
class Entree:
    """One entry of the menu; `courante` is the value of `aria-current`, or empty."""

    libelle: str
    url: str
    courante: str = ""


def adresse(nom: str, *args) -> str:
    """The address of a named page, or nothing where it does not exist here (DEMO off)."""
    try:
        return reverse(nom, args=args)
    except NoReverseMatch:
        return ""


def menu(role: Role | None, chemin: str) -> list[Entree]:
    """The entries of a role; the current one has the address that is the longest beginning of `chemin`."""
    liens = [(libelle, adresse(nom)) for libelle, nom in MENUS[role]]
    contenants = [url for _, url in liens if url and chemin.startswith(url)]
    courant = max(contenants, key=len, default=None)

    def marque(url: str) -> str:
        if url != courant:
            return ""
        return "page" if url == chemin else "true"

    return [Entree(libelle, url, marque(url)) for libelle, url in liens if url]


def _composer(request) -> dict:
    role = role_actif(request)
    return {
        "role": role,
        "roles_possibles": roles_possibles(request.user) if role else [],
        "nom_du_role": NOMS_DES_ROLES.get(role, ""),
        "menu": menu(role, request.path),
        "url_accueil": adresse("accueil:accueil" if role else "accueil:public"),
        "url_agir": adresse("accueil:agir_comme"),
        "url_aide": adresse("accueil:aide"),
        "url_courriels": adresse("courrier:demo") if settings.DEMO else "",
    }


def interface(request) -> dict:
    """Context processor: one query at most (the roles), and only where the page draws its header."""
    return {
        "interface": SimpleLazyObject(lambda: _composer(request)),
        "DEMO": settings.DEMO,
        "MARQUE": settings.MARQUE,
    }
