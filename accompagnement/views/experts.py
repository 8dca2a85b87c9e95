"""The expert's week, one mission, one day: three clicks to log, two to confirm."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accompagnement.forms import JourneeForm, MotifForm, TrancherForm
from accompagnement.models import EtatJournee, Journee, Mission
from accompagnement.semaine import (
    PAR_PAGE,
    AutresMissions,
    journees_entre,
    livrables_a_relire,
    missions_ouvertes,
    sessions_depuis,
)
from accompagnement.views.base import Page, PasserPage
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.francais import demi_journees
from manufactures.procedure import PROCEDURE_MISSION, EtatMission

JOURS_D_UNE_SEMAINE = 7
UN_MOIS = horloge.avancer(days=31)  # from the first of a month, a day of the next one


class SemaineView(Page):
    """What waits for the expert: sessions, orders in hand, proposals, deliverables to read, the log of the month."""

    geste = "voir_ma_semaine"
    sur_objet = False
    template_name = "accompagnement/semaine.html"

    def get_context_data(self, **contexte):
        """Everything of one person, in a constant number of queries."""
        user, jour = self.request.user, horloge.aujourd_hui()
        ouvertes = missions_ouvertes(user)
        fin = jour + horloge.avancer(days=JOURS_D_UNE_SEMAINE)
        sessions = sessions_depuis(user, jour - horloge.avancer(days=JOURS_D_UNE_SEMAINE))
        premier = jour.replace(day=1)
        journees = journees_entre(user, premier, (premier + UN_MOIS).replace(day=1))
        return super().get_context_data(
            en_cours=[m for m in ouvertes if m.etat == EtatMission.COMMANDEE],
            a_accepter=[m for m in ouvertes if m.etat == EtatMission.PROPOSEE],
            page_obj=Paginator(AutresMissions(user), PAR_PAGE).get_page(self.request.GET.get("page")),
            a_noter=[s for s in sessions if s.est_tenue],
            sessions=[s for s in sessions if jour <= s.date <= fin],
            prochaine=next((s for s in sessions if s.date > fin), None),
            livrables=livrables_a_relire(user),
            journees=journees,
            total=sum(j.duree for j in journees if j.compte),
            jour=jour,
            **contexte,
        )


class MissionView(Page):
    """One order: what it asks, what is left, the log, and the form of the day."""

    geste = "lire_mission"
    template_name = "accompagnement/mission.html"
    actions = ("noter", "agreer", *PROCEDURE_MISSION)

    def trouver(self):
        """The mission, among those one may see."""
        missions = Mission.objects.select_related(
            "theme", "expert", "lettre", "attestation"
        ).prefetch_related("journees", Prefetch("dossier", Dossier.objects.pour_les_listes()))
        return self.lire(missions, pk=self.kwargs["pk"])

    def faire_noter(self):
        """Log half a day or a day."""
        formulaire = self.valider("journee", JourneeForm(self.request.POST))
        if formulaire is None:
            return None
        journee = Journee.noter(self.objet, par=self.request.user, **formulaire.cleaned_data)
        self.dire(f"Journée envoyée : {demi_journees(journee.duree)}, {journee}. Au porteur de confirmer.")
        return self.objet.get_absolute_url()

    def faire_agreer(self):
        """The porteur agrees on the scope."""
        self.objet.agreer(par=self.request.user)
        self.dire("Votre accord est enregistré.")
        return self.objet.get_absolute_url()

    def _passer(self, action):
        faits = {"resultat": self.request.POST.get("resultat", "")[:500]} if action == "terminer" else {}
        self.objet.passer(action, par=self.request.user, motif=self.request.POST.get("motif", ""), **faits)
        self.dire(f"{PROCEDURE_MISSION[action].libelle} : c'est fait.")
        return self.objet.get_absolute_url()

    def __getattr__(self, nom):
        """`faire_<step>` for each line of the mission's table."""
        action = nom.removeprefix("faire_")
        if nom.startswith("faire_") and action in PROCEDURE_MISSION:
            return lambda: self._passer(action)
        raise AttributeError(nom)

    def get_context_data(self, **contexte):
        """The log, and the form where this reader writes in it."""
        user, mission = self.request.user, self.objet
        est_l_expert = mission.expert_id == user.pk
        if est_l_expert and mission.etat == EtatMission.COMMANDEE and mission.jours_restants:
            contexte["form_journee"] = self.formulaire("journee", JourneeForm)
        attend_accord = not mission.agreee_par_le_porteur_le and mission.etat in (
            EtatMission.PROPOSEE,
            EtatMission.ACCEPTEE,
        )
        return super().get_context_data(
            mission=mission,
            dossier=mission.dossier,
            est_l_expert=est_l_expert,
            journees=mission.journees.all(),
            peut_terminer=est_l_expert and mission.etat == EtatMission.COMMANDEE and mission.jours_notes > 0,
            peut_confirmer=self.peut("confirmer_journee"),
            peut_agreer=attend_accord and self.peut("agreer_mission"),
            attend_accord=attend_accord,
            suit_le_projet=self.peut("suivre_projet", mission.dossier),
            roles=self.roles,
            form=self.formulaires.get("journee"),
            **contexte,
        )


