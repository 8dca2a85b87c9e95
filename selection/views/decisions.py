"""The outbox: draft, sign, set the instant of publication. Agents only: nothing tells before it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect

from candidatures.models import Dossier
from manufactures.actes.relecture import Relecture, SensRelecture
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.francais import compter
from manufactures.procedure import Role
from manufactures.programme.models import Vague
from manufactures.registres import TransitionInterdite
from selection.a_faire import avis_sans_decision
from selection.compositions.decisions import en_toutes_lettres
from selection.forms import DecisionForm, DiffusionForm
from selection.models import Decision
from selection.models.choix import SensDecision
from selection.models.regles_de_decision import DEPUIS
from selection.projets_de_decision import preparer
from selection.views.base import PageDeDossier, PageDuComite

MONTREES = 100  # decisions leave by waves: one tick a line, all those of a sitting at once
PAR_PAGE = 25


def _decisions(user):
    decisions = Decision.objects.visibles_par(user).select_related(
        "dossier__vague", "acte", "redigee_par", "signee_par", "avis__seance__pv", "avis__scrutin"
    )
    return decisions.defer("acte__instantane", "avis__seance__pv__instantane")


class DecisionsView(PageDuComite):
    """What goes out, to whom, when, and whether it was read."""

    geste = "lire_decisions"
    template_name = "selection/decisions.html"

    def get_context_data(self, **contexte):
        """Opinions to decide on, decisions by step, the waves' counters."""
        user = self.request.user
        vague = Vague.objects.filter(pk=self.request.GET.get("vague") or 0).first()
        visibles = Dossier.objects.visibles_par(user).exclude(membres__user=user)
        decisions = _decisions(user).filter(annulee_le=None)
        a_rediger = avis_sans_decision(visibles).select_related("dossier__vague", "seance__pv")
        a_rediger = a_rediger.defer("seance__pv__instantane")
        if vague is not None:
            decisions, a_rediger = (
                decisions.filter(dossier__vague=vague),
                a_rediger.filter(dossier__vague=vague),
            )
        comptes = decisions.aggregate(
            redigees=Count("pk", filter=Q(signee_le=None)),
            signees=Count("pk", filter=Q(signee_le__isnull=False, publiee_le=None)),
            diffusees=Count("pk", filter=Q(publiee_le__isnull=False)),
            lues=Count("pk", filter=Q(acte__lu_le__isnull=False)),
        )
        attente = decisions.filter(publiee_le=None).order_by("dossier__vague", "dossier__nom_projet")
        prevue = attente.filter(
            signee_le__isnull=False, dossier__vague__decision_prevue__isnull=False
        ).first()
        contexte.setdefault(
            "form", DiffusionForm(prevue=prevue.dossier.vague.decision_prevue if prevue else None)
        )
        publiees = decisions.filter(publiee_le__isnull=False).order_by("-publiee_le", "-pk")
        siennes = Decision.objects.visibles_par(user).filter(dossier__vague=OuterRef("pk"))
        return super().get_context_data(
            a_rediger=a_rediger[:MONTREES],
            attente=attente[:MONTREES],
            reste=max(comptes["redigees"] + comptes["signees"] - MONTREES, 0),
            page_obj=Paginator(publiees, PAR_PAGE).get_page(self.request.GET.get("page")),
            comptes=comptes,
            vague=vague,
            vagues=Vague.objects.filter(Exists(siennes)),
            est_responsable=user.a_le_role(Role.RESPONSABLE),
            **contexte,
        )


class DiffuserView(UneSeuleFois, DecisionsView):
    """Sign several, set several for one instant, or take one back."""

    geste = "diffuser_decision"

    def get(self, request, *args, **kwargs):
        """This address only takes gestures."""
        return redirect("selection:decisions")

    def faire(self, request):
        """All those ticked, or none."""
        choisies = list(
            _decisions(request.user).en_attente().filter(pk__in=request.POST.getlist("decisions"))
        )
        if not choisies:
            raise TransitionInterdite("Choisissez au moins une décision.")
        if request.POST.get("action") == "signer":
            exiger("signer_decision", request.user)
            for decision in choisies:
                decision.signer(par=request.user)
            messages.success(
                request, f"{len(choisies)} décision{'s signées' if len(choisies) > 1 else ' signée'}."
            )
            return redirect("selection:decisions")
        form = DiffusionForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        for decision in choisies:
            decision.programmer(form.cleaned_data["instant"], par=request.user)
        messages.success(
            request, f"Diffusion programmée pour {len(choisies)} décision{'s' if len(choisies) > 1 else ''}."
        )
        return redirect("selection:decisions")


class PreparerView(UneSeuleFois, DecisionsView):
    """A draft for each opinion ticked, that an agent reads again."""

    geste = "rediger_decision"

    def get(self, request, *args, **kwargs):
        """This address only takes gestures."""
        return redirect("selection:decisions")

    def faire(self, request):
        """What could not be drafted says why."""
        visibles = Dossier.objects.visibles_par(request.user).exclude(membres__user=request.user)
        attendus = avis_sans_decision(visibles).select_related(
            "dossier__vague__appel", "seance", "point__proposition"
        )
        choisis = list(attendus.filter(pk__in=request.POST.getlist("avis"))[:MONTREES])
        if not choisis:
            raise TransitionInterdite("Choisissez au moins un avis.")
        faite = preparer(choisis, par=request.user)
        if nombre := len(faite.decisions):
            preparees = compter(nombre, "décision préparée", "décisions préparées")
            messages.success(request, f"{preparees} : relisez chaque lettre avant la signature.")
        for avis, raison in faite.laisses:
            messages.warning(request, f"{avis.dossier.nom_projet} : {raison}")
        return redirect("selection:decisions")


