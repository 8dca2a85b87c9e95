"""Advice followed: one piece of it, and the list of what stays silent, sorted by silence."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accompagnement.forms import AvancerForm
from accompagnement.models import Recommandation, SuiviProjet
from accompagnement.models.recommandation import JOURS_DE_SILENCE, conseils_en_souffrance, silencieux
from accompagnement.regards import dossiers_suivis_par
from accompagnement.views.base import Page
from manufactures import horloge

PAR_PAGE = 25
JOURS_DE_VEILLE = 14


class RecommandationView(Page):
    """One piece of advice: who is to act, by when, where it stands; opened by the project's people, it is read."""

    geste = "suivre_recommandation"
    template_name = "accompagnement/recommandation.html"
    actions = ("avancer", "relancer", "veiller")

    def trouver(self):
        """The dossier, through the advice one may see."""
        lignes = Recommandation.objects.visibles_par(self.request.user).select_related(
            "dossier__vague__appel", "par", "responsable"
        )
        self.recommandation = get_object_or_404(lignes, pk=self.kwargs["pk"])
        return self.recommandation.dossier

    def get(self, request, *args, **kwargs):
        """The page; the project's people have read it."""
        self.recommandation.lire(par=request.user)
        return super().get(request, *args, **kwargs)

    def _fait(self, phrase):
        self.dire(phrase)
        return self.recommandation.get_absolute_url()

    def faire_avancer(self):
        """Say where it stands."""
        formulaire = self.valider("avancer", AvancerForm(self.request.POST))
        if formulaire is None:
            return None
        self.recommandation.avancer(par=self.request.user, **formulaire.cleaned_data)
        return self._fait("C'est noté : les personnes qui suivent le projet le voient.")

    def faire_relancer(self):
        """Remind."""
        self.recommandation.relancer(par=self.request.user)
        return self._fait("Relance envoyée.")

    def faire_veiller(self):
        """Snooze."""
        self.recommandation.veiller(par=self.request.user, jours=JOURS_DE_VEILLE)
        return self._fait("Recommandation en veille pendant deux semaines.")

    def get_context_data(self, **contexte):
        """The advice, and the form to answer it."""
        ligne = self.recommandation
        initial = {"statut": ligne.statut, "precision": ligne.precision}
        return super().get_context_data(
            recommandation=ligne,
            dossier=self.objet,
            form=self.formulaire("avancer", AvancerForm, initial=initial),
            suit_le_projet=self.peut("suivre_projet"),
            peut_relancer=ligne.est_ouverte and self.peut("relancer_projet"),
            **contexte,
        )


class SilencesView(Page):
    """Projects that say nothing and advice that nobody reads, the longest silence first; a reminder is one click."""

    geste = "relancer_projet"
    sur_objet = False
    template_name = "accompagnement/silences.html"
    actions = ("relancer", "veiller", "relancer_conseil", "veiller_conseil")

    def _suite(self, phrase):
        self.dire(phrase)
        page = self.request.GET.get("page", "")
        adresse = reverse("accompagnement:silences")
        return f"{adresse}?page={page}" if page.isdecimal() else adresse

    def _projet(self):
        lignes = dossiers_suivis_par(self.request.user)
        return get_object_or_404(lignes, numero=self.request.POST.get("numero", ""))

    def _conseil(self):
        cle = self.request.POST.get("conseil", "")
        if not cle.isdecimal():
            raise Http404
        lignes = Recommandation.objects.visibles_par(self.request.user)
        return get_object_or_404(lignes.select_related("dossier", "par", "responsable"), pk=cle)

    def faire_relancer(self):
        """Write to a project's people."""
        dossier = self._projet()
        SuiviProjet.relancer(dossier, par=self.request.user)
        return self._suite(f"Relance envoyée à {dossier.nom_projet}.")

    def faire_veiller(self):
        """Leave a project be."""
        dossier = self._projet()
        SuiviProjet.veiller(dossier, par=self.request.user, jours=JOURS_DE_VEILLE)
        return self._suite(f"{dossier.nom_projet} en veille pendant deux semaines.")

    def faire_relancer_conseil(self):
        """Remind the owner of a piece of advice."""
        self._conseil().relancer(par=self.request.user)
        return self._suite("Relance envoyée.")

    def faire_veiller_conseil(self):
        """Leave a piece of advice be."""
        self._conseil().veiller(par=self.request.user, jours=JOURS_DE_VEILLE)
        return self._suite("Recommandation en veille pendant deux semaines.")

    def get_context_data(self, **contexte):
        """Both lists, 25 lines each, in a constant number of queries."""
        user = self.request.user
        projets = silencieux(dossiers_suivis_par(user).sans_reponses())
        conseils = conseils_en_souffrance(user)
        return super().get_context_data(
            page_obj=Paginator(projets, PAR_PAGE).get_page(self.request.GET.get("page")),
            conseils=list(conseils[:PAR_PAGE]),
            jours_de_silence=JOURS_DE_SILENCE,
            jour=horloge.aujourd_hui(),
            **contexte,
        )
