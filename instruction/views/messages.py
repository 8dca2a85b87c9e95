"""The thread between a porteur and the agency: one page for both sides."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from candidatures.models import Dossier
from instruction.forms import MessageForm
from instruction.forms.echanges import ChoixDeModeleForm
from instruction.models import Cote, DemandeComplements, Echange, ModeleDeMessage
from instruction.models.echanges import cote_de, lire_le_fil
from instruction.models.modeles_de_messages import A_PRECISER
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin


class MessagesView(UneSeuleFois, GesteMixin):
    """Read and write. Agents read the thread of a draft whose porteur wrote to them: the thread, not the draft.

    An agent may begin with one of the call's texts: `?modele=` puts it in the form, nothing leaves.
    """

    geste = "lire_messages"
    sur_objet = True

    def dispatch(self, request, *args, **kwargs):
        """404 for whoever sees neither the dossier nor the thread, 403 for those whom it does not concern."""
        if request.user.is_authenticated:
            self.dossier = self._dossier(request.user, kwargs["numero"])
            self.voit_le_dossier = (
                Dossier.objects.visibles_par(request.user).filter(pk=self.dossier.pk).exists()
            )
            self.cote = cote_de(self.dossier, request.user)
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def _dossier(cls, user, numero) -> Dossier:
        vu = Dossier.objects.visibles_par(user).filter(numero=numero).select_related("vague__appel").first()
        if vu is not None:
            exiger(cls.geste, user, vu)
            return vu
        fil = Echange.objects.visibles_par(user).filter(dossier__numero=numero)
        message = fil.select_related("dossier__vague__appel").first()
        if message is None:
            raise Http404
        return message.dossier

    def get(self, request, numero):
        """The thread."""
        return self.afficher(request)

    def post(self, request, numero):
        """Answer, or say that one has read."""
        if request.POST.get("action") == "lire":
            if self.cote is not None:
                lire_le_fil(self.dossier, self.cote)
            return redirect("instruction:messages", numero)
        form = MessageForm(request.POST, prefix="message")
        if form.is_valid() and self.cote == Cote.AGENT and A_PRECISER in form.cleaned_data["texte"]:
            form.add_error("texte", f"Remplacez « {A_PRECISER} » par ce que le porteur doit lire.")
        if not form.is_valid():
            return self.afficher(request, form)
        Echange.ecrire(self.dossier, par=request.user, texte=form.cleaned_data["texte"])
        messages.success(request, "Message envoyé : il reste sur le dossier.")
        suite = request.POST.get("suite")
        if suite == "instruction" and self.cote == Cote.AGENT:
            return redirect("instruction:dossier", numero)
        return redirect("instruction:messages", numero)

    def afficher(self, request, form=None):
        """Messages this person may read, oldest first."""
        fil = list(
            Echange.objects.visibles_par(request.user).filter(dossier=self.dossier).select_related("de")
        )
        choix = self.choix_de_modele(request)
        contexte = {
            "dossier": self.dossier,
            "echanges": fil,
            "form": form or MessageForm(prefix="message", initial={"texte": self.texte_du_modele(choix)}),
            "choix": choix,
            "cote": self.cote,
            "non_lus": [m for m in fil if m.lu_le is None and self.cote and m.cote != self.cote],
            "voit_le_dossier": self.voit_le_dossier,
        }
        return render(request, "instruction/messages.html", contexte)

    def choix_de_modele(self, request) -> ChoixDeModeleForm | None:
        """The texts of the call, for an agent who sees the dossier; None where there is none to choose."""
        if self.cote != Cote.AGENT or not self.voit_le_dossier:
            return None
        modeles = ModeleDeMessage.objects.en_service().filter(appel=self.dossier.vague.appel)
        choix = ChoixDeModeleForm(request.GET if "modele" in request.GET else None, modeles=modeles)
        return choix if len(choix.fields["modele"].choices) > 1 else None

    def texte_du_modele(self, choix: ChoixDeModeleForm | None) -> str:
        """The text chosen, with this dossier's values; nothing while none is."""
        if choix is None or not choix.is_bound or not choix.is_valid():
            return ""
        demande = DemandeComplements.ouverte_de(self.dossier)
        return choix.cleaned_data["modele"].rediger(self.dossier, par=self.request.user, demande=demande)
