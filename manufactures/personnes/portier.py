"""The doorkeeper: what a sign-in leaves in the record, and the mails of the account pages."""

import hashlib

import structlog
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.ratelimit import get_ip
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import get_random_string

from manufactures import horloge
from manufactures.comptes.connexion import Adaptateur
from manufactures.courrier.models import EtatMessage, Message
from manufactures.journal.models import consigner
from manufactures.personnes.fils import FIL_DES_REFUS, fil_du_compte
from manufactures.proconnect.jetons import RefusProConnect
from manufactures.proconnect.views import adresse_de_sortie

UNE_LIGNE_PAR = 300  # seconds: a wave of tries is one line of the journal, not one a try

journal_technique = structlog.get_logger(__name__)


def empreinte_courte(texte: str) -> str:
    """Tells two things apart in a log without saying either."""
    return hashlib.sha256(f"{settings.SECRET_KEY}{texte}".encode()).hexdigest()[:12]


class PortierProConnect(DefaultSocialAccountAdapter):
    """Who comes by ProConnect: known by their address, or new; nobody is connected to somebody else's account."""

    def generate_state_param(self, state):
        """32 characters at least, says ProConnect."""
        return get_random_string(43)

    def populate_user(self, request, sociallogin, data):
        """Names as our accounts bear them."""
        user = sociallogin.user
        user.email = data["email"].strip().lower()
        user.prenom, user.nom = data["first_name"][:80], data["last_name"][:80]
        return user

    def on_authentication_error(self, request, provider, error=None, exception=None, extra_context=None):
        """A cancelled sign-in is nobody's business; what could not be believed is one line a wave."""
        if error == AuthError.CANCELLED:
            return
        vague = empreinte_courte(get_ip(request))
        raison = str(exception) if isinstance(exception, RefusProConnect) else type(exception).__name__
        journal_technique.warning("proconnect_refuse", raison=raison, vague=vague)
        if cache.add(f"proconnect_refuse:{vague}", True, UNE_LIGNE_PAR):
            with transaction.atomic():
                consigner(FIL_DES_REFUS, "refuser_proconnect", par=None, vague=vague)


class Portier(Adaptateur):
    """Each sign-in is a line of the journal, each wave of refused tries too; no address and no network in them."""

    def login(self, request, user):
        """By which means, with which second factor."""
        super().login(request, user)
        preuves = get_authentication_records(request, user)
        moyens = [preuve.get("type") or preuve["method"] for preuve in preuves]
        with transaction.atomic():
            consigner(fil_du_compte(user), "se_connecter", par=user, moyens=list(dict.fromkeys(moyens)))

    def get_logout_redirect_url(self, request):
        """Whoever came by ProConnect leaves it too."""
        return adresse_de_sortie(request) or super().get_logout_redirect_url(request)

    def freiner(self, request, limite, cle):
        """The technical log tells each refusal; the journal one line a wave, by what the wave has in common."""
        commun = get_ip(request) if limite == "adresse" else cle
        vague = empreinte_courte(commun)
        journal_technique.warning(
            "connexion_freinee", limite=limite, vague=vague, compte=empreinte_courte(cle)
        )
        if cache.add(f"connexion_freinee:{limite}:{vague}", True, UNE_LIGNE_PAR):
            with transaction.atomic():
                consigner(FIL_DES_REFUS, "freiner", par=None, limite=limite, vague=vague)

    def send_mail(self, template_prefix, email, context):
        """At once, whatever the broker does; the demonstration shows it among the mails that did not leave."""
        courriel = self.render_mail(template_prefix, email, {"email": email} | context)
        courriel.send()
        if settings.DEMO:
            self._montrer(courriel)

    @staticmethod
    def _montrer(courriel) -> None:
        instant = horloge.instant_exact()
        Message.objects.create(
            cle="compte",
            evenement=courriel.message()["Message-ID"][:120],
            adresse=courriel.to[0],
            objet=courriel.subject[:120],
            corps_texte=courriel.body,
            corps_html="",
            etat=EtatMessage.ENVOYE,
            cree_le=instant,
            prochain_essai_le=instant,
            envoye_le=instant,
        )
