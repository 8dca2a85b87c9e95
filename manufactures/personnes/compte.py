"""One's own account, beside allauth's pages."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect

from manufactures.droits import CONNECTE
from manufactures.droits_web import GesteMixin
from manufactures.journal.models import consigner
from manufactures.personnes.fils import fil_du_compte


class FermerSessionView(GesteMixin):
    """End one session of one's own, from any other."""

    geste = CONNECTE
    http_method_names = ["post"]

    def post(self, request, pk):
        """Somebody else's answers like one that does not exist; one's own present one is a sign-out."""
        session = get_object_or_404(UserSession, pk=pk, user=request.user)
        with transaction.atomic():
            consigner(fil_du_compte(request.user), "fermer_session", par=request.user)
            ici = session.session_key == request.session.session_key
            session.end()
        if ici:
            get_adapter(request).logout(request)
            return redirect("account_login")
        messages.success(request, "La session est fermée.")
        return redirect("usersessions_list")
