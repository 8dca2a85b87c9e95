"""From the draft to the porteur: signature under a delegation, instant set, publication, or the end before it."""

import random

from django.db import transaction

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.actes.models import Acte, Relecture
from manufactures.journal.models import consigner
from manufactures.procedure import Role
from manufactures.programme.models import Delegation, Enveloppe
from manufactures.registres import GesteInterdit, TransitionInterdite, composer, roles_sur
from selection.models.arbitrage import NATURES
from selection.models.base import exiger, noter
from selection.models.choix import SensDecision
from selection.models.comite import Membre
from selection.models.regles_de_decision import ACTION, DEPUIS, S


class Diffusion:
    """The deeds of a decision once drafted."""

    # -- signing -------------------------------------------------------------------------------------------------
    def signer(self, *, par) -> None:
        """Sign under a delegation in force: the act is ordered and held back, an award engages its envelope.

        Raises GesteInterdit (author, chair of the committee, no delegation), EnveloppeDepassee, TransitionInterdite.
        """
        with transaction.atomic():
            dossier = (
                Dossier.objects.visibles_par(par).select_for_update(of=("self",)).get(pk=self.dossier_id)
            )
            decision = (
                type(self)
                .objects.select_for_update(of=("self",))
                .select_related("avis__seance", "avis__point")
                .get(pk=self.pk)
            )
            decision.dossier = dossier
            exiger(decision.signee_le is None, "Cette décision est déjà signée.")
            exiger(dossier.etat in DEPUIS[decision.sens], "Ce dossier n'attend plus cette décision.")
            exiger(
                not Relecture.renvoi_pendant(decision.fil, decision.redigee_le),
                "Ce projet est renvoyé avec une note : il se reprend avant d'être signé.",
            )
            delegation = decision._exiger_signataire(par)
            if decision.sens == S.ATTRIBUTION:
                decision._engager()
            evenement = consigner(
                decision.fil, "signer", par=par, dossier=dossier.numero, delegation=delegation.reference
            )
            decision.signee_par, decision.signee_le, decision.delegation = (
                par,
                horloge.maintenant(),
                delegation,
            )
            instantane = composer(decision.genre, decision, evenement=evenement, par=par)
            decision.acte = Acte.commander(
                decision.genre,
                fil=dossier.fil,
                instantane=instantane,
                par=par,
                objet=instantane["objet_acte"],
                cle=f"decision-{decision.pk}",
                retenu=True,
            )
            decision.save(update_fields=["signee_par", "signee_le", "delegation", "acte"])
        self.refresh_from_db()

    def _exiger_signataire(self, par) -> Delegation:
        if Role.RESPONSABLE not in roles_sur(self.dossier, par):
            raise GesteInterdit("Signer revient à un responsable de l'appel.")
        if par.pk == self.redigee_par_id:
            raise GesteInterdit("Vous avez rédigé cette décision : une autre personne doit la signer.")
        if Membre.objects.filter(user=par, preside=True).exists() or par.a_le_role(Role.PRESIDENT):
            raise GesteInterdit(
                "La présidence du comité ne signe pas : l'avis et la décision sont deux actes."
            )
        delegation = Delegation.en_vigueur(par, self.dossier.vague.appel, horloge.maintenant(), self.genre)
        if delegation is None:
            raise GesteInterdit("Votre délégation de signature n'est pas en vigueur.")
        return delegation

    def _engager(self) -> None:
        """Engage each kind on the envelope of the wave, in the order of the keys, under lock."""
        for ligne in Enveloppe.objects.filter(vague=self.dossier.vague, nature__in=NATURES).order_by("pk"):
            montant = getattr(self, f"montant_{NATURES[ligne.nature]}")
            if montant:
                ligne.engager(montant)

    # -- publishing ----------------------------------------------------------------------------------------------
    def programmer(self, instant, *, par) -> None:
        """Set the instant of publication: then and not before, the porteur reads, the state moves, the mail leaves."""
        with transaction.atomic():
            dossier = Dossier.objects.visibles_par(par).get(pk=self.dossier_id)
            if Role.RESPONSABLE not in roles_sur(dossier, par):
                raise GesteInterdit("Diffuser revient à un responsable de l'appel.")
            decision = type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
            exiger(decision.signee_le is not None, "Cette décision n'est pas signée.")
            exiger(decision.publiee_le is None, "Cette décision est déjà publiée.")
            noter(decision, diffusion_le=instant, programmee_par=par, empechement="")
            consigner(
                decision.fil, "programmer", par=par, dossier=dossier.numero, diffusion_le=instant.isoformat()
            )
        self.refresh_from_db()

    def deprogrammer(self, *, par) -> None:
        """Take back the instant, until it comes; the decision stays signed."""
        with transaction.atomic():
            if Role.RESPONSABLE not in roles_sur(self.dossier, par):
                raise GesteInterdit("Diffuser revient à un responsable de l'appel.")
            decision = type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
            exiger(decision.publiee_le is None, "Cette décision est déjà publiée.")
            noter(decision, diffusion_le=None, programmee_par=None)
            consigner(decision.fil, "deprogrammer", par=par, dossier=self.dossier.numero)
        self.refresh_from_db()

    def publier(self) -> bool:
        """The instant has come: state, act, message at once, in the name of whoever set it. False if already done."""
        with transaction.atomic():
            Dossier.objects.select_for_update(of=("self",)).get(pk=self.dossier_id)
            due = (
                type(self)
                .objects.select_for_update(of=("self",))
                .a_publier(horloge.maintenant())
                .filter(pk=self.pk)
            )
            decision = due.select_related("dossier", "acte", "programmee_par").first()
            if decision is None:
                return False
            instant = horloge.maintenant()
            decision.acte.liberer(instant)
            decision.dossier.ajouter_acte(decision.acte)
            noter(decision, publiee_le=instant, empechement="")
            if decision.sens == S.LABELLISATION:
                decision.dossier.marquer_laureat(instant)
            decision.dossier.passer(
                ACTION[SensDecision(decision.sens)], par=decision.programmee_par, decision=decision.pk
            )
        return True

    def annuler(self, *, par) -> None:
        """The path ended before the publication: what was engaged goes back to the envelope."""
        with transaction.atomic():
            decision = (
                type(self)
                .objects.select_for_update(of=("self",))
                .select_related("dossier__vague")
                .get(pk=self.pk)
            )
            if decision.sens == S.ATTRIBUTION and decision.signee_le:
                for ligne in decision.dossier.vague.enveloppes.filter(nature__in=NATURES).order_by("pk"):
                    ligne.liberer(getattr(decision, f"montant_{NATURES[ligne.nature]}"))
            noter(decision, annulee_le=horloge.maintenant())
            consigner(decision.fil, "annuler", par=par, dossier=decision.dossier.numero)

    @classmethod
    def publier_les_dues(cls) -> int:
        """Publish all that is due, in random order; one that a rule stops says why, and holds back no other."""
        cles = list(cls.objects.a_publier(horloge.maintenant()).values_list("pk", flat=True))
        random.shuffle(cles)
        publiees = 0
        for cle in cles:
            try:
                publiees += cls(
                    pk=cle, dossier_id=cls.objects.values_list("dossier", flat=True).get(pk=cle)
                ).publier()
            except (TransitionInterdite, GesteInterdit, Dossier.DoesNotExist) as refus:
                cls.objects.filter(pk=cle).update(empechement=str(refus)[:300])
        return publiees