class PasserMissionView(PasserPage):
    """Any step of a mission, posted by the generic buttons."""

    geste = "lire_mission"
    retour_texte = "Revenir à la mission"

    def trouver(self):
        """The mission."""
        return self.lire(Mission.objects, pk=self.kwargs["pk"])


class JourneeView(Page):
    """One day: the porteur confirms or contests, the agency settles, the expert corrects."""

    geste = "lire_mission"
    template_name = "accompagnement/journee.html"
    actions = ("confirmer", "contester", "trancher", "annuler")

    def trouver(self):
        """The day, through its mission."""
        journees = Journee.objects.visibles_par(self.request.user).select_related(
            "mission__dossier__vague__appel", "mission__theme", "expert", "confirmee_par", "contestee_par"
        )
        self.journee = get_object_or_404(journees, pk=self.kwargs["pk"])
        return self.journee.mission

    def _fait(self, phrase):
        self.dire(phrase)
        return reverse("accompagnement:mission", args=[self.objet.pk])

    def faire_confirmer(self):
        """It was done."""
        self.journee.confirmer(par=self.request.user)
        return self._fait("Journée confirmée.")

    def _avec_motif(self, nom, classe, deed, phrase):
        formulaire = self.valider(nom, classe(self.request.POST))
        if formulaire is None:
            return None
        deed(par=self.request.user, **formulaire.cleaned_data)
        return self._fait(phrase)

    def faire_contester(self):
        """It was not as told."""
        phrase = (
            "Contestation envoyée. D'ici la décision de l'ANCT, la journée n'est ni décomptée ni facturable."
        )
        return self._avec_motif("contester", MotifForm, self.journee.contester, phrase)

    def faire_trancher(self):
        """The agency settles."""
        return self._avec_motif("trancher", TrancherForm, self.journee.trancher, "Décision enregistrée.")

    def faire_annuler(self):
        """The expert takes it back."""
        return self._avec_motif(
            "annuler",
            MotifForm,
            self.journee.annuler,
            "Journée retirée : elle reste écrite, et ne compte plus.",
        )

    def get_context_data(self, **contexte):
        """The forms of this reader, in this state."""
        user, journee, mission = self.request.user, self.journee, self.objet
        a_confirmer = journee.etat == EtatJournee.A_CONFIRMER
        if a_confirmer and self.peut("confirmer_journee"):
            contexte["form_contester"] = self.formulaire("contester", MotifForm)
        if a_confirmer and journee.expert_id == user.pk:
            contexte["form_annuler"] = self.formulaire("annuler", MotifForm)
        if journee.etat == EtatJournee.CONTESTE and self.peut("trancher_journee"):
            contexte["form_trancher"] = self.formulaire("trancher", TrancherForm)
        return super().get_context_data(
            journee=journee,
            mission=mission,
            dossier=mission.dossier,
            form=self.fautif(),
            **contexte,
        )
