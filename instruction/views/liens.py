"""Links of agents with a dossier: declare, record, lift; and take again a grid that went back to the queue."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from instruction.controles import conflits
from instruction.forms.controles import DeclarerLienForm, LeverLienForm
from instruction.models import LienDeclare
from instruction.views.base import AGENTS, DossierDeLAgence
from manufactures.droits import peut
from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite


class LiensView(DossierDeLAgence):
    """Who declared what, what is worth a question, and the two deeds."""

    template_name = "instruction/liens.html"

    @property
    def est_responsable(self) -> bool:
        """May record a colleague's link, and lift."""
        return Role.RESPONSABLE in self.roles

    def formulaire(self, data=None) -> DeclarerLienForm:
        """For oneself; for anyone of the call where one is its responsable."""
        agents = conflits.agents_en_fonction(self.dossier).order_by("nom", "prenom")
        initial = {"agent": self.request.user}
        return DeclarerLienForm(data, agents=agents if self.est_responsable else None, initial=initial)

    def get_context_data(self, **contexte):
        """The register of this dossier; hints for the responsable, one's own for an agent."""
        liens = LienDeclare.objects.visibles_par(self.request.user).filter(dossier=self.dossier)
        lus = list(liens.select_related("agent", "declare_par", "leve_par"))
        deja = {lien.agent_id for lien in lus if lien.leve_le is None}
        indices = {
            agent: phrases
            for agent, phrases in conflits.indices_de(self.dossier).items()
            if agent.pk not in deja and (self.est_responsable or agent.pk == self.request.user.pk)
        }
        declare = bool(self.roles & AGENTS)
        calcule = {
            "liens": lus,
            "indices": indices.items(),
            "est_responsable": self.est_responsable,
            "form": contexte.get("form") or (self.formulaire() if declare else None),
            "form_levee": contexte.get("form_levee") or LeverLienForm(),
        }
        return super().get_context_data(**(contexte | calcule))

    def faire(self, request):
        """Declare or lift."""
        if request.POST.get("action") == "lever":
            return self.lever(request)
        self.exiger("declarer_lien")
        form = self.formulaire(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        agent = form.cleaned_data.get("agent") or request.user
        LienDeclare.declarer(
            self.dossier,
            agent=agent,
            par=request.user,
            nature=form.cleaned_data["nature"],
            precision=form.cleaned_data["precision"],
        )
        if agent == request.user:
            messages.success(request, "Lien déclaré : ce dossier vous est fermé, un collègue l'examinera.")
            return redirect("instruction:liste")
        messages.success(request, f"Lien enregistré : le dossier est fermé à {agent.nom_complet}.")
        return redirect("instruction:liens", self.dossier.numero)

    def lever(self, request):
        """With a reason."""
        self.exiger("lever_lien")
        cle = request.POST.get("lien", "")
        liens = LienDeclare.objects.visibles_par(request.user).filter(dossier=self.dossier)
        lien = get_object_or_404(liens, pk=int(cle) if cle.isdecimal() else 0)
        form = LeverLienForm(request.POST)
        if not form.is_valid():
            return self.afficher(form_levee=form)
        lien.lever(par=request.user, motif=form.cleaned_data["motif_levee"])
        messages.success(request, f"Lien levé : {lien.agent.nom_complet} peut instruire ce dossier.")
        return redirect("instruction:liens", self.dossier.numero)


class ReprendreView(DossierDeLAgence):
    """Take for oneself a grid that nobody holds any more."""

    geste_du_post = "reprendre_grille"

    def get(self, request, *args, **kwargs):
        """The button stands on the dossier's page."""
        return redirect("instruction:dossier", self.dossier.numero)

    def faire(self, request):
        """Take it."""
        if self.grille is None:
            raise TransitionInterdite("Prenez d'abord ce dossier en charge.")
        self.grille.reprendre(par=request.user)
        messages.success(request, "Dossier repris : la grille est à vous.")
        return redirect("instruction:dossier", self.dossier.numero)

    def refuser(self, refus):
        """The sentence, on the dossier's page."""
        messages.error(self.request, str(refus))
        return redirect("instruction:dossier", self.dossier.numero)


def peut_reprendre(dossier, grille, roles, user) -> bool:
    """The button is shown: a grid is open and nobody holds it."""
    return (
        grille is not None
        and grille.instructeur_id is None
        and peut("reprendre_grille", user, dossier, roles)
    )
