"""What is kept of people who never came, of their sessions and of the answers already given."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from manufactures.comptes.models import RequeteUnique, User
from manufactures.registres import Regle, conservation

# Rows that say nothing but the account itself, and go with it.
AVEC_LE_COMPTE = {"account", "mfa", "socialaccount", "usersessions", "comptes", "admin"}


@conservation("sessions")
class SessionsExpirees(Regle):
    """Sign-ins that opened nothing any more."""

    exemple = "expire_date"  # never the key

    def lignes(self, limite):
        """Expired."""
        return Session.objects.filter(expire_date__lt=limite)


@conservation("appareils")
class AppareilsDesSessionsFinies(Regle):
    """The browser and the network of sign-ins: kept for the list of one's open sessions, and no longer."""

    exemple = "created_at"

    def lignes(self, limite):
        """Of no session that is still open."""
        ouvertes = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=limite)
        return UserSession.objects.filter(~Exists(ouvertes))


@conservation("requetes_uniques")
class ReponsesDejaDonnees(Regle):
    """Idempotency keys: a retry comes within the minute, the guarantee says thirty days."""

    exemple = "recue_le"

    def lignes(self, limite):
        """Received before the limit."""
        return RequeteUnique.objects.filter(recue_le__lt=limite)


@conservation("comptes_jamais_utilises")
class ComptesJamaisUtilises(Regle):
    """Accounts made, never signed in with, and that no row of ours names."""

    def lignes(self, limite):
        """Nobody's author, member, addressee or agent."""
        comptes = User.objects.filter(last_login=None, visite_le=None, is_staff=False, cree_le__lt=limite)
        for relation in User._meta.related_objects:
            if relation.related_model._meta.app_label not in AVEC_LE_COMPTE:
                lies = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
                comptes = comptes.filter(~Exists(lies))
        return comptes
