"""What the pre-screening adds to who sees what: agents and auditors of the call, on what was deposited."""

from django.db.models import Exists, OuterRef, Q

from candidatures.models import Dossier, Membre
from instruction.models import LienDeclare
from instruction.models.double_lecture import SecondeLecture
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Vague
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import RIEN, condition, regard, regard_dedans, reserve

ROLES_AGENTS = (Role.INSTRUCTEUR, Role.RESPONSABLE, Role.AUDITEUR)


def vagues_suivies(user, *roles: Role):
    """The waves of the calls on which `user` holds one of `roles` now.

    Whoever is on a dossier of a wave holds no agent's role on that wave (automatic déport).
    """
    if not user.a_le_role(*roles):
        return Vague.objects.none()
    return Vague.objects.filter(appel__in=appels_de(user, *roles)).exclude(
        pk__in=vagues_ou_il_candidate(user)
    )


def dossiers_de_ses_appels(user, *roles: Role) -> Q:
    """Deposited dossiers of the waves that `user` follows under one of `roles`; an agent sees no draft."""
    if not user.a_le_role(*roles):
        return RIEN
    return Q(vague__in=vagues_suivies(user, *roles).values("pk")) & ~Q(etat=Etat.BROUILLON)


def dossiers_des_agents(user):
    """What the agents' list shows and the steering counts: what one sees as an agent or an auditor."""
    return Dossier.objects.visibles_par(user, *ROLES_AGENTS)


def vagues_ou_il_candidate(user):
    """The waves in which this person is on a dossier, as a subquery of keys."""
    return Membre.objects.filter(user=user).values("dossier__vague")


def _sur_le_dossier(role: Role):
    """The look on dossiers that this role gives."""

    @regard("dossier", role)
    def dossiers(user) -> Q:
        return dossiers_de_ses_appels(user, role)


def _par_le_dossier(modele: str, role: Role, champ: str = "dossier"):
    """The look on rows of a dossier that only agents and auditors read."""

    @regard_dedans(modele, role)
    def du_dossier(dossier) -> Q:
        return Q(**{champ: dossier})

    @regard(modele, role)
    def lignes(user) -> Q:
        if not user.a_le_role(role):
            return RIEN
        return Q(**{f"{champ}__in": Dossier.objects.filter(dossiers_de_ses_appels(user, role)).values("pk")})


@condition("affecté", "dossier")
def tient_le_dossier(dossier, user) -> bool:
    """The agent whom this dossier was given to, or who took it."""
    grille = getattr(dossier, "instruction", None)
    return grille is not None and grille.instructeur_id == user.pk


for _role in ROLES_AGENTS:
    _sur_le_dossier(_role)
    _par_le_dossier("instruction", _role)
    _par_le_dossier("note_interne", _role)
    _par_le_dossier("avis_tiers", _role)


@reserve("instruction", Role.INSTRUCTEUR, Role.RESPONSABLE)
def lue_en_second(user) -> Q:
    """Whoever reads second, or still may, does not read the first one's grid before both are handed in."""
    remises = Q(premiere_remise_le__isnull=False, seconde_remise_le__isnull=False)
    siennes = Q(pk__in=SecondeLecture.objects.filter(~remises, lecteur=user).values("instruction"))
    if user.a_le_role(Role.RESPONSABLE, Role.AUDITEUR):
        return siennes
    ouvertes = Q(pk__in=SecondeLecture.objects.filter(remises).values("instruction"))
    return siennes | Q(double_lecture=True) & ~ouvertes & ~Q(instructeur=user)


def _actes(role: Role):
    """Agents and auditors read all the acts of the dossiers they see, embargo included: they prepare them."""

    @regard_dedans("acte", role)
    def du_dossier(dossier) -> Q:
        return Q(dossiers=dossier)

    @regard("acte", role)
    def actes(user) -> Q:
        if not user.a_le_role(role):
            return RIEN
        vus = Dossier.objects.filter(dossiers_de_ses_appels(user, role)).values("pk")
        return Q(pk__in=Dossier.actes.through.objects.filter(dossier__in=vus).values("acte"))


def _fils(role: Role):
    """The threads of the call, a draft's included: its porteur wrote first, and waits for an answer."""

    @regard_dedans("echange", role)
    def du_dossier(dossier) -> Q:
        return Q(dossier=dossier)

    @regard("echange", role)
    def messages(user) -> Q:
        if not user.a_le_role(role):
            return RIEN
        return Q(dossier__vague__appel__in=appels_de(user, role)) & ~Q(
            dossier__vague__in=vagues_ou_il_candidate(user)
        )


for _role in ROLES_AGENTS:
    _actes(_role)
    _fils(_role)


def _fils_des_membres(role: Role):
    """Members of a dossier read its thread, each under what they are on it."""

    @regard("echange", role)
    def messages(user) -> Q:
        droit = "TITULAIRE" if role == Role.PORTEUR else role.value
        return Q(dossier__in=Membre.objects.filter(user=user, droit=droit).values("dossier"))


for _role in (Role.PORTEUR, Role.CONTRIBUTEUR, Role.LECTEUR):
    _fils_des_membres(_role)


# -- Declared links ----------------------------------------------------------------------------------------------
def _lies(user):
    """The dossiers with which this agent has a link in force."""
    return LienDeclare.objects.actifs().filter(agent=user).values("dossier")


@reserve("dossier", *ROLES_AGENTS)
def lien_declare(user) -> Q:
    """Taken away from the sum of all looks: neither the dossier nor its grid opens to whoever declared a link."""
    # NOT EXISTS, as for the committee's recusals: lists of 100 000 dossiers are read through it.
    return Q(Exists(LienDeclare.objects.actifs().filter(agent=user, dossier=OuterRef("pk"))))


def _ferme_par_un_lien(modele: str):
    """Rows of a dossier that close with it."""

    @reserve(modele, *ROLES_AGENTS)
    def lignes(user) -> Q:
        return Q(dossier__in=_lies(user))


def dossiers_ouverts(user, *roles: Role) -> Q:
    """Those of one's calls that no declared link closes: what may be proposed to this person."""
    return dossiers_de_ses_appels(user, *roles) & ~lien_declare(user)


for _modele in ("instruction", "note_interne", "avis_tiers", "echange"):
    _ferme_par_un_lien(_modele)


@reserve("acte", *ROLES_AGENTS)
def actes_fermes_par_un_lien(user) -> Q:
    """Its acts too."""
    return Q(pk__in=Dossier.actes.through.objects.filter(dossier__in=_lies(user)).values("acte"))
