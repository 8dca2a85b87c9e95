"""The texts of the call that agents begin their messages with: one page, which a responsable writes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from instruction.forms.echanges import ModeleDeMessageForm
from instruction.models import ModeleDeMessage
from instruction.models.modeles_de_messages import VARIABLES
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger, peut
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Role
from manufactures.programme.models import Appel
from manufactures.programme.models.habilitation import appels_de


class ModelesDeMessagesView(UneSeuleFois, GesteMixin):
    """The list, one form a text and an empty one; the variables beside."""

    geste = "lire_modeles_de_messages"
    geste_du_post = "ecrire_modeles_de_messages"

    def modeles(self):
        """Those of the calls that the reader follows, in service."""
        lus = ModeleDeMessage.objects.visibles_par(self.request.user).en_service()
        return lus.select_related("appel", "modifie_par").order_by("appel", "titre", "pk")

    def appels(self):
        """The calls whose texts the reader writes."""
        return Appel.objects.filter(pk__in=appels_de(self.request.user, Role.RESPONSABLE)).order_by("pk")

    def get(self, request):
        """The page."""
        return self.montrer()

    def post(self, request):
        """Write a text, new or again, or take one away."""
        exiger(self.geste_du_post, request.user)
        modele = self.modele()
        if request.POST.get("action") == "retirer" and modele is not None:
            modele.retirer(par=request.user)
            messages.success(request, f"« {modele.titre} » n'est plus proposé.")
            return redirect("instruction:modeles_de_messages")
        form = self.formulaire(modele, request.POST)
        if not form.is_valid():
            return self.montrer(form)
        try:
            ecrit = ModeleDeMessage.ecrire(par=request.user, modele=modele, **form.cleaned_data)
        except ValidationError as refus:
            form.add_error("titre", refus)
            return self.montrer(form)
        messages.success(request, f"« {ecrit.titre} » est enregistré.")
        return redirect(reverse("instruction:modeles_de_messages") + f"#modele-{ecrit.pk}")

    def modele(self) -> ModeleDeMessage | None:
        """The one that the form names, of a call of the writer; none for a new text."""
        cle = self.request.POST.get("modele", "")
        if not cle:
            return None
        siens = self.modeles().filter(appel__in=self.appels())
        return get_object_or_404(siens, pk=cle if cle.isdecimal() else 0)

    def formulaire(self, modele=None, data=None) -> ModeleDeMessageForm:
        """The form of one text; a text keeps its call."""
        prefixe = f"modele{modele.pk}" if modele else "nouveau"
        return ModeleDeMessageForm(data, prefix=prefixe, modele=modele, appels=self.appels())

    def montrer(self, saisi: ModeleDeMessageForm | None = None):
        """The page, with what is to be corrected."""
        ecrit = peut("ecrire_modeles_de_messages", self.request.user)
        siens = set(self.appels().values_list("pk", flat=True)) if ecrit else set()
        lignes = []
        for modele in self.modeles():
            form = self.formulaire(modele) if modele.appel_id in siens else None
            if saisi is not None and saisi.modele == modele:
                form = saisi
            lignes.append((modele, form))
        contexte = {
            "lignes": lignes,
            "ecrit": bool(siens),
            "nouveau": saisi if saisi is not None and saisi.modele is None else self.formulaire(),
            "form": saisi,
            "variables": VARIABLES.items(),
        }
        return render(self.request, "instruction/modeles.html", contexte)
