"""Pages that a personal link opens, account or not: join a dossier, answer for a partner.

A link that is wrong, used, withdrawn or past its date is one same page: 404. Its token goes neither to the logs nor to
any other page: the address in the browser's referrer is cut, the refusals are not logged with their path.
"""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from candidatures.forms.groupement import ReponseAuMandatForm
from candidatures.models import Invitation, Mandat
from candidatures.models.gestes_equipe import CE_QUE_PERMET
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import PUBLIC
from manufactures.droits_web import GesteMixin
from manufactures.registres import TransitionInterdite

PAUSE = 5 * 60  # seconds
TROP_D_ESSAIS = (
    "Trop d'essais depuis votre adresse. Attendez cinq minutes, puis ouvrez de nouveau votre lien."
)
EN_TETES = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class PageALien(GesteMixin):
    """Rate, headers and the one 404 of these pages."""

    geste = PUBLIC

    def dispatch(self, request, *args, **kwargs):
        """Thirty openings in five minutes from one address."""
        if ratelimit.consume_or_429(request, action="lien_recu", limit_get=True) is None:
            reponse = super().dispatch(request, *args, **kwargs)
        else:
            contexte = {"phrase": TROP_D_ESSAIS}
            reponse = self.sans_trace(render(request, "409.html", contexte, status=429))
            reponse["Retry-After"] = str(PAUSE)
        for nom, valeur in EN_TETES.items():
            reponse[nom] = valeur
        return reponse

    def introuvable(self):
        """The same page for every link that opens nothing."""
        return self.sans_trace(render(self.request, "404.html", status=HTTPStatus.NOT_FOUND))

    @staticmethod
    def sans_trace(reponse):
        """Django logs the path of a refusal; here it would be a token."""
        reponse._has_been_logged = True
        return reponse


class InvitationView(PageALien):
    """The link of an invitation: kept in the session, then a page whose address holds no secret."""

    def get(self, request, jeton):
        """Whoever opened it holds that mailbox: their address is verified when they sign up with it."""
        invitation = Invitation.du_jeton(jeton)
        if invitation is None:
            return self.introuvable()
        request.session["invitation"] = [invitation.pk, invitation.nonce]
        if not request.user.is_authenticated:
            get_adapter(request).stash_verified_email(request, invitation.courriel)
        return redirect("candidatures:rejoindre")


class RejoindreView(UneSeuleFois, PageALien):
    """Sign in or sign up, then join the dossier."""

    def get(self, request):
        """What one is invited to, and by whom."""
        invitation = self.invitation()
        if invitation is None:
            return self.introuvable()
        dossier = invitation.dossier
        suite = f"?next={reverse('candidatures:rejoindre')}"
        contexte = {
            "invitation": invitation,
            "dossier": dossier,
            "permet": CE_QUE_PERMET[invitation.droit],
            "deja": request.user.is_authenticated and dossier.membres.filter(user=request.user).exists(),
            "connexion": reverse("account_login") + suite,
            "inscription": reverse("account_signup") + suite,
        }
        return render(request, "candidatures/rejoindre.html", contexte)

    def post(self, request):
        """Join, once."""
        if not request.user.is_authenticated:
            return redirect("candidatures:rejoindre")
        invitation = self.invitation()
        if invitation is None:
            return self.introuvable()
        try:
            invitation.dossier.rejoindre(invitation, par=request.user)
        except TransitionInterdite:
            return self.introuvable()
        del request.session["invitation"]
        messages.success(request, f"Vous faites partie du dossier « {invitation.dossier.nom_projet} ».")
        return redirect(invitation.dossier)

    def invitation(self):
        """The one of this session, if its link still opens."""
        cle, nonce = self.request.session.get("invitation") or (None, "")
        if cle is None:
            return None
        lignes = Invitation.objects.en_cours().select_related("dossier", "invitee_par")
        invitation = lignes.filter(pk=cle, nonce=nonce).first()
        return None if invitation is None or invitation.est_expiree else invitation


class MandatView(PageALien):
    """A partner's representative reads the mandate, gives it or refuses it; the link is the only key."""

    def get(self, request, jeton):
        """The project, the lead, what the mandate means, its words."""
        mandat = self.mandat(jeton)
        return self.introuvable() if mandat is None else self.montrer(mandat, ReponseAuMandatForm())

    def post(self, request, jeton):
        """Answer, once."""
        mandat = self.mandat(jeton)
        if mandat is None:
            return self.introuvable()
        donne = request.POST.get("action") == "donner"
        formulaire = ReponseAuMandatForm(request.POST, donne=donne)
        if not formulaire.is_valid():
            return self.montrer(mandat, formulaire)
        dit, dossier = formulaire.cleaned_data, mandat.partenaire.dossier
        try:
            dossier.repondre_mandat(
                mandat,
                donne=donne,
                nom=dit["nom"],
                qualite=dit["qualite"],
                motif="" if donne else dit["motif"],
            )
        except TransitionInterdite:
            return self.introuvable()
        request.session["mandat_repondu"] = [mandat.pk, donne]
        return redirect("candidatures:mandat_repondu")

    @staticmethod
    def mandat(jeton):
        """While the draft may still be deposited."""
        mandat = Mandat.du_jeton(jeton)
        return mandat if mandat and mandat.partenaire.dossier.etat == "BROUILLON" else None

    def montrer(self, mandat, formulaire):
        """The page."""
        partenaire = mandat.partenaire
        contexte = {
            "mandat": mandat,
            "partenaire": partenaire,
            "dossier": partenaire.dossier,
            "form": formulaire,
        }
        return render(self.request, "candidatures/mandat.html", contexte)


class MandatReponduView(PageALien):
    """What was answered, once more, for who has just answered."""

    def get(self, request):
        """Nothing without this session's answer."""
        cle, donne = request.session.get("mandat_repondu") or (None, False)
        lignes = Mandat.objects.select_related("partenaire__dossier__vague__appel")
        mandat = lignes.filter(pk=cle).first() if cle else None
        if mandat is None:
            return self.introuvable()
        contexte = {"mandat": mandat, "dossier": mandat.partenaire.dossier, "donne": donne}
        return render(request, "candidatures/mandat_repondu.html", contexte)
