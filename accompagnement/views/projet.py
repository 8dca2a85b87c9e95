"""One project's thread after the label: list, thread, credit, mission to propose, closing."""

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.urls import reverse

from accompagnement.forms import BesoinsFormSet, ClotureForm, MissionForm, RecommandationForm
from accompagnement.gardes import MISSIONS_EN_COURS
from accompagnement.models import (
    BilanAccompagnement,
    CreditJours,
    Mission,
    Presence,
    Recommandation,
    taux_assiduite,
)
from accompagnement.regards import SUIVIS, dossiers_suivis_par
from accompagnement.tableaux import (
    credit_par_theme,
    diagnostics_de,
    lignes_de_tranches,
    lignes_du_diagnostic,
    radar,
)
from accompagnement.views.base import Page, PageDuProjet
from manufactures.actes.models import Acte
from manufactures.cycles import lire_les_echeances
from manufactures.droits import peut
from manufactures.procedure import Etat, EtatConvention, Role
from selection.models import decision_d_attribution

PAR_PAGE = 25


class ListeView(Page):
    """The projects one follows after the label, with money and days on one line."""

    geste = "suivre_projet"
    sur_objet = False
    template_name = "accompagnement/liste.html"

    def get_context_data(self, **contexte):
        """Filtered by state, 25 a page, in a constant number of queries."""
        dossiers = (
            dossiers_suivis_par(self.request.user)
            .sans_reponses()
            .select_related("vague__appel", "inscription__promotion", "convention", "credit_jours")
            .prefetch_related("convention__tranches")
            .order_by("nom_projet", "pk")
        )
        etat = self.request.GET.get("etat", "")
        if etat in SUIVIS:
            dossiers = dossiers.filter(etat=etat)
        page = Paginator(dossiers, PAR_PAGE).get_page(self.request.GET.get("page"))
        lire_les_echeances(page.object_list)
        etats = [(e.value, e.label) for e in SUIVIS]
        return super().get_context_data(
            page_obj=page,
            etat=etat,
            etats=etats,
            relancer=self.request.user.a_le_role(Role.INSTRUCTEUR, Role.RESPONSABLE),
            paiements=peut("constater_paiement", self.request.user),
            comptes=peut("lire_pilotage", self.request.user),
            **contexte,
        )


class ProjetView(PageDuProjet):
    """Everything about one project on one page: incubation, money, days, advice, acts."""

    template_name = "accompagnement/projet.html"
    actions = ("recommander",)

    def faire_recommander(self):
        """Write a piece of advice."""
        formulaire = self.valider("recommander", RecommandationForm(self.request.POST, dossier=self.objet))
        if formulaire is None:
            return None
        Recommandation.donner(self.objet, par=self.request.user, **formulaire.cleaned_data)
        self.dire("Recommandation ajoutée.")
        return reverse("accompagnement:projet", args=[self.objet.numero])

    def _incubation(self) -> dict:
        dossier = self.objet
        suivies, dues = Presence.objects.filter(dossier=dossier).assiduite()
        axes = lignes_du_diagnostic(dossier.appel.modules.all(), diagnostics_de(dossier))
        return {
            "inscription": getattr(dossier, "inscription", None),
            "livrables": dossier.livrables.select_related("session__module", "expert"),
            "suivies": suivies,
            "dues": dues,
            "taux": taux_assiduite(suivies, dues),
            "axes": axes,
            "radar": radar(axes),
        }

    def _jours(self) -> dict:
        dossier = self.objet
        missions = list(
            Mission.objects.filter(dossier=dossier)
            .select_related("dossier__vague__appel", "theme", "expert", "lettre")
            .prefetch_related("journees")
        )
        return {
            "credit": getattr(dossier, "credit_jours", None),
            "themes": credit_par_theme(dossier, missions),
            "missions": missions,
        }

    def get_context_data(self, **contexte):
        """The whole thread; what each reader may do comes from the tables."""
        dossier, user = self.objet, self.request.user
        convention = getattr(dossier, "convention", None)
        if convention is not None:
            prefetch_related_objects([convention], "tranches")
        en_accompagnement = dossier.etat == Etat.EN_ACCOMPAGNEMENT
        decision = decision_d_attribution(dossier) if convention is None and en_accompagnement else None
        acteurs = {
            nom: self.peut(nom)
            for nom in ("accorder_credit", "proposer_mission", "preparer_convention", "rediger_cloture")
        }
        return super().get_context_data(
            convention=convention,
            tranches=lignes_de_tranches(convention) if convention else [],
            convention_attendue=bool(decision and decision.montant_total),
            recommandations=dossier.recommandations.select_related("par"),
            form=self.formulaires.get("recommander"),
            form_recommander=self.formulaire("recommander", RecommandationForm, dossier=dossier)
            if self.peut("recommander")
            else None,
            actes=Acte.objects.visibles_par(user).du_fil(dossier.fil),
            en_accompagnement=en_accompagnement,
            **acteurs,
            **self._incubation(),
            **self._jours(),
            **contexte,
        )


