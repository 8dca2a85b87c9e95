"""Who follows a dossier on the agency's side, to be told what happens to it."""

from django.contrib.auth import get_user_model
from django.db.models import Q

from manufactures import horloge
from manufactures.procedure import Role
from manufactures.programme.models import Habilitation


def responsables_de(dossier) -> list:
    """Active responsables of its call."""
    instant = horloge.maintenant()
    habilites = Habilitation.objects.filter(
        Q(appel=None) | Q(appel=dossier.vague.appel),
        Q(au=None) | Q(au__gt=instant),
        role=Role.RESPONSABLE,
        du__lte=instant,
    )
    return list(get_user_model().objects.filter(is_active=True, pk__in=habilites.values("user")))


def agent_actif(grille) -> list:
    """The agent who holds this grid, in a list: empty while nobody does, or once their account is closed."""
    agent = grille.instructeur if grille is not None else None
    return [agent] if agent is not None and agent.is_active else []
