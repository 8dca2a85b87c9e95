"""Who sees what: what the support adds. Committee members read the incubation report as an act, nothing else here."""

from django.db.models import Q

from accompagnement.models import Inscription, Journee, Livrable, Mission, Promotion, Releve, Session
from candidatures.models import Dossier, Droit, Membre
from instruction.regards import dossiers_ouverts
from manufactures.procedure import Etat, Role
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import RIEN, attache, regard, regards_sur

DROIT_DU_ROLE = {
    Role.PORTEUR: Droit.TITULAIRE,
    Role.CONTRIBUTEUR: Droit.CONTRIBUTEUR,
    Role.LECTEUR: Droit.LECTEUR,
}
ROLES_AGENTS = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)
SUIVIS = (
    Etat.LAUREAT,
    Etat.EN_INCUBATION,
    Etat.EN_ARBITRAGE,
    Etat.EN_ACCOMPAGNEMENT,
    Etat.CLOS,
    Etat.ABANDONNE,
)
ACTES_DE_L_EXPERT = ("lettre_mission", "attestation_intervention", "releve_expert")
# Paths from a row of this stage to its dossier.
CHEMINS = (
    "dossier",
    "convention__dossier",
    "tranche__convention__dossier",
    "bilan__dossier",
    "credit__dossier",
)


def _dossiers_du_membre(user, role):
    return Membre.objects.filter(user=user, droit=DROIT_DU_ROLE[role]).values("dossier")


def _dossiers_de_l_agent(user, role):
    return Dossier.objects.filter(dossiers_ouverts(user, role)).values("pk")


def _suivre(modele: str, chemin: str) -> None:
    """Members, each under what they are on the dossier; agents and auditors of its call."""
    for role in DROIT_DU_ROLE:
        _par_appartenance(modele, chemin, role)
    for role in ROLES_AGENTS:
        _par_habilitation(modele, chemin, role)


def _par_appartenance(modele, chemin, role):
    @regard(modele, role)
    def du_membre(user) -> Q:
        return Q(**{f"{chemin}__in": _dossiers_du_membre(user, role)})


def _par_habilitation(modele, chemin, role):
    @regard(modele, role)
    def de_l_agent(user) -> Q:
        if not user.a_le_role(role):
            return RIEN
        return Q(**{f"{chemin}__in": _dossiers_de_l_agent(user, role)})


for _chemin in CHEMINS:
    _suivre(f"suivi:{_chemin}", _chemin)
_suivre("convention", "dossier")
_suivre("mission", "dossier")


# -- Cohorts: the members of their projects; agents by their call, even empty ------------------------------------
def _promotions_du_membre(role):
    @regard("promotion", role)
    def de_mes_projets(user) -> Q:
        siennes = Inscription.objects.filter(dossier__in=_dossiers_du_membre(user, role))
        return Q(pk__in=siennes.values("promotion"))


for _role in DROIT_DU_ROLE:
    _promotions_du_membre(_role)


def _promotions_de_l_appel(role):
    @regard("promotion", role)
    def de_l_appel(user) -> Q:
        return Q(vague__appel__in=appels_de(user, role)) if user.a_le_role(role) else RIEN


for _role in ROLES_AGENTS:
    _promotions_de_l_appel(_role)


# -- The president reads conventions and payments (rights matrix, row 44) -----------------------------------------
@regard("convention", Role.PRESIDENT)
def de_l_appel_que_je_preside(user) -> Q:
    """Conventions of the calls whose committee one presides."""
    if not user.a_le_role(Role.PRESIDENT):
        return RIEN
    return Q(dossier__vague__appel__in=appels_de(user, Role.PRESIDENT))


# -- Experts: their missions, the projects they read for, the cohorts they teach ----------------------------------
@attache(Role.EXPERT)
def interventions(personne):
    """Whatever names the person as expert: an order, a session, a deliverable to read."""
    cles = (modele.objects.filter(expert=personne).values("pk") for modele in (Mission, Session, Livrable))
    missions, *autres = cles
    return missions.union(*autres, all=True)


@regard("mission", Role.EXPERT)
def mes_missions(user) -> Q:
    """One's own orders, from the proposal on."""
    return Q(expert=user)


@regard("promotion", Role.EXPERT)
def promotions_ou_j_interviens(user) -> Q:
    """Cohorts of one's sessions or deliverables."""
    sessions = Session.objects.filter(Q(expert=user) | Q(livrables__expert=user))
    return Q(pk__in=sessions.values("promotion"))


@regard("dossier", Role.EXPERT)
def projets_que_j_accompagne(user) -> Q:
    """Projects of one's missions, of one's sessions, of the deliverables one reads."""
    promotions = Promotion.objects.filter(sessions__expert=user)
    return (
        Q(pk__in=Mission.objects.filter(expert=user).values("dossier"))
        | Q(pk__in=Livrable.objects.filter(expert=user).values("dossier"))
        | Q(pk__in=promotions.values("dossiers"))
    ) & ~Q(etat=Etat.BROUILLON)


@regard("acte", Role.EXPERT)
def actes_de_mes_missions(user) -> Q:
    """The order's letter and the attestation of one's missions, one's statements."""
    siennes = Mission.objects.filter(expert=user)
    return Q(genre__in=ACTES_DE_L_EXPERT) & (
        Q(pk__in=siennes.exclude(lettre=None).values("lettre"))
        | Q(pk__in=siennes.exclude(attestation=None).values("attestation"))
        | Q(pk__in=Releve.objects.filter(expert=user).exclude(acte=None).values("acte"))
    )


# -- The dossiers that one follows here: own, or of one's calls -----------------------------------------------------
_suivre("suivi:pk", "pk")


def dossiers_suivis_par(user):
    """Laureates, from the label to the end of their path, that `user` follows: neither as expert nor as committee."""
    if not user.is_active:
        return Dossier.objects.none()
    return Dossier.objects.filter(regards_sur("suivi:pk", user), etat__in=SUIVIS)


# -- Statements: the expert's own; the agents whose call paid one of its days ---------------------------------------
@regard("releve", Role.EXPERT)
def mes_releves(user) -> Q:
    """One's own statements."""
    return Q(expert=user)


def _releves_de_l_appel(role):
    def siens(user):
        journees = Journee.objects.filter(mission__dossier__in=_dossiers_de_l_agent(user, role))
        return journees.exclude(releve=None).values("releve")

    @regard("releve", role)
    def de_mes_appels(user) -> Q:
        return Q(pk__in=siens(user)) if user.a_le_role(role) else RIEN

    @regard("acte", role)
    def actes(user) -> Q:
        if not user.a_le_role(role):
            return RIEN
        return Q(pk__in=Releve.objects.filter(pk__in=siens(user)).exclude(acte=None).values("acte"))


for _role in (Role.INSTRUCTEUR, Role.RESPONSABLE):
    _releves_de_l_appel(_role)
