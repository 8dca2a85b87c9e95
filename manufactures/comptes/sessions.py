"""How long a sign-in lasts: idle time by kind of person, twelve hours at most, and no other session left behind."""

from allauth.usersessions.models import UserSession
from django.conf import settings

from manufactures import horloge
from manufactures.procedure import Role

# Who reads other people's files, decides or runs the machine: a second factor, and a shorter idle time.
AVEC_SECOND_FACTEUR = frozenset(
    {Role.INSTRUCTEUR, Role.RESPONSABLE, Role.PRESIDENT, Role.AUDITEUR, Role.ADMINISTRATEUR}
)
CLE = "duree"
FOURNISSEUR = "fournisseur"  # the identity provider of this sign-in: its token, where to sign out
FACTEUR_DU_FOURNISSEUR = "second_facteur_du_fournisseur"  # it asked for one
PAS = 300  # seconds: an active session is written again this often, no more


def ouvrir(session, user, *, fort: bool = False) -> None:
    """At sign-in, whatever the way in: Django has drawn a new session key, the count starts here."""
    instant = horloge.instant_exact().timestamp()
    inactivite = (
        settings.SESSION_INACTIVITE_AGENTS
        if user.roles & AVEC_SECOND_FACTEUR
        else settings.SESSION_INACTIVITE
    )
    session[CLE] = {"inactivite": inactivite, "fin": instant + settings.SESSION_COOKIE_AGE, "vue": 0}
    session[FACTEUR_DU_FOURNISSEUR] = fort


def noter_fournisseur(request, *, fort: bool, jeton: str, sortie: str) -> None:
    """What an identity provider has just proved: `fort`, that a second factor was asked there, is for this request."""
    request.facteur_du_fournisseur = fort
    request.session[FOURNISSEUR] = {"jeton": jeton, "sortie": sortie}


def vient_d_un_fournisseur_fort(request) -> bool:
    """The sign-in of this very request came with the provider's second factor."""
    return getattr(request, "facteur_du_fournisseur", False)


def prolonger(session) -> None:
    """Each request of a signed-in person puts the idle end off, never past the twelve hours."""
    duree = session.get(CLE)
    instant = horloge.maintenant().timestamp()
    if duree is None or instant - duree["vue"] < PAS:
        return
    session[CLE] = duree | {"vue": instant}
    session.set_expiry(max(1, int(min(duree["inactivite"], duree["fin"] - instant))))


def fermer_les_autres(user, sauf: str | None = None) -> int:
    """End every session of a person but this one; returns how many were."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=sauf or "")
    for session in (closes := list(sessions)):
        session.end()
    return len(closes)
