"""The cohort and one project's incubation: grid, attendance sheet, deliverable, report."""

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property

from accompagnement.forms import (
    BesoinsFormSet,
    BilanForm,
    DiagnosticForm,
    FeuilleForm,
    InscrireForm,
    MotifForm,
    ObservationsForm,
    PromotionForm,
    RelireForm,
    RemettreForm,
    SessionForm,
)
from accompagnement.models import (
    Besoin,
    BilanIncubation,
    Diagnostic,
    EtatLivrable,
    Livrable,
    Moment,
    Presence,
    Promotion,
    Session,
    photos_du_livrable,
    saisies_de_la_feuille,
    taux_assiduite,
)
from accompagnement.tableaux import diagnostics_de, grille_de_la_promotion, lignes_du_diagnostic, radar
from accompagnement.views.base import Page, PageDuProjet
from accompagnement.views.emargement import porte_a_montrer
from candidatures.fichiers import FichierRefuse
from candidatures.models import Membre
from manufactures.francais import compter
from manufactures.procedure import Etat, Role

PAR_PAGE = 25


class PromotionsView(Page):
    """All the cohorts one may see, and a new one."""

    geste = "lire_promotion"
    sur_objet = False
    template_name = "accompagnement/promotions.html"
    actions = ("ouvrir_promotion",)

    def faire_ouvrir_promotion(self):
        """Open a cohort."""
        formulaire = self.valider("promotion", PromotionForm(self.request.POST, par=self.request.user))
        if formulaire is None:
            return None
        champs = {nom: formulaire.cleaned_data[nom] for nom in ("vague", "nom", "debut", "fin")}
        promotion = Promotion.ouvrir(par=self.request.user, **champs)
        self.dire(f"{promotion} est ouverte.")
        return promotion.get_absolute_url()

    def get_context_data(self, **contexte):
        """The list with its attendance, in two queries."""
        promotions = (
            Promotion.objects.visibles_par(self.request.user)
            .select_related("vague")
            .annotate(projets=Count("dossiers", distinct=True), modules=Count("sessions", distinct=True))
        )
        promotions = promotions.order_by("-debut", "pk")
        page = Paginator(promotions, PAR_PAGE).get_page(self.request.GET.get("page"))
        organise = bool(self.request.user.roles & {Role.INSTRUCTEUR, Role.RESPONSABLE})
        form = self.formulaire("promotion", PromotionForm, par=self.request.user) if organise else None
        return super().get_context_data(page_obj=page, form=form, **contexte)


class PromotionView(Page):
    """One cohort: projects × modules, enrolment, dates."""

    geste = "lire_promotion"
    template_name = "accompagnement/promotion.html"
    actions = ("inscrire", "dater")

    def trouver(self):
        """The cohort, among those one may see."""
        return self.lire(Promotion.objects.select_related("vague__appel"), pk=self.kwargs["pk"])

    def faire_inscrire(self):
        """Enrol a laureate."""
        formulaire = InscrireForm(self.request.POST, promotion=self.objet, par=self.request.user)
        if self.valider("inscrire", formulaire) is None:
            return None
        dossier = formulaire.cleaned_data["dossier"]
        self.objet.inscrire(dossier, par=self.request.user)
        self.dire(f"{dossier} est inscrit : son incubation est ouverte.")
        return self.objet.get_absolute_url()

    def faire_dater(self):
        """Date a module."""
        formulaire = self.valider("session", SessionForm(self.request.POST, promotion=self.objet))
        if formulaire is None:
            return None
        session = self.objet.dater(par=self.request.user, **formulaire.cleaned_data)
        self.dire(f"Le module « {session.module} » est daté.")
        return self.objet.get_absolute_url()

    def _dossiers(self):
        """The projects this reader follows here: all of them for agents and experts, one's own for a porteur."""
        dossiers = self.objet.dossiers.order_by("nom_projet")
        if self.roles & {
            Role.INSTRUCTEUR,
            Role.RESPONSABLE,
            Role.AUDITEUR,
            Role.EXPERT,
        }:
            return dossiers
        return dossiers.filter(pk__in=Membre.objects.filter(user=self.request.user).values("dossier"))

    def get_context_data(self, **contexte):
        """The grid, and the two forms of who organises."""
        grille = grille_de_la_promotion(self.objet, self._dossiers())
        if self.peut("organiser_promotion"):
            contexte["form_inscrire"] = self.formulaire(
                "inscrire", InscrireForm, promotion=self.objet, par=self.request.user
            )
            contexte["form_session"] = self.formulaire("session", SessionForm, promotion=self.objet)
        form = self.formulaires.get("inscrire") or self.formulaires.get("session")
        return super().get_context_data(
            promotion=self.objet,
            grille=grille,
            seuil=self.objet.vague.appel.seuil_assiduite,
            peut_noter=self.peut("noter_presence"),
            form=form,
            **contexte,
        )


