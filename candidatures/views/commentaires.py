"""What members say to each other beside the answers: added, answered, settled; for the team's eyes only."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from candidatures.forms.commentaires import CommentaireForm
from candidatures.models import Commentaire, Section
from candidatures.views.base import DossierMixin
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.registres import TransitionInterdite


class CommentairesView(UneSeuleFois, DossierMixin):
    """Every exchange of a dossier, section by section; one adds and answers here or from the section's own page."""

    geste = "commenter"

    def get(self, request, numero):
        """The open exchanges; `?regles=1` shows the settled ones too."""
        section = request.GET.get("section")
        depart = {"section": section} if section in Section.values else {}
        return self.montrer(CommentaireForm(dossier=self.dossier, initial=depart))

    def post(self, request, numero):
        """Say it, then go back where it was said."""
        form = CommentaireForm(request.POST, dossier=self.dossier)
        if not form.is_valid():
            return self.montrer(form)
        dit = form.cleaned_data
        commentaire = Commentaire.ecrire(
            self.dossier,
            Section(dit["section"]),
            dit["texte"],
            par=request.user,
            en_reponse_a=dit["en_reponse_a"],
        )
        messages.success(
            request, "Réponse ajoutée." if commentaire.en_reponse_a_id else "Commentaire ajouté."
        )
        return redirect(self.d_ou_l_on_vient(commentaire))

    def d_ou_l_on_vient(self, commentaire) -> str:
        """The section's page where it was said there, else this one; at the exchange."""
        adresse = commentaire.get_absolute_url()
        if self.request.POST.get("depuis") != "section":
            return adresse
        return f"{self.dossier.get_absolute_url()}{commentaire.section}/#{adresse.split('#')[1]}"

    def montrer(self, form):
        """The page."""
        fils = Commentaire.objects.visibles_par(self.request.user).filter(dossier=self.dossier).fils()
        regles = self.request.GET.get("regles") == "1"
        if not regles:
            fils = fils.filter(resolu_le=None)
        rangs = {section.value: rang for rang, section in enumerate(Section)}
        fils = sorted(fils, key=lambda fil: rangs[fil.section])
        contexte = self.contexte(form=form, fils=fils, regles=regles)
        return render(self.request, "candidatures/commentaires.html", contexte)


class CommentaireView(UneSeuleFois, DossierMixin):
    """One exchange: settled by any member, or opened again."""

    geste = "commenter"
    http_method_names = ["post"]

    def post(self, request, numero, pk):
        """`action` says which."""
        visibles = Commentaire.objects.visibles_par(request.user)
        fil = get_object_or_404(visibles, pk=pk, dossier=self.dossier, en_reponse_a=None)
        try:
            if request.POST.get("action") == "rouvrir":
                fil.rouvrir()
                messages.success(request, "Échange rouvert.")
            else:
                fil.resoudre(par=request.user)
                messages.success(request, "Échange réglé.")
        except TransitionInterdite as refus:
            return self.refuser(refus)
        return redirect(self.retour())
