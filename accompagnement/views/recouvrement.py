"""The recovery on one convention: letter, answer, decision, order, repayment."""

from django.db.models import Prefetch
from django.urls import reverse

from accompagnement.forms.recouvrement import (
    DecisionDeReversementForm,
    ObservationsDuBeneficiaireForm,
    RecouvrementForm,
    ReversementForm,
)
from accompagnement.models import Convention, Recouvrement
from accompagnement.models.recouvrement import JOURS_POUR_REPONDRE, SUBVENTIONS, restant, trop_verse
from accompagnement.views.base import Page
from manufactures.droits import exiger, peut
from manufactures.registres import TransitionInterdite

GESTES = {
    "decider": "decider_recouvrement",
    "ordonner": "decider_recouvrement",
    "constater": "constater_paiement",
}


def conventions_relues():
    """A convention with all that the page adds up."""
    recouvrements = Recouvrement.objects.select_related(
        "acte", "ouvert_par", "observe_par", "decide_par", "ordonne_par"
    )
    return Convention.objects.select_related("dossier__vague__appel").prefetch_related(
        "tranches", Prefetch("recouvrements", queryset=recouvrements)
    )


class RecouvrementsView(Page):
    """Every procedure of a convention; the one under way is answered, decided, ordered here."""

    geste = "lire_convention"
    template_name = "accompagnement/recouvrements.html"
    actions = ("ouvrir", "observer", "decider", "ordonner", "constater")

    def trouver(self):
        """The convention of this dossier."""
        return self.lire(conventions_relues(), dossier__numero=self.kwargs["numero"])

    def _ici(self):
        return reverse("accompagnement:recouvrements", args=[self.objet.dossier.numero])

    def _dernier(self) -> Recouvrement | None:
        return next(iter(reversed(self.objet.recouvrements.all())), None)

    def _en_cours(self) -> Recouvrement:
        dernier = self._dernier()
        if dernier is None:
            raise TransitionInterdite("Aucune procédure n'est ouverte sur cette convention.")
        dernier.convention = self.objet
        return dernier

    def faire_ouvrir(self):
        """The letter leaves."""
        exiger("ouvrir_recouvrement", self.request.user, self.objet, self.roles)
        formulaire = self.valider("ouvrir", RecouvrementForm(self.request.POST))
        if formulaire is None:
            return None
        Recouvrement.ouvrir(self.objet, par=self.request.user, **formulaire.cleaned_data)
        self.dire("Lettre envoyée. Le bénéficiaire peut répondre.")
        return self._ici()

    def faire_observer(self):
        """The beneficiary answers."""
        formulaire = self.valider("observer", ObservationsDuBeneficiaireForm(self.request.POST))
        if formulaire is None:
            return None
        self._en_cours().observer(par=self.request.user, texte=formulaire.cleaned_data["texte"])
        self.dire("Observations envoyées.")
        return self._ici()

    def faire_decider(self):
        """The decision, once the period is over."""
        exiger("decider_recouvrement", self.request.user, self.objet, self.roles)
        formulaire = self.valider("decider", DecisionDeReversementForm(self.request.POST))
        if formulaire is None:
            return None
        self._en_cours().decider(par=self.request.user, **formulaire.cleaned_data)
        self.dire("Décision enregistrée. Le bénéficiaire en est prévenu.")
        return self._ici()

    def faire_ordonner(self):
        """The order, by somebody else."""
        self._en_cours().ordonner(par=self.request.user)
        self.dire("Ordre de reversement signé.")
        return self._ici()

    def faire_constater(self):
        """The money is back."""
        formulaire = self.valider("constater", ReversementForm(self.request.POST))
        if formulaire is None:
            return None
        self._en_cours().constater(par=self.request.user, **formulaire.cleaned_data)
        self.dire("Reversement noté.")
        return self._ici()

    def _formulaires(self, dernier) -> dict:
        """What this reader may fill now."""
        attend, contexte = dernier.attend if dernier else "", {}
        if attend == "reponse" and self.peut("observer_recouvrement"):
            initial = {"texte": dernier.observations}
            contexte["form_observer"] = self.formulaire(
                "observer", ObservationsDuBeneficiaireForm, initial=initial
            )
        if attend == "decider" and self.peut("decider_recouvrement"):
            contexte["form_decider"] = self.formulaire(
                "decider", DecisionDeReversementForm, initial={"montant_exige": dernier.montant_envisage}
            )
        if attend == "constater" and self.peut("constater_paiement"):
            contexte["form_constater"] = self.formulaire("constater", ReversementForm)
        return contexte

    def get_context_data(self, **contexte):
        """The procedures, and the one deed that this reader may do."""
        convention, dernier = self.objet, self._dernier()
        en_cours = bool(dernier and not dernier.decide_le)
        reste = sum(restant(convention, nature) for nature, _ in SUBVENTIONS)
        propose = trop_verse(convention) if reste else reste
        if reste and not en_cours and self.peut("ouvrir_recouvrement"):
            initial = {"montant_envisage": propose or None}
            contexte["form_ouvrir"] = self.formulaire("ouvrir", RecouvrementForm, initial=initial)
        attend = dernier.attend if dernier else ""
        ordonne = attend == "ordonner" and self.peut("decider_recouvrement")
        return super().get_context_data(
            convention=convention,
            dossier=convention.dossier,
            recouvrements=list(convention.recouvrements.all()),
            dernier=dernier,
            propose=propose,
            reste=reste,
            jours_pour_repondre=JOURS_POUR_REPONDRE,
            peut_ordonner=ordonne and dernier.decide_par_id != self.request.user.pk,
            ordre_a_un_autre=ordonne and dernier.decide_par_id == self.request.user.pk,
            attend_le_delai=attend == "reponse" and self.peut("decider_recouvrement"),
            suit_le_projet=peut("suivre_projet", self.request.user, convention.dossier),
            form=self.fautif(),
            **self._formulaires(dernier),
            **contexte,
        )