class SessionView(Page):
    """The attendance sheet of a session."""

    geste = "noter_presence"
    template_name = "accompagnement/session.html"
    actions = ("noter",)

    def trouver(self):
        """The session; the deed is checked on its cohort."""
        sessions = Session.objects.visibles_par(self.request.user).select_related(
            "promotion__vague", "module", "hote"
        )
        self.session = get_object_or_404(sessions, pk=self.kwargs["pk"])
        return self.session.promotion

    def get(self, request, *args, **kwargs):
        """The page; asked by the door for itself, the door alone, 204 while nothing has changed there."""
        if not request.htmx or "version" not in request.GET:
            return super().get(request, *args, **kwargs)
        porte = self._porte()
        if porte is None or porte["version"] == request.GET["version"]:
            return HttpResponse(status=204)
        return render(request, "accompagnement/_porte.html", porte)

    def _porte(self):
        """What is shown at the door: on the day, to the session's expert and to the agents."""
        if not self.session.est_du_jour or not self.session.est_tenue_par(self.request.user, self.roles):
            return None
        return porte_a_montrer(self.session, self.request.GET.get("moment", ""))

    def _formulaire(self, donnees=None):
        presences = {(p.dossier_id, p.demi_journee): p.statut for p in self.session.presences.all()}
        dossiers = self.session.promotion.dossiers.order_by("nom_projet")
        return FeuilleForm(donnees, session=self.session, dossiers=dossiers, presences=presences)

    def faire_noter(self):
        """Write the sheet."""
        formulaire = self.valider("feuille", self._formulaire(self.request.POST))
        if formulaire is None:
            return None
        notees = self.session.noter(
            formulaire.feuille(), par=self.request.user, motif=formulaire.cleaned_data["motif"].strip()
        )
        self.dire(
            f"{compter(notees, 'présence notée', 'présences notées')}." if notees else "Rien n'a changé."
        )
        return self.session.promotion.get_absolute_url()

    def get_context_data(self, **contexte):
        """The sheet."""
        form = self.formulaires.get("feuille") or self._formulaire()
        return super().get_context_data(
            session=self.session,
            promotion=self.objet,
            form=form,
            porte=self._porte(),
            hors_ligne=saisies_de_la_feuille(self.session, self.request.user),
            emarge_hors_ligne=self.session.est_recueillie_par(self.request.user, self.roles),
            **contexte,
        )


class LivrableView(Page):
    """One deliverable: handed in by the project, read again by the expert."""

    geste = "lire_livrable"
    template_name = "accompagnement/livrable.html"
    actions = ("remettre", "valider_livrable", "reprendre")

    def trouver(self):
        """The deliverable; the deed is checked on its dossier."""
        livrables = Livrable.objects.visibles_par(self.request.user).select_related(
            "dossier__vague", "session__module", "session__promotion", "piece__dossier", "expert", "remis_par"
        )
        self.livrable = get_object_or_404(livrables, pk=self.kwargs["pk"])
        return self.livrable.dossier

    def faire_remettre(self):
        """Hand in a file, a text, or both."""
        formulaire = self.valider("remettre", RemettreForm(self.request.POST, self.request.FILES))
        if formulaire is None:
            return None
        piece, fichier = None, formulaire.cleaned_data["fichier"]
        if fichier and self.peut("remettre_livrable"):
            try:
                piece = self.objet.joindre_complement(
                    fichier, par=self.request.user, libelle=self.livrable.titre
                )
            except FichierRefuse as refus:
                formulaire.add_error("fichier", refus)
                return None
        self.livrable.remettre(par=self.request.user, texte=formulaire.cleaned_data["texte"], piece=piece)
        self.dire("Livrable remis. L'expert le relit et vous répond.")
        return self.livrable.get_absolute_url()

    def faire_valider_livrable(self):
        """It holds."""
        return self._relire(valide=True, phrase="Livrable validé.")

    def faire_reprendre(self):
        """Another version is asked for."""
        return self._relire(valide=False, phrase="Remarques envoyées au porteur.")

    def _relire(self, *, valide, phrase):
        formulaire = self.valider("relire", RelireForm(self.request.POST, livrable=self.livrable))
        if formulaire is None:
            return None
        donnees = formulaire.cleaned_data
        if not valide and not donnees["commentaire"].strip():
            formulaire.add_error("commentaire", "Écrivez ce qui est à reprendre.")
            return None
        self.livrable.relire(
            par=self.request.user,
            valide=valide,
            commentaire=donnees["commentaire"],
            echeance=donnees["echeance"],
        )
        self.dire(phrase)
        return self.livrable.get_absolute_url()

    def get_context_data(self, **contexte):
        """The form of who may act now."""
        en_cours = self.objet.etat == Etat.EN_INCUBATION
        livrable = self.livrable
        if en_cours and self.peut("remettre_livrable") and livrable.etat != EtatLivrable.VALIDE:
            contexte["form_remettre"] = self.formulaire("remettre", RemettreForm)
        if en_cours and self.peut("relire_livrable") and livrable.etat == EtatLivrable.REMIS:
            contexte["form_relire"] = self.formulaire("relire", RelireForm, livrable=livrable)
        form = self.formulaires.get("remettre") or self.formulaires.get("relire")
        photos = photos_du_livrable(livrable, self.request.user)
        return super().get_context_data(
            livrable=livrable, dossier=self.objet, form=form, photos=photos, **contexte
        )


