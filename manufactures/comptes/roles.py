"""Under which role a person reads the pages: one at a time, kept for the session, never a mix."""

from manufactures.procedure import PARTIE_DU_ROLE, Partie, Role

# The first one held is the role by default. A president is a member who presides: one entry for both.
ORDRE = (
    Role.RESPONSABLE,
    Role.INSTRUCTEUR,
    Role.PRESIDENT,
    Role.MEMBRE,
    Role.EXPERT,
    Role.AUDITEUR,
    Role.ADMINISTRATEUR,
    Role.PORTEUR,
)
CLE_DE_SESSION = "role"


def roles_possibles(user) -> list[Role]:
    """The roles this person may act under, the first by default; the higher covers the lower of its kind."""
    roles = set(user.roles)
    if Role.RESPONSABLE in roles:
        roles.discard(Role.INSTRUCTEUR)
    if Role.PRESIDENT in roles:
        roles.discard(Role.MEMBRE)
    return [role for role in ORDRE if role in roles]


def role_actif(request) -> Role | None:
    """The role chosen for this session, or the first one held; None for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    possibles = roles_possibles(user)
    if len(possibles) == 1:
        return possibles[0]
    choisi = request.session.get(CLE_DE_SESSION)
    return Role(choisi) if choisi in possibles else possibles[0]


def partie_active(request) -> Partie:
    """The kind of reader that this request is; a visitor reads as a porteur."""
    return PARTIE_DU_ROLE[role_actif(request) or Role.PORTEUR]