class RedigerView(UneSeuleFois, PageDeDossier):
    """Draft the decision on one dossier."""

    geste = "rediger_decision"
    template_name = "selection/rediger.html"

    def _avis(self):
        """The opinion to follow; a refusal tells why none can be."""
        for sens in SensDecision:
            if self.dossier.etat in DEPUIS[sens]:
                return Decision.avis_pour(self.dossier, sens)
        raise TransitionInterdite("Ce dossier n'attend pas de décision.")

    def _attente(self) -> Decision | None:
        return (
            Decision.objects.visibles_par(self.request.user).en_attente().filter(dossier=self.dossier).first()
        )

    def get(self, request, *args, **kwargs):
        """The page, or why there is none."""
        try:
            return self.afficher()
        except TransitionInterdite as refus:
            messages.error(request, str(refus))
            return redirect("selection:decisions")

    def get_context_data(self, **contexte):
        """The opinion, the proposal voted, the form."""
        avis, attente = self._avis(), self._attente()
        contexte.setdefault("form", DecisionForm(dossier=self.dossier, avis=avis, instance=attente))
        return super().get_context_data(
            avis=avis, decision=attente, proposition=getattr(avis.point, "proposition", None), **contexte
        )

    def faire(self, request):
        """Keep the draft."""
        avis = self._avis()
        form = DecisionForm(request.POST, dossier=self.dossier, avis=avis, instance=self._attente())
        if not form.is_valid():
            return self.afficher(form=form)
        dit = {nom: form.cleaned_data[nom] for nom in ("sens", "motif", "motif_ecart")} | form.propres()
        try:
            if request.POST.get("action") == "apercu":
                esquisse = Decision(dossier=self.dossier).ecrire(**dit)
                return self.afficher(form=form, lettre=en_toutes_lettres(esquisse))
            decision = Decision.rediger(self.dossier, par=request.user, **dit)
        except TransitionInterdite as refus:  # what was typed stays
            form.add_error(None, str(refus))
            return self.afficher(status=409, form=form)
        messages.success(request, "Décision enregistrée. Une autre personne la signe.")
        return redirect(decision)


class DecisionView(UneSeuleFois, PageDuComite):
    """One decision: what it says, who signs, when it goes."""

    geste = "lire_decisions"
    template_name = "selection/decision.html"

    def dispatch(self, request, *args, **kwargs):
        """Read it among those this person sees: 404 otherwise."""
        if request.user.is_authenticated:
            exiger(self.geste, request.user)
            self.decision = get_object_or_404(_decisions(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def relire(self):
        """Anew after a refusal."""
        self.decision = get_object_or_404(_decisions(self.request.user), pk=self.decision.pk)

    def get_context_data(self, **contexte):
        """The decision and the form of its next step."""
        decision = self.decision
        contexte.setdefault("form", DiffusionForm(prevue=decision.dossier.vague.decision_prevue))
        reduction = decision.sens == SensDecision.ATTRIBUTION
        return super().get_context_data(
            decision=decision,
            dossier=decision.dossier,
            avis=decision.avis,
            avec_montants=reduction,
            est_responsable=self.request.user.a_le_role(Role.RESPONSABLE),
            est_auteur=decision.redigee_par_id == self.request.user.pk,
            relectures=(lues := list(Relecture.objects.filter(fil=decision.fil).select_related("par"))),
            renvoyee=any(r.sens == SensRelecture.RENVOYE and r.le > decision.redigee_le for r in lues),
            lettre=self._lettre(),
            **contexte,
        )

    def _lettre(self) -> list[str] | None:
        """What would be printed, on demand, until the act exists."""
        decision = self.decision
        if "lettre" not in self.request.GET or decision.signee_le or decision.annulee_le:
            return None
        return en_toutes_lettres(decision)

    def faire(self, request):
        """Sign, set, take back."""
        action = request.POST.get("action")
        if action == "signer":
            exiger("signer_decision", request.user, self.decision.dossier)
            self.decision.signer(par=request.user)
            messages.success(
                request,
                f"Décision signée : acte n° {self.decision.acte.numero}, retenu jusqu'à la diffusion.",
            )
        elif action == "programmer":
            exiger("diffuser_decision", request.user, self.decision.dossier)
            form = DiffusionForm(request.POST)
            if not form.is_valid():
                return self.afficher(form=form)
            self.decision.programmer(form.cleaned_data["instant"], par=request.user)
            messages.success(request, "Diffusion programmée.")
        elif action == "deprogrammer":
            exiger("diffuser_decision", request.user, self.decision.dossier)
            self.decision.deprogrammer(par=request.user)
            messages.success(request, "Diffusion annulée : la décision reste signée.")
        else:
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        return redirect(self.decision)
