"""The thread between a porteur and the agency: one page for both sides."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from candidatures.models import Dossier
from instruction.forms import MessageForm
from instruction.models import Cote, Echange
from instruction.models.echanges import cote_de, lire_le_fil
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin


class MessagesView(UneSeuleFois, GesteMixin):
    """Read and write. Agents read the thread of a draft whose porteur wrote to them: the thread, not the draft."""

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
        contexte = {
            "dossier": self.dossier,
            "echanges": fil,
            "form": form or MessageForm(prefix="message"),
            "cote": self.cote,
            "non_lus": [m for m in fil if m.lu_le is None and self.cote and m.cote != self.cote],
            "voit_le_dossier": self.voit_le_dossier,
        }
        return render(request, "instruction/messages.html", contexte)
