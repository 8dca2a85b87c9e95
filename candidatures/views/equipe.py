"""Who writes and who reads a dossier."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from candidatures.forms.equipe import MembreForm
from candidatures.models import Membre
from candidatures.views.base import DossierMixin
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.registres import TransitionInterdite


class EquipeView(UneSeuleFois, DossierMixin):
    """Members and their rights; the titulaire lets people in."""

    geste = "lire_equipe"

    def get(self, request, numero):
        """The list."""
        return self.montrer(MembreForm())

    def post(self, request, numero):
        """Let someone in."""
        exiger("gerer_equipe", request.user, self.dossier, self.roles)
        formulaire = MembreForm(request.POST)
        if formulaire.is_valid():
            try:
                membre = self.dossier.ajouter_membre(
                    formulaire.compte, formulaire.cleaned_data["droit"], par=request.user
                )
            except TransitionInterdite as refus:
                formulaire.add_error("courriel", str(refus))
            else:
                messages.success(request, f"{membre.user.nom_complet} fait maintenant partie de ce dossier.")
                return redirect("candidatures:equipe", numero)
        return self.montrer(formulaire)

    def montrer(self, formulaire):
        """The page."""
        return render(self.request, "candidatures/equipe.html", self.contexte(form=formulaire))


class RetirerMembreView(UneSeuleFois, DossierMixin):
    """Close the dossier to a member."""

    geste = "gerer_equipe"
    http_method_names = ["post"]

    def post(self, request, numero, pk):
        """The titulaire stays."""
        membres = Membre.objects.visibles_par(request.user).select_related("user")
        membre = get_object_or_404(membres, dossier=self.dossier, pk=pk)
        try:
            self.dossier.retirer_membre(membre, par=request.user)
        except TransitionInterdite as refus:
            return self.refuser(refus)
        messages.success(request, f"{membre.user.nom_complet} n'a plus accès à ce dossier.")
        return redirect("candidatures:equipe", numero)
