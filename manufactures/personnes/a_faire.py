"""What people's roles put on a responsable's home page."""

from collections.abc import Iterator

from django.urls import reverse

from manufactures.attentes import Attente, Tache, a_faire
from manufactures.personnes.models import Proposition
from manufactures.procedure import Role


@a_faire
def roles_a_confirmer(user) -> Iterator[Attente]:
    """Proposed by another responsable: never one's own proposal, never a role for oneself."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    proposees = Proposition.objects.visibles_par(user).en_attente()
    yield Attente(
        proposees.exclude(proposee_par=user).exclude(user=user),
        lambda ligne: Tache(
            libelle="Rôle proposé, à confirmer",
            url=reverse("personnes:personnes"),
            objet=ligne.objet,
            bouton="Voir",
        ),
        objet="user__nom",
    )
