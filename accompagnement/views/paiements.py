"""To the paying system and back: one file of orders out, one file of payments in."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404
from django.urls import reverse

from accompagnement.models import Bordereau, EtatTranche, Tranche
from accompagnement.models.bordereau import COLONNES, a_exporter
from accompagnement.paiements import lire_le_retour
from accompagnement.views.base import Page
from candidatures.forms.tableaux import ClasseurForm
from manufactures import classeurs
from manufactures.classeurs import ClasseurRefuse
from manufactures.droits import exiger, peut
from manufactures.droits_web import GesteMixin
from manufactures.francais import compter
from manufactures.tableur import reponse_csv

PAR_PAGE, BORDEREAUX = 25, 10


class PaiementsView(Page):
    """Orders that wait, files given, payments to note."""

    geste = "constater_paiement"
    sur_objet = False
    template_name = "accompagnement/paiements.html"
    actions = ("etablir", "noter")
    fautes: list[str] = []  # noqa: RUF012 - replaced, never changed

    def faire_etablir(self):
        """A new file."""
        bordereau = Bordereau.etablir(par=self.request.user)
        self.dire(f"{bordereau} : {compter(bordereau.nombre, 'versement')}. Téléchargez-le ci-dessous.")
        return reverse("accompagnement:paiements")

    def faire_noter(self):
        """The payments of a file, all or none."""
        formulaire = self.valider("retour", ClasseurForm(self.request.POST, self.request.FILES))
        if formulaire is None:
            return None
        fichier = formulaire.cleaned_data["fichier"]
        try:
            retour = lire_le_retour(classeurs.lire(fichier, fichier.name), self.request.user)
        except ClasseurRefuse as refus:
            formulaire.add_error("fichier", ValidationError(str(refus)))
            return None
        if retour.fautes:
            self.fautes = retour.fautes
            return None
        self.dire(f"{compter(retour.noter(par=self.request.user), 'paiement')} : c'est noté.")
        return reverse("accompagnement:paiements")

    def get_context_data(self, **contexte):
        """Each part in one or two queries."""
        user = self.request.user
        attente = a_exporter(user)
        transmis = Tranche.objects.visibles_par(user).filter(
            etat=EtatTranche.EN_CONTROLE, bordereau__isnull=False
        )
        lignes = transmis.select_related("convention__dossier", "acte", "bordereau").order_by("pk")
        return super().get_context_data(
            attente=attente.aggregate(somme=Sum("montant_verse")),
            en_attente=attente.count(),
            page_obj=Paginator(lignes, PAR_PAGE).get_page(self.request.GET.get("page")),
            bordereaux=Bordereau.objects.visibles_par(user).select_related("etabli_par")[:BORDEREAUX],
            exporte=peut("exporter_versements", user),
            form_retour=self.formulaire("retour", ClasseurForm),
            form=self.fautif(),
            fautes=self.fautes,
            **contexte,
        )


class BordereauView(GesteMixin):
    """The file of one bordereau: a POST, since each reading is written in the journals."""

    geste = "exporter_versements"

    def post(self, request, pk):
        """Accounts in full, for the paying system."""
        exiger(self.geste, request.user)
        bordereau = Bordereau.objects.visibles_par(request.user).filter(pk=pk).first()
        if bordereau is None:
            raise Http404
        nom = f"bordereau_{bordereau.pk}_{bordereau.etabli_le:%Y%m%d}.csv"
        return reponse_csv(nom, COLONNES, bordereau.lire(par=request.user))
