"""Who writes and who reads a dossier: invitations, members, ownership."""

from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from candidatures.forms.equipe import InvitationForm, PassationForm
from candidatures.models import Invitation, Membre
from candidatures.views.base import DossierMixin
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.registres import TransitionInterdite

TROP_D_ENVOIS = "Vous avez envoyé beaucoup de messages en une heure. Attendez un peu, puis recommencez."


def ecrit_encore(request) -> bool:
    """Forty mails an hour to people outside: a form of ours is not a way to pester anybody."""
    return bool(ratelimit.consume(request, action="ecrire_a_un_tiers", user=request.user))


class EquipeView(UneSeuleFois, DossierMixin):
    """Members and their rights; the titulaire invites."""

    geste = "lire_equipe"

    def get(self, request, numero):
        """The list."""
        return self.montrer(InvitationForm())

    def post(self, request, numero):
        """Invite someone; the answer says nothing of who has an account."""
        exiger("gerer_equipe", request.user, self.dossier, self.roles)
        formulaire = InvitationForm(request.POST)
        if formulaire.is_valid():
            dit = formulaire.cleaned_data
            try:
                if not ecrit_encore(request):
                    raise TransitionInterdite(TROP_D_ENVOIS)
                invitation = self.dossier.inviter(dit["courriel"], dit["droit"], par=request.user)
            except TransitionInterdite as refus:
                formulaire.add_error("courriel", str(refus))
            else:
                messages.success(request, f"Invitation envoyée à {invitation.courriel}. Elle vaut 7 jours.")
                return redirect("candidatures:equipe", numero)
        return self.montrer(formulaire)

    def montrer(self, formulaire):
        """The page; addresses invited are for the titulaire alone."""
        dossier = self.dossier
        est_titulaire = dossier.droit_de(self.request.user) == "TITULAIRE"
        contexte = self.contexte(
            form=formulaire,
            est_titulaire=est_titulaire,
            invitations=dossier.invitations.en_cours() if est_titulaire else [],
            passation=dossier.passations.filter(issue="").select_related("de", "a").first(),
            a_qui_passer=len(dossier.membres.all()) > 1,
        )
        return render(self.request, "candidatures/equipe.html", contexte)


class GesteDeLEquipe(UneSeuleFois, DossierMixin):
    """A button of the team's page: one deed, then back to it; 409 where it is no longer possible."""

    http_method_names = ["post"]

    def post(self, request, numero, **cles):
        """Do it, say it."""
        try:
            dit = self.faire(**cles)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        messages.success(request, dit)
        return redirect(self.suite())

    def faire(self, **cles) -> str:
        """The deed, and the sentence that says it is done."""
        raise NotImplementedError

    def suite(self):
        """Where one goes next."""
        return reverse("candidatures:equipe", args=[self.dossier.numero])


class RetirerMembreView(GesteDeLEquipe):
    """Close the dossier to a member."""

    geste = "gerer_equipe"

    def faire(self, pk):
        """The titulaire stays."""
        membres = Membre.objects.visibles_par(self.request.user).select_related("user")
        membre = get_object_or_404(membres, dossier=self.dossier, pk=pk)
        self.dossier.retirer_membre(membre, par=self.request.user)
        return f"{membre.user.nom_complet} n'a plus accès à ce dossier."


class QuitterEquipeView(GesteDeLEquipe):
    """Leave a dossier oneself."""

    geste = "quitter_equipe"

    def faire(self):
        """The titulaire hands over first."""
        self.dossier.quitter(par=self.request.user)
        return f"Vous ne faites plus partie du dossier « {self.dossier.nom_projet} »."

    def suite(self):
        """The dossier is closed to who left it."""
        return reverse("candidatures:liste")


class GesteSurInvitation(GesteDeLEquipe):
    """A deed on one invitation of this dossier."""

    geste = "gerer_equipe"

    def invitation(self, pk) -> Invitation:
        """Another dossier's is unknown here."""
        invitations = Invitation.objects.visibles_par(self.request.user)
        return get_object_or_404(invitations, dossier=self.dossier, pk=pk)


class RelancerInvitationView(GesteSurInvitation):
    """Send it again."""

    def faire(self, pk):
        """A new link; the older one is dead."""
        invitation = self.invitation(pk)
        if not ecrit_encore(self.request):
            raise TransitionInterdite(TROP_D_ENVOIS)
        self.dossier.relancer_invitation(invitation, par=self.request.user)
        return f"Invitation renvoyée à {invitation.courriel}. Elle vaut 7 jours ; le lien précédent ne s'ouvre plus."


class RetirerInvitationView(GesteSurInvitation):
    """Withdraw it."""

    def faire(self, pk):
        """Its link is dead."""
        invitation = self.invitation(pk)
        self.dossier.retirer_invitation(invitation, par=self.request.user)
        return f"Invitation de {invitation.courriel} retirée : son lien ne s'ouvre plus."


class PassationView(UneSeuleFois, DossierMixin):
    """Hand the ownership over: the titulaire proposes, the member accepts or not; nothing changes before."""

    geste = "lire_equipe"
    GESTES = {
        "proposer": "gerer_equipe",
        "annuler": "gerer_equipe",
        "accepter": "repondre_passation",
        "refuser": "repondre_passation",
    }

    def get(self, request, numero):
        """What is proposed, or to whom it may be."""
        return self.montrer(self.formulaire())

    def post(self, request, numero):
        """One of the four deeds."""
        action = request.POST.get("action", "")
        if action not in self.GESTES:
            return self.refuser("Cette action n'existe pas. Rechargez la page.")
        exiger(self.GESTES[action], request.user, self.dossier, self.roles)
        formulaire = self.formulaire(request.POST) if action == "proposer" else None
        if formulaire and not formulaire.is_valid():
            return self.montrer(formulaire)
        try:
            dit = self.faire(action, formulaire)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        messages.success(request, dit)
        return redirect("candidatures:equipe", numero)

    def faire(self, action, formulaire) -> str:
        """The deed, and the sentence that says it is done."""
        dossier, user = self.dossier, self.request.user
        if action == "proposer":
            membre = formulaire.choisi()
            dossier.proposer_passation(membre, par=user)
            return (
                f"Proposition envoyée à {membre.user.nom_complet}. Vous restez titulaire jusqu'à sa réponse."
            )
        passation = self.en_cours()
        if passation is None:
            raise TransitionInterdite("Aucune proposition n'attend de réponse.")
        if action == "annuler":
            dossier.annuler_passation(passation, par=user)
            return "Proposition annulée. Vous restez titulaire."
        if action == "refuser":
            dossier.refuser_passation(passation, par=user)
            return f"Vous avez refusé. {passation.de.nom_complet} reste titulaire."
        dossier.accepter_passation(passation, par=user)
        return "Vous êtes maintenant titulaire de ce dossier."

    def en_cours(self):
        """The proposal that waits, or None."""
        return self.dossier.passations.filter(issue="").select_related("de", "a").first()

    def formulaire(self, donnees=None):
        """Every member but oneself."""
        autres = [m for m in self.dossier.membres.all() if m.user_id != self.request.user.pk]
        return PassationForm(donnees, membres=autres)

    def montrer(self, formulaire):
        """The page."""
        contexte = self.contexte(
            form=formulaire,
            passation=self.en_cours(),
            est_titulaire=self.dossier.droit_de(self.request.user) == "TITULAIRE",
        )
        return render(self.request, "candidatures/passation.html", contexte)
