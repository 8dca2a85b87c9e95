"""The accounts that the demonstration promises, with what belongs to each."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from candidatures.models import Dossier
from manufactures.comptes.models import User
from manufactures.demonstration.personnes import MOT_DE_PASSE
from manufactures.procedure import Role

DOMAINE = "@manufactures.test"
QUI = {
    "porteur": "porteur d'un brouillon, d'un dossier déposé et d'un lauréat",
    "porteur2": "porteur d'autres dossiers",
    "invite": "contributeur d'un dossier de porteur",
    "agent": "agent instructeur",
    "agent2": "agent instructeur",
    "responsable": "responsable de l'appel",
    "responsable2": "responsable de l'appel, avec délégation de signature",
    "president": "présidente du comité",
    **{f"comite{rang}": "membre du comité" for rang in range(1, 9)},
    "expert": "experte, avec des missions",
    "expert2": "expert, avec des missions",
    "auditeur": "auditeur",
    "admin": "administrateur technique",
}


def comptes_de_demonstration() -> list[dict]:
    """Each account: address, password, role, who it is, second-factor secret (None without one), dossiers."""
    gens = User.objects.filter(email__in=[f"{nom}{DOMAINE}" for nom in QUI]).prefetch_related("habilitations")
    par_nom = {user.email.removesuffix(DOMAINE): user for user in gens}
    return [
        {
            "courriel": par_nom[nom].email,
            "mot_de_passe": MOT_DE_PASSE,
            "role": _role(par_nom[nom]),
            "qui": qui,
            "second_facteur": _second_facteur(par_nom[nom]),
            "dossiers": list(_dossiers(par_nom[nom])),
        }
        for nom, qui in QUI.items()
        if nom in par_nom
    ]


def _role(user: User) -> str:
    """The role that names the account: the first given, or the right held on a dossier."""
    if habilitation := user.habilitations.first():
        return habilitation.role
    droit = user.appartenances.values_list("droit", flat=True).first()
    return Role.CONTRIBUTEUR if droit == Role.CONTRIBUTEUR else Role.PORTEUR


def _dossiers(user: User):
    """Numbers of the dossiers that one is on, examines, or has a mission for."""
    siens = (
        Dossier.objects.filter(membres__user=user)
        | Dossier.objects.filter(instruction__instructeur=user)
        | Dossier.objects.filter(missions__expert=user)
    )
    return siens.order_by("cree_le", "pk").values_list("numero", flat=True).distinct()


def _second_facteur(user: User) -> str | None:
    cle = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return get_adapter().decrypt(cle.data["secret"]) if cle else None
