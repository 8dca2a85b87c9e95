"""Who follows a dossier on the agency's side, to be told what happens to it."""

from manufactures.procedure import Role
from manufactures.programme.models import habilites


def responsables_de(dossier) -> list:
    """Active responsables of its call, save those who have a declared link with it: it is closed to them."""
    lies = dossier.liens_declares.actifs().values("agent")
    return list(habilites(dossier.vague.appel_id, Role.RESPONSABLE).exclude(pk__in=lies))


def agent_actif(grille) -> list:
    """The agent who holds this grid, in a list: empty while nobody does, or once their account is closed."""
    agent = grille.instructeur if grille is not None else None
    return [agent] if agent is not None and agent.is_active else []
