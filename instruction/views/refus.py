"""A refusal in two pairs of eyes: the agent proposes it with its reason, the signatory decides."""

from django.contrib import messages
from django.shortcuts import redirect

from instruction.compositions import vague_suivante
from instruction.forms import MotifForm, RefusForm, SignatureForm
from instruction.models import Reponse, SensAvis
from instruction.views.base import DossierDeLAgence
from manufactures import horloge
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Delegation
from manufactures.registres import TransitionInterdite


class RefusCommun(DossierDeLAgence):
    """The rules that are not met, with their text and what was found."""

    def get_context_data(self, **contexte):
        """What founds the refusal."""
        verdicts = []
        if self.grille is not None:
            verdicts = self.grille.verdicts.filter(reponse=Reponse.NON).select_related("critere")
        contexte |= {"refusees": verdicts, "vague_suivante": vague_suivante(self.dossier)}
        return super().get_context_data(**contexte)


class RefusView(RefusCommun):
    """Propose a refusal."""

    geste_du_post = "conclure_grille"
    template_name = "instruction/refus.html"

    def get_context_data(self, **contexte):
        """The reason, prefilled with the opinion."""
        if "form" not in contexte:
            contexte["form"] = RefusForm(initial={"motif": self.grille.avis if self.grille else ""})
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Write the proposal, or take it back."""
        if self.grille is None:
            raise TransitionInterdite("Prenez d'abord ce dossier en charge.")
        if request.POST.get("action") == "reprendre_examen":
            form = MotifForm(request.POST)
            motif = form.cleaned_data["motif"] if form.is_valid() else ""
            self.grille.reprendre_examen(motif, par=request.user)
            messages.success(request, "L'examen reprend : la grille est ouverte.")
            return redirect("instruction:dossier", self.dossier.numero)
        form = RefusForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.grille.proposer_refus(form.cleaned_data["motif"], par=request.user)
        messages.success(
            request,
            "Refus proposé : une personne qui a délégation de signature décidera de l'irrecevabilité.",
        )
        return redirect("instruction:dossier", self.dossier.numero)


class IrrecevabiliteView(RefusCommun):
    """Sign the decision, or send the proposal back to its author."""

    template_name = "instruction/irrecevabilite.html"

    def empechement(self) -> str:
        """Why this reader does not sign, or nothing."""
        user = self.request.user
        if self.dossier.etat == Etat.IRRECEVABLE:
            return "La décision est signée."
        if (
            self.grille is None
            or self.grille.sens != SensAvis.IRRECEVABLE
            or self.dossier.etat != Etat.EN_INSTRUCTION
        ):
            return "Aucun refus n'est proposé sur ce dossier."
        if Role.RESPONSABLE not in self.roles:
            return "La décision revient à un responsable de l'appel qui a délégation de signature."
        if user.pk in (self.grille.refus_propose_par_id, self.grille.instructeur_id):
            return "Vous avez instruit ce dossier ou proposé ce refus : une autre personne le signe."
        if (
            Delegation.en_vigueur(user, self.dossier.vague.appel, horloge.maintenant(), "irrecevabilite")
            is None
        ):
            return "Seule une personne qui a reçu délégation de signature peut signer cette décision."
        return ""

    def get_context_data(self, **contexte):
        """The proposal, and the form of who may sign."""
        contexte.setdefault(
            "form", SignatureForm(initial={"motif": self.grille.proposition_refus if self.grille else ""})
        )
        decisions = self.dossier.actes.filter(genre="irrecevabilite")
        contexte |= {
            "empechement": self.empechement(),
            "form_motif": MotifForm(prefix="reprise"),
            "acte": decisions.first(),
        }
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Sign; the porteur is told at once."""
        form = SignatureForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.dossier.passer("declarer_irrecevable", par=request.user, motif=form.cleaned_data["motif"])
        messages.success(request, "Décision signée : le porteur est prévenu, le document est en préparation.")
        return redirect("instruction:dossier", self.dossier.numero)
