"""The hearings of a sitting, all together; when a member cannot come; the timer of the room."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect

from manufactures.comptes.unicite import UneSeuleFois
from manufactures.procedure import Role
from manufactures.registres import TransitionInterdite
from selection.forms import ChangementDeSeanceForm, CreneauForm, IndisponibiliteForm, PlageForm
from selection.models import Audition, EtatSeance, Indisponibilite, PlageAuditions
from selection.propositions import Disponibilites, a_entendre, creneaux_libres, membres_de, proposer
from selection.views.base import PageDeSeance, PageDuComite
from selection.views.gestes_de_seance import GesteDeSeance

PREPARENT = {Role.RESPONSABLE, Role.PRESIDENT}


class PlanDAuditionsView(UneSeuleFois, PageDeSeance):
    """Ranges of hours, slots proposed for all who are to be heard, corrected, then sent in one gesture."""

    geste_du_post = "planifier_audition"
    template_name = "selection/plan_d_auditions.html"

    def get_context_data(self, **contexte):
        """The ranges, who is to be heard, what is set."""
        user, prepare = self.request.user, bool(self.roles & PREPARENT)
        prefetch_related_objects([self.seance], "plages_d_audition")
        ouverte = prepare and self.seance.etat != EtatSeance.CLOSE and not self.seance.est_arbitrage
        prevues = (
            Audition.objects.visibles_par(user).filter(seance=self.seance, annulee_le=None)
            .select_related("dossier").prefetch_related("souhaits").order_by("debut", "pk")
        )  # fmt: skip
        if ouverte:
            contexte.setdefault("form_plage", PlageForm(initial=self._comme_la_derniere()))
            contexte.setdefault("attendus", a_entendre(user, self.seance))
            contexte.setdefault("libres", len(creneaux_libres(self.seance)))
            absents = Indisponibilite.objects.filter(user__in=[m.user_id for m in membres_de(self.seance)])
            contexte.setdefault("absences", list(absents.select_related("user")[:50]))
        return super().get_context_data(
            plages=list(self.seance.plages_d_audition.all()), prevues=self._lire(prevues), ouverte=ouverte,
            prepare=prepare, **contexte,
        )  # fmt: skip

    @staticmethod
    def _lire(prevues) -> list[Audition]:
        lues = list(prevues)
        for audition in lues:
            audition.demande = any(s.etat == "EN_ATTENTE" for s in audition.souhaits.all())
        return lues

    def _comme_la_derniere(self) -> dict:
        """The last range of the call: its durations and its place are often the same."""
        plages = PlageAuditions.objects.filter(seance__vague__appel=self.seance.vague.appel_id)
        derniere = plages.order_by("-pk").first()
        noms = ("duree_min", "battement_min", "lieu", "lien")
        connu = {nom: getattr(derniere, nom) for nom in noms} if derniere else {"lieu": self.seance.lieu}
        return connu | {"jour": self.seance.debut.date()}

    def faire(self, request):
        """One gesture of the page."""
        gestes = {
            "ouvrir_plage": self._ouvrir, "retirer_plage": self._retirer, "proposer": self._proposer,
            "convoquer": self._convoquer,
        }  # fmt: skip
        geste = gestes.get(request.POST.get("action"))
        if geste is None:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        return geste(request) or redirect("selection:plan_d_auditions", self.seance.pk)

    def _ouvrir(self, request):
        form = PlageForm(request.POST)
        if not form.is_valid():
            return self.afficher(form_plage=form)
        try:
            PlageAuditions.ouvrir(self.seance, par=request.user, **form.plage)
        except TransitionInterdite as refus:
            form.add_error(None, str(refus))
            return self.afficher(form_plage=form, status=409)
        messages.success(request, "Plage d'auditions ajoutée.")
        return None

    def _retirer(self, request):
        plage = get_object_or_404(self.seance.plages_d_audition, pk=request.POST.get("plage") or None)
        plage.seance = self.seance
        plage.retirer(par=request.user)
        messages.success(request, "Plage d'auditions retirée.")

    def _coches(self, request):
        coches = set(request.POST.getlist("dossiers"))
        return [dossier for dossier in a_entendre(request.user, self.seance) if dossier.numero in coches]

    def _proposer(self, request):
        """A preview: nothing is written."""
        dossiers = self._coches(request)
        if not dossiers:
            return self.afficher(rien_choisi=True)
        lignes = []
        for une in proposer(self.seance, dossiers):
            lu = {"debut": une.creneau.debut if une.creneau else None}
            lignes.append({"form": CreneauForm(initial=lu, proposition=une)})
        return self.afficher(lignes=lignes)

    def _convoquer(self, request):
        """All or nothing: a slot refused shows the preview again, as it was typed."""
        dossiers = self._coches(request)
        disponibilites = Disponibilites(self.seance, [dossier.pk for dossier in dossiers])
        lignes = [
            {"form": CreneauForm(request.POST, proposition=disponibilites.proposer(d, None))}
            for d in dossiers
        ]
        valides = [ligne["form"].is_valid() for ligne in lignes]
        if not lignes or not all(valides):
            return self.afficher(
                lignes=lignes, form=next((x["form"] for x in lignes if x["form"].errors), None)
            )
        plages = list(self.seance.plages_d_audition.all())
        convoques = 0
        try:
            for ligne in lignes:
                if debut := ligne["form"].cleaned_data["debut"]:
                    self._convoquer_un(ligne["form"].dossier, debut, plages)
                    convoques += 1
        except TransitionInterdite as refus:
            ligne["form"].add_error("debut", str(refus))
            return self.afficher(lignes=lignes, form=ligne["form"], status=409)
        if not convoques:
            return self.afficher(lignes=lignes, rien_choisi=True)
        porteurs = "porteur convoqué" if convoques == 1 else "porteurs convoqués"
        messages.success(request, f"{convoques} {porteurs} : les actes et les messages partent.")
        return None

    def _convoquer_un(self, dossier, debut, plages) -> None:
        """With the duration and the place of the range that holds the slot, else of the first one."""
        if not plages:
            raise TransitionInterdite("Ajoutez d'abord une plage d'auditions.")
        plage = next((p for p in plages if p.debut <= debut < p.fin), plages[0])
        Audition.prevoir(
            dossier, par=self.request.user, debut=debut, seance=self.seance, duree_min=plage.duree_min,
            lieu=plage.lieu, lien=plage.lien,
        )  # fmt: skip


class DeplacerSeanceView(UneSeuleFois, PageDeSeance):
    """Move a sitting that is known, or call it off: its hearings follow."""

    geste = "creer_seance"
    template_name = "selection/deplacer_seance.html"

    def get_context_data(self, **contexte):
        """The form, and how many hearings would follow."""
        poste = self.request.POST if self.request.POST.get("action") == "deplacer" else None
        lu = {"debut": self.seance.debut, "lieu": self.seance.lieu}
        contexte.setdefault("form", ChangementDeSeanceForm(poste, initial=lu))
        return super().get_context_data(
            auditions=self._qui_suivraient().count(),
            deplacable=self.seance.etat in (EtatSeance.PREVUE, EtatSeance.CONVOQUEE),
            annulable=self.seance.etat == EtatSeance.CONVOQUEE,
            retirable=self.seance.etat == EtatSeance.PREVUE,
            motif=self.request.POST.get("motif", "") if poste is None else "",
            **contexte,
        )

    def _qui_suivraient(self):
        """Those that this person may know of: a recusal hides even a count."""
        return Audition.objects.visibles_par(self.request.user).attendues().filter(seance=self.seance)

    def faire(self, request):
        """One of the two."""
        if request.POST.get("action") == "annuler":
            self.seance.annuler(request.POST.get("motif", ""), par=request.user)
            messages.success(request, "Séance annulée : les membres et les porteurs attendus sont prévenus.")
            return redirect("selection:seances")
        if request.POST.get("action") == "retirer":
            self.seance.retirer(par=request.user)
            messages.success(request, "Séance retirée : ses dossiers attendent une autre séance.")
            return redirect("selection:seances")
        form = ChangementDeSeanceForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.seance.deplacer(par=request.user, **form.cleaned_data)
        messages.success(request, "Séance modifiée : les membres et les porteurs attendus sont prévenus.")
        return redirect("selection:ordre_du_jour", self.seance.pk)


class IndisponibilitesView(UneSeuleFois, PageDuComite):
    """When a member cannot come: their own page, no reason asked."""

    geste = "declarer_indisponibilites"
    template_name = "selection/indisponibilites.html"

    def get_context_data(self, **contexte):
        """One's own lines, the form."""
        contexte.setdefault("form", IndisponibiliteForm())
        return super().get_context_data(
            siennes=Indisponibilite.objects.filter(user=self.request.user), **contexte
        )

    def faire(self, request):
        """Add, or take back."""
        if request.POST.get("action") == "retirer":
            get_object_or_404(
                Indisponibilite.objects.filter(user=request.user), pk=request.POST.get("ligne") or None
            ).delete()
            messages.success(request, "Indisponibilité retirée.")
            return redirect("selection:indisponibilites")
        form = IndisponibiliteForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        donnees = form.cleaned_data
        try:
            Indisponibilite.declarer(par=request.user, debut=donnees["debut"], fin=donnees["fin"])
        except TransitionInterdite as refus:
            form.add_error(None, str(refus))
            return self.afficher(form=form, status=409)
        messages.success(request, "Indisponibilité enregistrée : les auditions en tiendront compte.")
        return redirect("selection:indisponibilites")


class MinuteurView(UneSeuleFois, GesteDeSeance):
    """The timer that every board shows."""

    geste = "tenir_seance"

    def gestes(self):
        """Start, pause, go on, end."""
        return {
            "lancer": self.lancer,
            "suspendre": lambda request: self.seance.suspendre_le_minuteur(par=request.user),
            "reprendre": lambda request: self.seance.reprendre_le_minuteur(par=request.user),
            "arreter": lambda request: self.seance.arreter_le_minuteur(par=request.user),
        }

    def lancer(self, request):
        """So many minutes."""
        minutes = request.POST.get("minutes", "")
        if not minutes.isdecimal():
            raise TransitionInterdite("Écrivez un nombre de minutes.")
        self.seance.lancer_le_minuteur(int(minutes), par=request.user)
