"""The money of one project: account, convention, tranches, invoices, three signatures, payment."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accompagnement.forms import (
    CompteForm,
    FacturesFormSet,
    PaiementForm,
    PreparerForm,
    RefusDeCompteForm,
    RenvoiForm,
    VerificationForm,
    lire_examen,
    relire_examen,
)
from accompagnement.forms.tableur import PREFIXE, factures_du_tableur
from accompagnement.models import (
    ChangementDeCompte,
    Convention,
    CoordonneesBancaires,
    EtatTranche,
    StatutFacture,
    Tranche,
)
from accompagnement.obligations import obligations
from accompagnement.regards import dossiers_suivis_par
from accompagnement.tableaux import lignes_de_tranches, phrase_de_tranche
from accompagnement.views.base import Page, PageDuProjet, PasserPage
from candidatures.forms.tableaux import ClasseurForm
from candidatures.models import Dossier
from manufactures import classeurs
from manufactures.classeurs import ClasseurRefuse
from manufactures.droits import exiger, peut
from manufactures.procedure import PROCEDURE_CONVENTION, Etat, EtatConvention
from manufactures.registres import TransitionInterdite, roles_sur
from selection.models import decision_d_attribution


def dossier_dont_on_lit_l_argent(user, numero):
    """A followed project, or one whose convention the president reads (rights matrix, row 44)."""
    par_la_convention = Dossier.objects.filter(pk__in=Convention.objects.visibles_par(user).values("dossier"))
    lisibles = (dossiers_suivis_par(user) | par_la_convention).distinct()
    return get_object_or_404(
        lisibles.pour_les_listes()
        .select_related(
            "convention__acte",
            "convention__signataire",
            "convention__signataire_beneficiaire",
            "convention__signee_par",
            "coordonnees_bancaires",
        )
        .prefetch_related("convention__tranches"),
        numero=numero,
    )


class ConventionView(PageDuProjet):
    """The convention of a project: from the account to the last payment."""

    geste = "lire_convention"
    iban = ""
    template_name = "accompagnement/convention.html"
    actions = (
        "declarer_compte",
        "consulter_compte",
        "changer_compte",
        "verifier_compte",
        "confirmer_compte",
        "refuser_compte",
        "preparer",
        "signer_beneficiaire",
        "signer",
        "executer",
        "solder",
        "resilier",
    )

    def dispatch(self, request, *args, **kwargs):
        """The deed is checked on the convention once there is one: the president reads it without the dossier."""
        return Page.dispatch(self, request, *args, **kwargs)

    def trouver(self):
        """The convention where there is one, else the dossier: the looks differ, the page is the same."""
        self.le_dossier = dossier_dont_on_lit_l_argent(self.request.user, self.kwargs["numero"])
        self.convention = getattr(self.le_dossier, "convention", None)
        return self.convention or self.le_dossier

    def _roles_au_dossier(self) -> set:
        """The roles held on the dossier: those of the page while there is no convention."""
        return roles_sur(self.le_dossier, self.request.user) if self.convention else self.roles

    def _ici(self):
        return reverse("accompagnement:convention", args=[self.le_dossier.numero])

    def faire_declarer_compte(self):
        """Give the account."""
        formulaire = self.valider("compte", CompteForm(self.request.POST))
        if formulaire is None:
            return None
        CoordonneesBancaires.declarer(self.le_dossier, par=self.request.user, **formulaire.cleaned_data)
        self.dire("Coordonnées bancaires enregistrées.")
        return self._ici()

    def faire_consulter_compte(self):
        """The whole account, on this answer only: nothing of it stays in an address or in a session."""
        compte = getattr(self.le_dossier, "coordonnees_bancaires", None)
        if compte is None:
            raise TransitionInterdite("Aucun compte n'est encore déclaré.")
        self.iban = compte.consulter(par=self.request.user)

    def _changement(self) -> ChangementDeCompte:
        changement = ChangementDeCompte.en_cours(self.le_dossier)
        if changement is None:
            raise TransitionInterdite("Aucun changement de compte n'attend.")
        return changement

    def faire_changer_compte(self):
        """Another account is asked for."""
        formulaire = self.valider("changer", CompteForm(self.request.POST))
        if formulaire is None:
            return None
        ChangementDeCompte.demander(self.le_dossier, par=self.request.user, **formulaire.cleaned_data)
        self.dire("Changement demandé. Deux agents le vérifient avant tout versement.")
        return self._ici()

    def faire_verifier_compte(self):
        """A first agent called back."""
        formulaire = self.valider("verifier", VerificationForm(self.request.POST))
        if formulaire is None:
            return None
        self._changement().verifier(par=self.request.user, **formulaire.cleaned_data)
        self.dire("Compte vérifié. Un responsable le confirme.")
        return self._ici()

    def faire_confirmer_compte(self):
        """A second person confirms."""
        self._changement().confirmer(par=self.request.user)
        self.dire("Compte confirmé : les prochains versements y seront faits.")
        return self._ici()

    def faire_refuser_compte(self):
        """The account stays."""
        formulaire = self.valider("refuser", RefusDeCompteForm(self.request.POST))
        if formulaire is None:
            return None
        self._changement().refuser(par=self.request.user, **formulaire.cleaned_data)
        self.dire("Changement de compte refusé.")
        return self._ici()

    def _du_changement(self, au_dossier, signee) -> dict:
        """The change that waits, and what this reader may do of it."""
        user, dossier = self.request.user, self.le_dossier
        changement = ChangementDeCompte.en_cours(dossier) if signee else None
        if changement is None:
            if signee and peut("changer_compte", user, dossier, au_dossier):
                return {"form_changer": self.formulaire("changer", CompteForm)}
            return {}
        contexte = {"changement": changement}
        a_d_autres = user.pk not in (changement.demande_par_id, changement.verifie_par_id)
        if peut("verifier_compte", user, dossier, au_dossier):
            contexte["form_refuser"] = self.formulaire("refuser", RefusDeCompteForm)
            if not changement.verifie_le and a_d_autres:
                contexte["form_verifier"] = self.formulaire("verifier", VerificationForm)
        contexte["peut_confirmer"] = (
            bool(changement.verifie_le) and a_d_autres and peut("confirmer_compte", user, dossier, au_dossier)
        )
        return contexte

    def faire_preparer(self):
        """Draw the convention up."""
        formulaire = self.valider("preparer", PreparerForm(self.request.POST))
        if formulaire is None:
            return None
        Convention.preparer(self.le_dossier, par=self.request.user, **formulaire.cleaned_data)
        self.dire("Convention préparée. Le porteur est invité à la signer.")
        return self._ici()

    def faire_signer_beneficiaire(self):
        """The beneficiary signs."""
        if self.convention is None:
            return self._ici()
        if self.request.POST.get("lu") != "on":
            raise TransitionInterdite("Cochez « J'ai lu la convention » pour la signer.")
        self.convention.signer_beneficiaire(par=self.request.user)
        self.dire("Convention signée. À l'ANCT de signer à son tour.")
        return self._ici()

    def _passer(self, action):
        if self.convention is None:
            return self._ici()
        self.convention.passer(action, par=self.request.user, motif=self.request.POST.get("motif", ""))
        self.dire(f"{PROCEDURE_CONVENTION[action].libelle} : c'est fait.")
        return self._ici()

    def faire_signer(self):
        """The agency signs."""
        return self._passer("signer")

    def faire_executer(self):
        """The first payment is noted."""
        return self._passer("executer")

    def faire_solder(self):
        """All is paid."""
        return self._passer("solder")

    def faire_resilier(self):
        """No payment will follow."""
        return self._passer("resilier")

    def _gestes_ecartes(self) -> str:
        """Steps whose guard would refuse them now: no button is shown for them."""
        convention, ecartes = self.convention, ["executer"]
        if convention is None:
            return ""
        if convention.signataire_id != self.request.user.pk or not convention.signee_par_le_beneficiaire_le:
            ecartes.append("signer")
        if any(tranche.etat != EtatTranche.PAYE for tranche in convention.tranches.all()):
            ecartes.append("solder")
        return " ".join(ecartes)

    def get_context_data(self, **contexte):
        """What each reader may do now."""
        user, dossier, convention = self.request.user, self.le_dossier, self.convention
        compte = getattr(dossier, "coordonnees_bancaires", None)
        a_preparer = convention is None and dossier.etat == Etat.EN_ACCOMPAGNEMENT
        decision = decision_d_attribution(dossier) if a_preparer else None
        attendue = bool(decision and decision.montant_total)
        non_signee = convention is None or (
            convention.etat == EtatConvention.EN_PROJET and not convention.signee_par_le_beneficiaire_le
        )
        au_dossier = self._roles_au_dossier()
        if non_signee and peut("declarer_compte", user, dossier, au_dossier):
            contexte["form_compte"] = self.formulaire("compte", CompteForm)
        if attendue and compte and peut("preparer_convention", user, dossier, au_dossier):
            contexte["form_preparer"] = self.formulaire("preparer", PreparerForm)
        contexte["dossier"] = dossier
        return Page.get_context_data(
            self,
            convention=convention,
            attendue=attendue,
            decision=decision,
            compte=compte,
            iban=self.iban,
            peut_lire_iban=bool(compte) and not self.iban and peut("lire_iban", user, dossier, au_dossier),
            tranches=lignes_de_tranches(convention) if convention else [],
            obligations=obligations(convention) if convention else [],
            peut_signer=bool(convention) and non_signee and self.peut("signer_convention"),
            peut_demander=bool(convention) and self.peut("demander_versement"),
            gestes_ecartes=self._gestes_ecartes(),
            suit_le_projet=peut("suivre_projet", user, dossier, au_dossier),
            roles=self.roles,
            form=self.fautif(),
            **self._du_changement(au_dossier, bool(convention) and not non_signee),
            **contexte,
        )


class PasserConventionView(PasserPage):
    """Any step of the convention, posted by the generic buttons."""

    geste = "lire_convention"
    retour_texte = "Revenir à la convention"

    def trouver(self):
        """The convention of this dossier."""
        conventions = Convention.objects.select_related("dossier")
        return self.lire(conventions, dossier__numero=self.kwargs["numero"])


class TrancheView(Page):
    """One tranche: asked with its invoices, checked, certified, ordered, countersigned, paid."""

    geste = "lire_convention"
    template_name = "accompagnement/tranche.html"
    actions = (
        "demander",
        "lire_factures",
        "controler",
        "examiner",
        "renvoyer",
        "certifier",
        "ordonner",
        "contresigner",
        "payer",
    )

    def trouver(self):
        """The tranche, through its convention."""
        tranches = Tranche.objects.filter(convention__in=Convention.objects.visibles_par(self.request.user))
        self.tranche = get_object_or_404(
            tranches.select_related(
                "convention__dossier__vague__appel",
                "demande_par",
                "service_fait_par",
                "ordonnee_par",
                "contresignee_par",
                "acte",
            ),
            pk=self.kwargs["pk"],
            convention__dossier__numero=self.kwargs["numero"],
        )
        return self.tranche.convention

    def _fait(self, phrase):
        self.dire(phrase)
        return self.tranche.get_absolute_url()

    def faire_demander(self):
        """The porteur asks, invoices at hand."""
        factures = self.valider("factures", FacturesFormSet(self.request.POST, prefix="factures"))
        if factures is None:
            return None
        if self.request.POST.get("atteste") != "on":
            raise TransitionInterdite("Cochez l'attestation : elle fait partie de la demande.")
        self.tranche.demander(par=self.request.user, factures=factures.factures())
        return self._fait("Demande de versement envoyée.")

    def faire_lire_factures(self):
        """A spreadsheet fills the form: nothing is written until it is sent."""
        exiger("demander_versement", self.request.user, self.objet, self.roles)
        formulaire = self.valider("tableur", ClasseurForm(self.request.POST, self.request.FILES))
        if formulaire is None:
            return None
        fichier = formulaire.cleaned_data["fichier"]
        try:
            self.formulaires["factures"] = factures_du_tableur(classeurs.lire(fichier, fichier.name))
        except ClasseurRefuse as refus:
            formulaire.add_error("fichier", ValidationError(str(refus)))
        return None

    def faire_controler(self):
        """The check begins."""
        self.tranche.controler(par=self.request.user)
        return self._fait("Contrôle commencé.")

    def faire_examiner(self):
        """Invoices accepted or set aside."""
        exiger("certifier_versement", self.request.user, self.objet, self.roles)
        reponses = lire_examen(
            self.request.POST, self.tranche.factures.select_related("tranche__convention__dossier")
        )
        with transaction.atomic():  # one wrong line, and none is written
            for facture, acceptee, motif, ecarte in reponses:
                facture.examiner(par=self.request.user, acceptee=acceptee, motif=motif, ecarte=ecarte)
        return self._fait("Factures examinées.")

    def faire_renvoyer(self):
        """Back to the porteur."""
        formulaire = self.valider("renvoi", RenvoiForm(self.request.POST))
        if formulaire is None:
            return None
        self.tranche.renvoyer(par=self.request.user, motif=formulaire.cleaned_data["motif"])
        return self._fait("Demande renvoyée au porteur.")

    def faire_certifier(self):
        """First signature."""
        self.tranche.certifier(par=self.request.user)
        return self._fait("Service fait certifié. Un responsable ordonne le versement.")

    def faire_ordonner(self):
        """Second signature."""
        self.tranche.ordonner(par=self.request.user)
        return self._fait("Versement ordonné. Un second responsable le contresigne.")

    def faire_contresigner(self):
        """Third signature."""
        self.tranche.contresigner(par=self.request.user)
        return self._fait("Versement contresigné : il est transmis au comptable.")

    def faire_payer(self):
        """The accounting officer paid."""
        formulaire = self.valider("paiement", PaiementForm(self.request.POST))
        if formulaire is None:
            return None
        self.tranche.payer(par=self.request.user, **formulaire.cleaned_data)
        return self._fait("Paiement noté. Le porteur en est prévenu.")

    def _prochaine_action(self) -> str:
        """The one step that this tranche waits for."""
        tranche = self.tranche
        if tranche.etat == EtatTranche.A_DEMANDER:
            return "demander" if tranche.precedentes_payees() else ""
        if tranche.etat == EtatTranche.DEMANDE:
            return "controler"
        if tranche.etat != EtatTranche.EN_CONTROLE:
            return ""
        if not tranche.service_fait_le:
            return (
                "examiner"
                if tranche.factures.filter(statut=StatutFacture.EN_CONTROLE).exists()
                else "certifier"
            )
        if not tranche.ordonnee_le:
            return "ordonner"
        return "payer" if tranche.contresignee_le else "contresigner"

    def _deja_signee(self, attendue) -> bool:
        """One of the three signatures is this reader's already: the next one is somebody else's."""
        tranche = self.tranche
        deja = {
            "ordonner": {tranche.service_fait_par_id},
            "contresigner": {tranche.service_fait_par_id, tranche.ordonnee_par_id},
        }
        return self.request.user.pk in deja.get(attendue, set())

    def get_context_data(self, **contexte):
        """What is asked, what is due, and the one step that this reader may take."""
        user, tranche, convention = self.request.user, self.tranche, self.objet
        gestes = {
            "demander": "demander_versement",
            "controler": "certifier_versement",
            "examiner": "certifier_versement",
            "certifier": "certifier_versement",
            "ordonner": "ordonner_versement",
            "contresigner": "ordonner_versement",
            "payer": "constater_paiement",
        }
        en_cours = convention.etat in (EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)
        attendue = self._prochaine_action() if en_cours else ""
        empeche = self._deja_signee(attendue)
        permise = bool(attendue) and not empeche and self.peut(gestes[attendue])
        action = attendue if permise else ""
        if action == "demander":
            contexte["factures_form"] = self.formulaire("factures", FacturesFormSet, prefix=PREFIXE)
            contexte["factures_lues"] = "tableur" in self.formulaires and "factures" in self.formulaires
            if tranche.sur_factures:
                contexte["form_tableur"] = self.formulaire("tableur", ClasseurForm)
        if action == "payer":
            contexte["form_paiement"] = self.formulaire("paiement", PaiementForm)
        if action in ("controler", "examiner", "certifier"):
            contexte["form_renvoi"] = self.formulaire("renvoi", RenvoiForm)
        return super().get_context_data(
            tranche=tranche,
            convention=convention,
            dossier=convention.dossier,
            action=action,
            attendue=attendue,
            phrase=phrase_de_tranche(tranche),
            factures=tranche.factures.all(),
            examen=relire_examen(self.request.POST, tranche.factures.all()) if action == "examiner" else [],
            empeche=empeche,
            suit_le_projet=peut("suivre_projet", user, convention.dossier),
            calcul=tranche.calcul(),
            form=self.fautif(),
            **contexte,
        )
