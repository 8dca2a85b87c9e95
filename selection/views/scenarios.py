"""Scenarios of an arbitration: composed, compared, adopted; nothing for whoever stepped back from one project."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite
from selection.comparaison import colonnes_de, equilibre, jauges, points_compares, rangees
from selection.forms import ScenarioForm
from selection.models import EtatSeance, Scenario
from selection.models.partage import groupes_presents, points_a_partager
from selection.views.base import PageDeSeance

COMPOSER, ADOPTER, RETIRER = "composer", "adopter", "retirer"


class ScenariosView(UneSeuleFois, PageDeSeance):
    """Side by side: what each project would receive, the balance, what would let in those left out."""

    geste = "lire_arbitrage"
    geste_du_post = "proposer_montants"  # the agents compose; adopting has its own row
    template_name = "selection/scenarios.html"

    def get(self, request, *args, **kwargs):
        """The page; to the poll that waits for a computing, nothing until it ends, then the comparison alone."""
        if not request.htmx:
            return self.afficher()
        contexte = self.get_context_data()
        if contexte.get("en_calcul"):
            return HttpResponse(status=204)
        return render(request, "selection/_scenarios.html", contexte)

    def relire(self):
        """Arbitration sittings only."""
        super().relire()
        if not self.seance.est_arbitrage:
            raise Http404(self.seance.pk)

    def get_context_data(self, **contexte):
        """The comparison; for a recused reader a sentence only."""
        user = self.request.user
        points = points_compares(user, self.seance)
        ouverte = self.seance.etat != EtatSeance.CLOSE
        contexte.setdefault("form", None)
        if len(points) < self.seance.points.count():
            return super().get_context_data(ecarte=True, **contexte)
        choisis = self.request.GET.getlist("scenario")
        tous, colonnes = colonnes_de(user, self.seance, choisis)
        groupes = groupes_presents(points)
        if (
            contexte["form"] is None
            and ouverte
            and points
            and self.roles & {Role.INSTRUCTEUR, Role.RESPONSABLE}
        ):
            nom = f"Scénario {len(tous) + 1}"
            contexte["form"] = ScenarioForm(initial={"nom": nom}, groupes=groupes)
        return super().get_context_data(
            scenarios=tous, colonnes=colonnes, rangees=rangees(points, colonnes),
            equilibre=equilibre(points, colonnes, groupes),
            jauges=jauges(self.seance, points), peut_adopter=ouverte and Role.RESPONSABLE in self.roles,
            en_calcul=any(colonne.en_calcul for colonne in colonnes), adresse=self.request.get_full_path(),
            **contexte,
        )  # fmt: skip

    def faire(self, request):
        """Compose, adopt or take away."""
        action = request.POST.get("action")
        if action == COMPOSER:
            return self._composer(request)
        if action not in (ADOPTER, RETIRER):
            raise Http404(action)
        if action == ADOPTER:
            exiger("adopter_scenario", request.user, self.seance, self.roles)
        visibles = Scenario.objects.visibles_par(request.user).filter(seance=self.seance)
        cle = request.POST.get("scenario", "")
        scenario = get_object_or_404(
            visibles.select_related("seance__vague"), pk=cle if cle.isdecimal() else None
        )
        if action == ADOPTER:
            scenario.adopter(par=request.user)
            messages.success(
                request, f"« {scenario.nom} » est adopté : les montants proposés sont les siens."
            )
        else:
            scenario.retirer(par=request.user)
            messages.success(request, f"« {scenario.nom} » est retiré.")
        return redirect("selection:scenarios", self.seance.pk)

    def _composer(self, request):
        form = ScenarioForm(request.POST, groupes=groupes_presents(points_a_partager(self.seance)))
        if not form.is_valid():
            return self.afficher(form=form)
        try:
            scenario = Scenario.composer(self.seance, par=request.user, **form.regles())
        except TransitionInterdite as refus:  # what was typed stays
            form.add_error(None, str(refus))
            return self.afficher(status=409, form=form)
        fin = "Calcul en cours, quelques secondes." if scenario.calcule_le is None else "Le voici calculé."
        messages.success(request, f"« {scenario.nom} » est enregistré. {fin}")
        return redirect("selection:scenarios", self.seance.pk)
