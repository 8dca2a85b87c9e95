"""What people's roles put on a responsable's home page."""

from collections.abc import Iterator

from django.urls import reverse

from manufactures.attentes import Attente, Tache, a_faire
from manufactures.personnes.demandes import DemandeSurCompte, Nature
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


@a_faire
def demandes_sur_des_comptes(user) -> Iterator[Attente]:
    """Asked by another person than oneself, about another: within a month (GDPR, article 12.3)."""
    if not user.a_le_role(Role.RESPONSABLE):
        return
    demandes = DemandeSurCompte.objects.visibles_par(user).en_attente()
    yield Attente(
        demandes.exclude(demandee_par=user).exclude(user=user),
        lambda ligne: Tache(
            libelle=LIBELLES[ligne.nature],
            url=reverse("personnes:demande", args=[ligne.cle]),
            objet=ligne.objet,
            bouton="Voir",
        ),
        objet="user__nom",
        cle="pk",
        nature="nature",
    )


LIBELLES = {
    Nature.EFFACER: "Effacement demandé, à confirmer",
    Nature.SECOND_FACTEUR: "Second facteur perdu, à confirmer",
}
