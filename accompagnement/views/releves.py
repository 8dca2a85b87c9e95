"""The expert's statements: what was billed, month by month, and where its payment stands."""

from django.core.paginator import Paginator

from accompagnement.forms import FactureReleveForm, PaiementReleveForm
from accompagnement.models import EtatReleve, Releve
from accompagnement.views.base import Page

PAR_PAGE = 25


class RelevesView(Page):
    """The expert's own, or those of an agent's calls; the latest first."""

    geste = "lire_releve"
    sur_objet = False
    template_name = "accompagnement/releves.html"

    def get_context_data(self, **contexte):
        """25 a page, in a constant number of queries."""
        releves = Releve.objects.visibles_par(self.request.user).select_related("expert", "acte")
        page = Paginator(releves.order_by("-mois", "-pk"), PAR_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, **contexte)


class ReleveView(Page):
    """One statement: its act, its days, its invoice, its payment."""

    geste = "lire_releve"
    template_name = "accompagnement/releve.html"
    actions = ("facturer", "payer")

    def trouver(self):
        """The statement, among those one may see."""
        return self.lire(Releve.objects.select_related("expert", "acte"), pk=self.kwargs["pk"])

    def _faire(self, nom, classe, deed, phrase):
        formulaire = self.valider(nom, classe(self.request.POST))
        if formulaire is None:
            return None
        deed(par=self.request.user, **formulaire.cleaned_data)
        self.dire(phrase)
        return self.objet.get_absolute_url()

    def faire_facturer(self):
        """The invoice is sent."""
        phrase = "Facture notée. L'ANCT notera ici son paiement."
        return self._faire("facturer", FactureReleveForm, self.objet.facturer, phrase)

    def faire_payer(self):
        """It is paid."""
        return self._faire("payer", PaiementReleveForm, self.objet.payer, "Paiement noté.")

    def get_context_data(self, **contexte):
        """The form of this reader, in this state."""
        releve, user = self.objet, self.request.user
        if releve.etat == EtatReleve.ETABLI and releve.expert_id == user.pk:
            contexte["form_facturer"] = self.formulaire("facturer", FactureReleveForm)
        if releve.etat == EtatReleve.FACTURE and self.peut("payer_releve"):
            contexte["form_payer"] = self.formulaire("payer", PaiementReleveForm)
        journees = releve.journees.select_related("mission__dossier", "mission__theme").order_by("date", "pk")
        return super().get_context_data(releve=releve, journees=journees, form=self.fautif(), **contexte)
