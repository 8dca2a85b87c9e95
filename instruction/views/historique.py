"""The history of a grid, for the agents and the auditor."""

from django.core.paginator import Paginator

from instruction.models import ModificationGrille
from instruction.views.base import DossierDeLAgence

PAR_PAGE = 25


class HistoriqueView(DossierDeLAgence):
    """Who changed which line, from what to what, when."""

    template_name = "instruction/historique.html"

    def get_context_data(self, **contexte):
        """One page of it, the last change first."""
        lignes = ModificationGrille.objects.visibles_par(self.request.user).filter(instruction=self.grille)
        page = Paginator(lignes.select_related("par"), PAR_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, **contexte)