class BilanView(PageDuProjet):
    """The report: both diagnoses, the expert's opinion, the porteur's remarks, the freeze, the closing."""

    template_name = "accompagnement/bilan.html"
    actions = ("poser_entree", "poser_sortie", "rediger", "observer", "geler", "clore_incubation")

    def trouver(self):
        """The project, once its incubation has begun."""
        dossier = super().trouver()
        if dossier.etat == Etat.LAUREAT:
            raise Http404
        prefetch_related_objects([dossier], Prefetch("besoins", Besoin.objects.select_related("theme")))
        self.bilan = (
            BilanIncubation.objects.filter(dossier=dossier).select_related("expert", "redige_par").first()
        )
        return dossier

    def _ici(self):
        return reverse("accompagnement:bilan", args=[self.objet.numero])

    @cached_property
    def _modules(self):
        return list(self.objet.appel.modules.all())

    @cached_property
    def _poses(self):
        return diagnostics_de(self.objet)

    def _diagnostic(self, moment, donnees=None):
        return DiagnosticForm(donnees, modules=self._modules, moment=moment, poses=self._poses)

    def _poser(self, moment):
        formulaire = self.valider(moment, self._diagnostic(moment, self.request.POST))
        if formulaire is None:
            return None
        Diagnostic.poser(self.objet, moment, formulaire.valeurs(), par=self.request.user)
        self.dire("Diagnostic enregistré.")
        return self._ici()

    def faire_poser_entree(self):
        """The first end."""
        return self._poser(Moment.ENTREE)

    def faire_poser_sortie(self):
        """The other end."""
        return self._poser(Moment.SORTIE)

    def faire_rediger(self):
        """Write the report and flag the needs."""
        formulaire = BilanForm(self.request.POST, instance=BilanIncubation(dossier=self.objet))
        besoins = BesoinsFormSet(self.request.POST, prefix="besoins")
        valides = [self.valider("bilan", formulaire), self.valider("besoins", besoins)]
        if None in valides:
            return None
        donnees = formulaire.cleaned_data
        BilanIncubation.rediger(
            self.objet,
            par=self.request.user,
            texte=donnees["texte"],
            expert=donnees["expert"],
            besoins=besoins.besoins(),
            **{nom: donnees[nom] for nom in BilanIncubation.AVANCEMENT},
        )
        self.dire("Bilan enregistré. Le porteur peut écrire ses observations.")
        return self._ici()

    def faire_observer(self):
        """The porteur's remarks."""
        formulaire = self.valider("observer", ObservationsForm(self.request.POST))
        if formulaire is None or self.bilan is None:
            return None
        self.bilan.observer(formulaire.cleaned_data["observations"], par=self.request.user)
        self.dire("Vos observations sont enregistrées.")
        return self._ici()

    def faire_geler(self):
        """Freeze the report."""
        if self.bilan is None:
            return self._ici()
        self.bilan.geler(par=self.request.user, motif=self.request.POST.get("motif", ""))
        self.dire("Bilan gelé : il ne change plus.")
        return self._ici()

    def faire_clore_incubation(self):
        """Close the incubation: two acts, and the committee's turn."""
        self.objet.passer("clore_incubation", par=self.request.user)
        self.dire("Incubation close. Le comité arbitre la subvention.")
        return reverse("accompagnement:projet", args=[self.objet.numero])

    def _formulaires_de_l_agent(self) -> dict:
        besoins = [
            {"theme": b.theme_id, "jours": b.jours, "raison": b.raison} for b in self.objet.besoins.all()
        ]
        return {
            "diagnostics": [self.formulaires.get(m) or self._diagnostic(m) for m in Moment],
            "form_bilan": self.formulaire("bilan", BilanForm, instance=self.bilan),
            "besoins": self.formulaire("besoins", BesoinsFormSet, initial=besoins, prefix="besoins"),
            "form_geler": MotifForm() if self.bilan else None,
        }

    def get_context_data(self, **contexte):
        """What each reader may write, until the freeze."""
        dossier, bilan = self.objet, self.bilan
        ouvert = dossier.etat == Etat.EN_INCUBATION and not (bilan and bilan.gele_le)
        if ouvert and self.peut("rediger_bilan"):
            contexte |= self._formulaires_de_l_agent()
        if ouvert and bilan and self.peut("observer_bilan"):
            contexte["form_observer"] = self.formulaire(
                "observer", ObservationsForm, initial={"observations": bilan.observations}
            )
        suivies, dues = Presence.objects.filter(dossier=dossier).assiduite()
        axes = lignes_du_diagnostic(self._modules, self._poses)
        return super().get_context_data(
            bilan=bilan,
            ouvert=ouvert,
            peut_clore=self.peut("geler_bilan") and dossier.etat == Etat.EN_INCUBATION,
            axes=axes,
            radar=radar(axes),
            suivies=suivies,
            dues=dues,
            taux=taux_assiduite(suivies, dues),
            form=self.fautif(),
            **contexte,
        )
