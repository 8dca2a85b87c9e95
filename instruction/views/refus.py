"""A refusal in two pairs of eyes: the agent proposes it with its reason, the signatory decides."""

from itertools import dropwhile, takewhile

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.functional import cached_property

from instruction.compositions import vague_suivante
from instruction.compositions.irrecevabilite import apercu_de_la_decision
from instruction.forms import MotifForm, RefusForm, SignatureForm
from instruction.models import Reponse, SensAvis
from instruction.views.base import DossierDeLAgence
from manufactures import horloge
from manufactures.actes.rendu import texte
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Delegation
from manufactures.registres import TransitionInterdite


class RefusCommun(DossierDeLAgence):
    """The rules that are not met, with their text and what was found."""

    @cached_property
    def refusees(self) -> list:
        """The verdicts « non », each with its rule and the clause it cites."""
        if self.grille is None:
            return []
        criteres = {critere.pk: critere for critere in self.grille.criteres}
        verdicts = [v for v in self.grille.verdicts.filter(reponse=Reponse.NON) if v.critere_id in criteres]
        for verdict in verdicts:
            verdict.critere = criteres[verdict.critere_id]
        return verdicts

    def get_context_data(self, **contexte):
        """What founds the refusal."""
        contexte |= {"refusees": self.refusees, "vague_suivante": vague_suivante(self.dossier)}
        return super().get_context_data(**contexte)


class RefusView(RefusCommun):
    """Propose a refusal."""

    geste_du_post = "conclure_grille"
    template_name = "instruction/refus.html"

    def get_context_data(self, **contexte):
        """The grounds, prefilled with the grid's findings; what completes them, with the opinion."""
        contexte = super().get_context_data(**contexte)
        if "form" not in contexte and self.grille is not None:
            contexte["form"] = self.formulaire(contexte["refusees"])
        return contexte

    def formulaire(self, refusees, data=None) -> RefusForm:
        """One form a refused rule, and the completion."""
        return RefusForm(data, grille=self.grille, refusees=refusees, initial={"motif": self.grille.avis})

    def faire(self, request):
        """Show what the decision would say, write the proposal, or take it back."""
        if self.grille is None:
            raise TransitionInterdite("Prenez d'abord ce dossier en charge.")
        action = request.POST.get("action")
        if action == "reprendre_examen":
            form = MotifForm(request.POST)
            motif = form.cleaned_data["motif"] if form.is_valid() else ""
            self.reprendre(motif)
            messages.success(request, "L'examen reprend : la grille est ouverte.")
            return redirect("instruction:dossier", self.dossier.numero)
        form = self.formulaire(self.refusees, request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        if action == "apercu":
            return self.afficher(form=form, apercu=apercu(self.grille, form.retenus(), form.en_entier()))
        self.grille.proposer_refus(form.cleaned_data["motif"], par=request.user, motifs=form.saisis())
        messages.success(
            request,
            "Refus proposé : une personne qui a délégation de signature décidera de l'irrecevabilité.",
        )
        return redirect("instruction:dossier", self.dossier.numero)

    def reprendre(self, motif: str) -> None:
        """Taken back by its author; sent back with a word by the responsable who reads it again."""
        user = self.request.user
        auteur = user.pk in (self.grille.refus_propose_par_id, self.grille.instructeur_id)
        attendue = None if auteur or not motif.strip() else self.grille.verifications.a_faire().first()
        if attendue is not None and Role.RESPONSABLE in self.roles:
            attendue.renvoyer(motif, par=user)
        else:
            self.grille.reprendre_examen(motif, par=user)

    def refuser(self, refus):
        """What was typed stays on the page."""
        messages.error(self.request, str(refus))
        self.dossier.refresh_from_db(fields=["etat"])
        contexte = {}
        if self.grille is not None and "motif" in self.request.POST:
            contexte["form"] = self.formulaire(self.refusees, self.request.POST)
        return self.afficher(status=409, **contexte)


def apercu(grille, motifs, motif: str, par=None) -> list[str]:
    """The words of the decision as they would be printed, a line a block: from its object to its signature."""
    lignes = iter(texte("irrecevabilite", apercu_de_la_decision(grille, motifs, motif, par)).split("\n"))
    corps = dropwhile(lambda ligne: not ligne.startswith("Décision"), lignes)
    lues: list[str] = []
    for ligne in takewhile(lambda ligne: not ligne.startswith("Document"), corps):
        if lues and lues[-1].endswith("–"):  # the number of an article, before its text
            lues[-1] += f" {ligne}"
        else:
            lues.append(ligne)
    return lues


class IrrecevabiliteView(RefusCommun):
    """Sign the decision, or send the proposal back to its author."""

    template_name = "instruction/irrecevabilite.html"

    def empechement(self) -> str:
        """Why this reader does not sign, or nothing."""
        user = self.request.user
        if self.dossier.etat == Etat.IRRECEVABLE:
            return "La décision est signée."
        if (
            self.grille is None
            or self.grille.sens != SensAvis.IRRECEVABLE
            or self.dossier.etat != Etat.EN_INSTRUCTION
        ):
            return "Aucun refus n'est proposé sur ce dossier."
        if Role.RESPONSABLE not in self.roles:
            return "La décision revient à un responsable de l'appel qui a délégation de signature."
        if user.pk in (self.grille.refus_propose_par_id, self.grille.instructeur_id):
            return "Vous avez instruit ce dossier ou proposé ce refus : une autre personne le signe."
        if (
            Delegation.en_vigueur(user, self.dossier.vague.appel, horloge.maintenant(), "irrecevabilite")
            is None
        ):
            return "Seule une personne qui a reçu délégation de signature peut signer cette décision."
        return ""

    def get_context_data(self, **contexte):
        """The proposal, and the form of who may sign."""
        contexte.setdefault(
            "form", SignatureForm(initial={"motif": self.grille.proposition_refus if self.grille else ""})
        )
        decisions = self.dossier.actes.filter(genre="irrecevabilite")
        empechement = self.empechement()
        if not empechement:
            motifs = list(self.grille.motifs_refus.select_related("critere")) or self.grille.motifs_retenus()
            contexte["apercu"] = apercu(self.grille, motifs, self.grille.proposition_refus, self.request.user)
        contexte |= {
            "empechement": empechement,
            "form_motif": MotifForm(prefix="reprise"),
            "acte": decisions.first(),
        }
        return super().get_context_data(**contexte)

    def faire(self, request):
        """Sign; the porteur is told at once."""
        form = SignatureForm(request.POST)
        if not form.is_valid():
            return self.afficher(form=form)
        self.dossier.passer("declarer_irrecevable", par=request.user, motif=form.cleaned_data["motif"])
        messages.success(request, "Décision signée : le porteur est prévenu, le document est en préparation.")
        return redirect("instruction:dossier", self.dossier.numero)
