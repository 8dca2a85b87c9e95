"""The wave while one decides: a panel of the board, the ranking and the agenda; a page of its own without script."""

from django.http import Http404
from django.shortcuts import render

from selection.balance import balance_de
from selection.views.base import PageDeSeance


class EquilibreView(PageDeSeance):
    """Laureates, places left, waiting list, balance; amounts have their own page."""

    geste = "lire_classement"
    template_name = "selection/equilibre.html"

    def get(self, request, *args, **kwargs):
        """The page; to a panel, its content alone."""
        if not request.htmx:
            return self.afficher()
        return render(request, "selection/_balance.html", self.get_context_data())

    def relire(self):
        """Sittings that select only."""
        super().relire()
        if self.seance.est_arbitrage:
            raise Http404(self.seance.pk)

    def get_context_data(self, **contexte):
        """What this reader may count."""
        return super().get_context_data(balance=balance_de(self.request.user, self.seance), **contexte)
