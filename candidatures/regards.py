"""Who sees what: what submission adds. A member sees their dossier whole, its acts once released."""

from django.db.models import Q

from candidatures.models import Dossier, Droit, Membre
from manufactures import horloge
from manufactures.procedure import Role
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import RIEN, attache, regard

# Kinds of act that the porteur reads (actes.md §1.7).
ACTES_DU_PORTEUR = (
    "ar_depot",
    "demande_complements",
    "irrecevabilite",
    "convocation_audition",
    "labellisation",
    "non_selection",
    "ajournement",
    "attestation_incubation",
    "bilan_incubation",
    "attribution",
    "convention",
    "avenant",
    "versement",
    "lettre_mission",
    "attestation_intervention",
    "bilan_accompagnement",
    "contradictoire",
    "fin_de_parcours",
)
ROLE_DU_DROIT = {
    Droit.TITULAIRE: Role.PORTEUR,
    Droit.CONTRIBUTEUR: Role.CONTRIBUTEUR,
    Droit.LECTEUR: Role.LECTEUR,
}


def _appartenances(role: Role, droit: Droit) -> None:
    @attache(role)
    def appartenances(personne):
        return Membre.objects.filter(user=personne, droit=droit)


for _droit, _role in ROLE_DU_DROIT.items():
    _appartenances(_role, _droit)


def _dossiers_comme(user, droit) -> Q:
    return Q(pk__in=Membre.objects.filter(user=user, droit=droit).values("dossier"))


@regard("dossier", Role.PORTEUR)
def dont_je_suis_titulaire(user) -> Q:
    """The dossiers one answers for, in any state."""
    return _dossiers_comme(user, Droit.TITULAIRE)


@regard("dossier", Role.CONTRIBUTEUR)
def ou_j_ecris(user) -> Q:
    """The dossiers one writes in."""
    return _dossiers_comme(user, Droit.CONTRIBUTEUR)


@regard("dossier", Role.LECTEUR)
def que_je_lis(user) -> Q:
    """The dossiers one was invited to read."""
    return _dossiers_comme(user, Droit.LECTEUR)


def _actes_comme(user, droit) -> Q:
    """Released acts of one's own dossiers: nobody reads a decision before its publication."""
    liens = Dossier.actes.through.objects.filter(
        dossier__in=Membre.objects.filter(user=user, droit=droit).values("dossier")
    )
    return Q(pk__in=liens.values("acte"), genre__in=ACTES_DU_PORTEUR, lisible_le__lte=horloge.maintenant())


@regard("acte", Role.PORTEUR)
def actes_de_mes_dossiers(user) -> Q:
    """The titulaire's acts."""
    return _actes_comme(user, Droit.TITULAIRE)


@regard("acte", Role.CONTRIBUTEUR)
def actes_des_dossiers_ou_j_ecris(user) -> Q:
    """The contributeur's acts."""
    return _actes_comme(user, Droit.CONTRIBUTEUR)


@regard("acte", Role.LECTEUR)
def actes_des_dossiers_que_je_lis(user) -> Q:
    """The lecteur's acts."""
    return _actes_comme(user, Droit.LECTEUR)


@regard("question", Role.PORTEUR)
def questions_que_j_ai_posees(user) -> Q:
    """What one asked oneself, published or not."""
    return Q(posee_par=user)


def _questions_recues(role: Role):
    """The look that this role gives on everything that was asked about its calls."""

    @regard("question", role)
    def questions(user) -> Q:
        return Q(appel__in=appels_de(user, role)) if user.a_le_role(role) else RIEN


for _role in (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR):
    _questions_recues(_role)
