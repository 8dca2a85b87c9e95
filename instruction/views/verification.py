"""Four eyes: what waits for a second reading, and the reading itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from instruction.forms.verification import PartForm, RenvoiForm
from instruction.models import EtatVerification, Verification
from instruction.models.verification import regler_la_part
from instruction.views.base import DossierDeLAgence
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits_web import GesteMixin
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Appel
from manufactures.programme.models.habilitation import appels_de
from manufactures.registres import GesteInterdit, TransitionInterdite

PAR_PAGE = 25


class VerificationsView(UneSeuleFois, GesteMixin, ContextMixin, TemplateResponseMixin, View):
    """« À vérifier »: the conclusions that wait, oldest first, and the share of each call."""

    geste = "verifier_conclusion"
    template_name = "instruction/verifications.html"

    def get(self, request):
        """The list."""
        return self.render_to_response(self.get_context_data())

    def post(self, request):
        """Set the share of a call one is responsable of."""
        appel = get_object_or_404(self.appels(), pk=_cle(request.POST.get("appel")))
        form = part_de(appel, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(formulaire=form))
        try:
            regler_la_part(appel, form.cleaned_data["part_verifiee"], par=request.user)
        except TransitionInterdite as refus:
            messages.error(request, str(refus))
            return self.render_to_response(self.get_context_data(), status=409)
        messages.success(request, "Part enregistrée : elle vaut pour les prochaines conclusions.")
        return redirect("instruction:verifications")

    def appels(self):
        """The calls that this person is responsable of."""
        return Appel.objects.filter(pk__in=appels_de(self.request.user, Role.RESPONSABLE))

    def get_context_data(self, formulaire=None, **contexte):
        """A page of what waits."""
        attendues = (
            Verification.objects.visibles_par(self.request.user)
            .a_faire()
            .select_related("conclue_par", "instruction__instructeur", "instruction__dossier__vague")
        )
        formes = [
            formulaire if formulaire is not None and formulaire.instance.pk == appel.pk else part_de(appel)
            for appel in self.appels()
        ]
        page = Paginator(attendues, PAR_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, formes=formes, form=formulaire, **contexte)


class VerificationView(DossierDeLAgence):
    """Accept a conclusion, or send it back with a word."""

    geste = "lire_instruction"
    geste_du_post = "verifier_conclusion"
    template_name = "instruction/verification.html"

    def get_context_data(self, **contexte):
        """The conclusion, its act, the earlier readings."""
        verifications = []
        if self.grille is not None:
            verifications = list(
                self.grille.verifications.select_related("conclue_par", "verifiee_par").order_by("-pk")
            )
        attendue = next((v for v in verifications if v.etat == EtatVerification.A_FAIRE), None)
        contexte.setdefault("form", RenvoiForm())
        contexte |= {
            "verification": attendue,
            "passees": [v for v in verifications if v is not attendue],
            "peut_verifier": attendue is not None and self._verifie(attendue),
            "peut_renvoyer": self.dossier.etat in (Etat.RECEVABLE, Etat.EN_INSTRUCTION),
            "rapport": self.dossier.actes.filter(genre="rapport_instruction").order_by("-pk").first(),
        }
        return super().get_context_data(**contexte)

    def _verifie(self, verification: Verification) -> bool:
        """Another responsable than who concluded or examined."""
        auteurs = (verification.conclue_par_id, self.grille.instructeur_id)
        return Role.RESPONSABLE in self.roles and self.request.user.pk not in auteurs

    def faire(self, request):
        """Give the answer."""
        verification = self.grille.verifications.a_faire().first() if self.grille else None
        if verification is None:
            raise TransitionInterdite("Cette conclusion n'est plus à vérifier.")
        if request.POST.get("action") == "accepter":
            verification.accepter(par=request.user)
            messages.success(request, "Conclusion acceptée.")
            return redirect("instruction:verifications")
        if not self._verifie(verification):
            raise GesteInterdit("Vous avez instruit ce dossier : une autre personne vérifie sa conclusion.")
        form = RenvoiForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        verification.renvoyer(form.cleaned_data["mot"], par=request.user)
        messages.success(request, "Dossier renvoyé à l'agent : la grille est rouverte.")
        return redirect("instruction:verifications")


def part_de(appel: Appel, data=None) -> PartForm:
    """The share of one call; several calls stand on the page, each with ids of its own."""
    return PartForm(data, instance=appel, auto_id=f"id_{appel.pk}_%s")


def _cle(valeur) -> int:
    """A key from a form; nought for anything else."""
    return int(valeur) if valeur and valeur.isdecimal() else 0