class CreditView(PageDuProjet):
    """Open the credit of the award: the needs make its exact sum."""

    geste = "accorder_credit"
    template_name = "accompagnement/credit.html"
    actions = ("ouvrir_credit",)

    def trouver(self):
        """A project in support."""
        dossier = super().trouver()
        if dossier.etat != Etat.EN_ACCOMPAGNEMENT:
            raise Http404
        self.decision = decision_d_attribution(dossier)
        return dossier

    def faire_ouvrir_credit(self):
        """Open it."""
        besoins = self.valider("besoins", BesoinsFormSet(self.request.POST, prefix="besoins"))
        if besoins is None:
            return None
        CreditJours.ouvrir(self.objet, par=self.request.user, besoins=besoins.besoins())
        self.dire("Crédit de jours ouvert.")
        return reverse("accompagnement:projet", args=[self.objet.numero])

    def get_context_data(self, **contexte):
        """The needs flagged at the end of the incubation, to adjust."""
        initial = [
            {"theme": b.theme_id, "jours": b.jours, "raison": b.raison} for b in self.objet.besoins.all()
        ]
        besoins = self.formulaire("besoins", BesoinsFormSet, initial=initial, prefix="besoins")
        return super().get_context_data(
            decision=self.decision,
            besoins=besoins,
            form=besoins,
            credit=getattr(self.objet, "credit_jours", None),
            **contexte,
        )


class ProposerView(PageDuProjet):
    """Propose an order of days to an expert."""

    geste = "proposer_mission"
    template_name = "accompagnement/proposer.html"
    actions = ("proposer",)

    def trouver(self):
        """A project whose credit is open."""
        dossier = super().trouver()
        if dossier.etat != Etat.EN_ACCOMPAGNEMENT or not hasattr(dossier, "credit_jours"):
            raise Http404
        return dossier

    def faire_proposer(self):
        """Propose it."""
        formulaire = self.valider("mission", MissionForm(self.request.POST, dossier=self.objet))
        if formulaire is None:
            return None
        mission = Mission.proposer(self.objet, par=self.request.user, **formulaire.cleaned_data)
        self.dire(f"Mission proposée à {mission.expert}.")
        return reverse("accompagnement:projet", args=[self.objet.numero])

    def get_context_data(self, **contexte):
        """The form, within what is left."""
        form = self.formulaire("mission", MissionForm, dossier=self.objet)
        return super().get_context_data(form=form, credit=self.objet.credit_jours, **contexte)


class ClotureView(PageDuProjet):
    """The closing report, then the end of the path."""

    template_name = "accompagnement/cloture.html"
    actions = ("rediger", "clore")

    def trouver(self):
        """A project in support, or closed."""
        dossier = super().trouver()
        if dossier.etat not in (Etat.EN_ACCOMPAGNEMENT, Etat.CLOS):
            raise Http404
        self.bilan = (
            BilanAccompagnement.objects.filter(dossier=dossier)
            .prefetch_related("atteints__indicateur")
            .first()
        )
        return dossier

    def _formulaire(self, donnees=None):
        instance = self.bilan or BilanAccompagnement(dossier=self.objet)
        return ClotureForm(donnees, instance=instance, indicateurs=self.objet.indicateurs.all())

    def faire_rediger(self):
        """Write the report."""
        formulaire = self.valider("cloture", self._formulaire(self.request.POST))
        if formulaire is None:
            return None
        champs = {nom: formulaire.cleaned_data[nom] for nom in ClotureForm.Meta.fields}
        BilanAccompagnement.rediger(
            self.objet, par=self.request.user, atteints=formulaire.atteints(), **champs
        )
        self.dire("Bilan d'accompagnement enregistré.")
        return reverse("accompagnement:cloture", args=[self.objet.numero])

    def faire_clore(self):
        """Close the dossier."""
        self.objet.passer("clore", par=self.request.user)
        self.dire("Dossier clos.")
        return reverse("accompagnement:projet", args=[self.objet.numero])

    def _obstacles(self) -> list[str]:
        """What still blocks the closing, in words."""
        convention = getattr(self.objet, "convention", None)
        obstacles = []
        if convention and convention.etat not in (EtatConvention.SOLDEE, EtatConvention.RESILIEE):
            obstacles.append("La convention n'est pas soldée.")
        if self.objet.missions.filter(etat__in=MISSIONS_EN_COURS).exists():
            obstacles.append("Une mission est encore en cours.")
        if self.bilan is None:
            obstacles.append("Le bilan d'accompagnement n'est pas rédigé.")
        return obstacles

    def get_context_data(self, **contexte):
        """The report, what blocks, the button."""
        ouvert = self.objet.etat == Etat.EN_ACCOMPAGNEMENT
        form = None
        if ouvert and self.peut("rediger_cloture"):
            form = self.formulaires.get("cloture") or self._formulaire()
        return super().get_context_data(
            bilan=self.bilan,
            form=form,
            ouvert=ouvert,
            obstacles=self._obstacles() if ouvert else [],
            peut_clore=ouvert and "clore" in self.objet.actions_pour(self.request.user),
            credit=getattr(self.objet, "credit_jours", None),
            **contexte,
        )
