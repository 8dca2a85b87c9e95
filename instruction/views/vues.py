"""What one keeps of the desk: lists under a name, the one that opens first, the columns."""

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from instruction.colonnes import colonnes_valables
from instruction.forms.vues import ColonnesForm, VueForm
from instruction.models.vues_enregistrees import Bureau, VueEnregistree
from instruction.views.liste import TOUT, demande_de
from manufactures.droits_web import GesteMixin
from manufactures.registres import TransitionInterdite


def adresse_de(demande: str) -> str:
    """The desk with these filters."""
    return reverse("instruction:liste") + f"?{demande or f'{TOUT}=1'}"


class VuesView(GesteMixin):
    """The page of one's desk: keep the list one comes from, choose the columns, put the kept lists in order."""

    geste = "lire_instruction"

    def get(self, request):
        """The address holds the list to keep."""
        return self.afficher(request, demande_de(request.GET))

    def post(self, request):
        """Keep it, or choose the columns."""
        demande = demande_de(QueryDict(request.POST.get("demande", "")))
        if request.POST.get("action") == "colonnes":
            return self.choisir(request, demande)
        form = VueForm(request.POST, auto_id="vue_%s")
        if not form.is_valid():
            return self.afficher(request, demande, form=form)
        try:
            vue = Bureau.de(request.user).garder(
                form.cleaned_data["nom"], demande, par_defaut=form.cleaned_data["par_defaut"]
            )
        except TransitionInterdite as refus:
            messages.error(request, str(refus))
            return self.afficher(request, demande, form=form, status=409)
        messages.success(request, f"Vue « {vue.nom} » enregistrée.")
        return redirect(adresse_de(demande))

    def choisir(self, request, demande: str):
        """These columns from now on, for the page and for the file."""
        form = ColonnesForm(request.POST, auto_id="col_%s")
        if not form.is_valid():
            return self.afficher(request, demande, colonnes=form)
        Bureau.de(request.user).choisir(tuple(form.cleaned_data["colonnes"]))
        messages.success(request, "Colonnes enregistrées.")
        return redirect(adresse_de(demande))

    def afficher(self, request, demande: str, *, form=None, colonnes=None, status: int = 200):
        """The page."""
        choisies, vues = Bureau.lire(request.user)
        contexte = {
            "demande": demande,
            "vues": vues,
            "form": form or VueForm(initial={"demande": demande}, auto_id="vue_%s"),
            "colonnes": colonnes
            or ColonnesForm(initial={"colonnes": colonnes_valables(choisies)}, auto_id="col_%s"),
            "retour": adresse_de(demande),
        }
        return render(request, "instruction/vues.html", contexte, status=status)


class VueView(GesteMixin):
    """One kept list: take it away, or open the desk on it."""

    geste = "lire_instruction"

    def post(self, request, pk):
        """Somebody else's list is no list."""
        vue = VueEnregistree.objects.visibles_par(request.user).filter(pk=pk).first()
        if vue is None:
            raise Http404(pk)
        action = request.POST.get("action", "")
        if action == "retirer":
            vue.delete()
            messages.success(request, f"Vue « {vue.nom} » retirée.")
        elif action in ("ouvrir", "ne_plus_ouvrir"):
            vue.ouvrir_en_premier(oui=action == "ouvrir")
            phrase = f"Vos dossiers s'ouvrent sur « {vue.nom} »."
            messages.success(request, phrase if vue.par_defaut else "Vos dossiers s'ouvrent tous.")
        return redirect("instruction:vues")
