"""Between the draft of a decision and its signature: checked by somebody else, or returned with a note."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from manufactures.actes.relecture import Relecture, SensRelecture
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.droits_web import GesteMixin
from manufactures.registres import TransitionInterdite
from selection.models import Decision


class RelireDecisionView(UneSeuleFois, GesteMixin):
    """Check the draft, or return it to its author."""

    geste = "relire_decision"
    sur_objet = True

    def get(self, request, pk):
        """This address only takes gestures: whoever comes back to it goes to the decision."""
        return redirect(self._decision(request, pk))

    def post(self, request, pk):
        """Back to the decision, with what was concluded."""
        decision = self._decision(request, pk)
        sens = SensRelecture.VISE if request.POST.get("action") == "viser" else SensRelecture.RENVOYE
        try:
            if decision.signee_le or decision.annulee_le:
                raise TransitionInterdite("Cette décision n'est plus un projet.")
            Relecture.noter(
                decision.fil,
                sens,
                par=request.user,
                auteur_id=decision.redigee_par_id,
                note=request.POST.get("note", ""),
            )
        except TransitionInterdite as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, "Projet vérifié." if sens == SensRelecture.VISE else "Projet renvoyé.")
        return redirect(decision)

    def _decision(self, request, pk: int) -> Decision:
        visibles = Decision.objects.visibles_par(request.user).select_related("dossier__vague")
        decision = get_object_or_404(visibles, pk=pk)
        exiger(self.geste, request.user, decision.dossier)
        return decision
