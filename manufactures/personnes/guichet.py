"""Pages where an erasure, or the end of a lost second factor, is asked for, done by another, or refused."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import CONNECTE
from manufactures.droits_web import GesteMixin
from manufactures.personnes import effacement
from manufactures.personnes.demandes import DemandeSurCompte, Nature
from manufactures.personnes.forms import DemandeForm
from manufactures.personnes.models import personnes_atteignables
from manufactures.registres import GesteInterdit, TransitionInterdite

NATURES = {"effacement": Nature.EFFACER, "second-facteur": Nature.SECOND_FACTEUR}


class EffacementView(UneSeuleFois, GesteMixin):
    """One's own erasure: what goes, what stays and why, before anything is asked."""

    geste = CONNECTE

    def get(self, request):
        """The two lists, and the request that waits."""
        return self._montrer()

    def post(self, request):
        """Ask, or take the request back."""
        attend = self._en_attente()
        try:
            if request.POST.get("action") == "retirer" and attend:
                attend.trancher(accepter=False, par=request.user)
                messages.success(request, "Votre demande est retirée.")
            else:
                DemandeSurCompte.deposer(request.user, Nature.EFFACER, par=request.user)
                messages.success(request, "Votre demande est enregistrée\u00a0: un responsable la traite.")
        except (TransitionInterdite, GesteInterdit) as refus:
            return self._montrer(str(refus), 409)
        return redirect("personnes:effacement")

    def _en_attente(self):
        siennes = DemandeSurCompte.objects.en_attente().filter(user=self.request.user, nature=Nature.EFFACER)
        return siennes.first()

    def _montrer(self, refus="", statut=200):
        user = self.request.user
        contexte = {
            "gardes": effacement.gardes(user),
            "empechements": effacement.empechements(user),
            "demande": self._en_attente(),
            "refus": refus,
        }
        return render(self.request, "personnes/effacement.html", contexte, status=statut)


class DemanderView(UneSeuleFois, GesteMixin):
    """A responsable asks, for somebody who wrote or called."""

    geste = "gerer_comptes"

    def get(self, request, pk, nature):
        """What it does, and why one asks."""
        return self._montrer(*self._lire(pk, nature), DemandeForm())

    def post(self, request, pk, nature):
        """It waits for another responsable."""
        user, quoi = self._lire(pk, nature)
        form = DemandeForm(request.POST)
        if not form.is_valid():
            return self._montrer(user, quoi, form)
        try:
            DemandeSurCompte.deposer(user, quoi, par=request.user, motif=form.cleaned_data["motif"])
        except (TransitionInterdite, GesteInterdit) as refus:
            return self._montrer(user, quoi, form, str(refus), 409)
        messages.info(request, "Demande enregistrée\u00a0: elle attend un autre responsable.")
        return redirect("personnes:personnes")

    def _lire(self, pk, nature):
        if nature not in NATURES:
            raise Http404(nature)
        return get_object_or_404(personnes_atteignables(self.request.user), pk=pk), NATURES[nature]

    def _montrer(self, user, nature, form, refus="", statut=200):
        contexte = {"personne": user, "form": form, "refus": refus} | _ce_qui_se_passe(user, nature)
        return render(self.request, "personnes/demander.html", contexte, status=statut)


class DemandeView(UneSeuleFois, GesteMixin):
    """What was asked, and the two answers."""

    geste = "gerer_comptes"

    def get(self, request, pk):
        """What will happen, before anything does."""
        return self._montrer(self._demande(pk))

    def post(self, request, pk):
        """`action` says which."""
        demande = self._demande(pk)
        accepter = request.POST.get("action") == "confirmer"
        try:
            demande.trancher(accepter=accepter, par=request.user, motif=request.POST.get("motif", "")[:500])
        except TransitionInterdite as refus:
            return self._montrer(demande, str(refus), 409)
        dits = {
            Nature.EFFACER: "Le compte est effacé.",
            Nature.SECOND_FACTEUR: "Les seconds facteurs sont retirés.",
        }
        messages.success(request, dits[demande.nature] if accepter else "Demande close, rien n'a changé.")
        return redirect("personnes:personnes")

    def _demande(self, pk):
        visibles = DemandeSurCompte.objects.visibles_par(self.request.user).en_attente()
        return get_object_or_404(visibles.select_related("user", "demandee_par"), pk=pk)

    def _montrer(self, demande, refus="", statut=200):
        contexte = {
            "demande": demande,
            "personne": demande.user,
            "refus": refus,
            "sienne": demande.demandee_par_id == self.request.user.pk,
            "soi": demande.user_id == self.request.user.pk,
        } | _ce_qui_se_passe(demande.user, demande.nature)
        return render(self.request, "personnes/demande.html", contexte, status=statut)


def _ce_qui_se_passe(user, nature) -> dict:
    """What the page says before the deed."""
    efface = nature == Nature.EFFACER
    return {
        "efface": efface,
        "titre": Nature(nature).label,
        "gardes": effacement.gardes(user) if efface else [],
        "empechements": effacement.empechements(user) if efface else [],
    }
