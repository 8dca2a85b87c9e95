"""The amendments of one convention: prepared, signed by both, in force."""

from django.db.models import Prefetch
from django.urls import reverse

from accompagnement.forms.avenant import AvenantForm
from accompagnement.models import Avenant, Convention
from accompagnement.models.avenant import EN_COURS
from accompagnement.views.base import Page
from manufactures import horloge
from manufactures.droits import exiger, peut
from manufactures.registres import TransitionInterdite


class AvenantsView(Page):
    """All of them in their order; the last one waits for its signatures here."""

    geste = "lire_convention"
    template_name = "accompagnement/avenants.html"
    actions = ("preparer", "signer_beneficiaire", "signer", "retirer")

    def trouver(self):
        """The convention of this dossier."""
        avenants = Avenant.objects.select_related(
            "acte", "signataire", "signataire_beneficiaire", "signe_par"
        )
        conventions = Convention.objects.select_related("dossier__vague__appel").prefetch_related(
            Prefetch("avenants", queryset=avenants)
        )
        return self.lire(conventions, dossier__numero=self.kwargs["numero"])

    def _ici(self):
        return reverse("accompagnement:avenants", args=[self.objet.dossier.numero])

    def _a_signer(self) -> Avenant | None:
        return next((avenant for avenant in self.objet.avenants.all() if avenant.attend), None)

    def _exiger_a_signer(self) -> Avenant:
        avenant = self._a_signer()
        if avenant is None:
            raise TransitionInterdite("Aucun avenant n'attend d'être signé.")
        return avenant

    def faire_preparer(self):
        """Draw one up."""
        exiger("preparer_convention", self.request.user, self.objet, self.roles)
        formulaire = self.valider("preparer", AvenantForm(self.request.POST))
        if formulaire is None:
            return None
        avenant = Avenant.preparer(self.objet, par=self.request.user, **formulaire.cleaned_data)
        self.dire(f"{avenant} préparé. Le porteur est invité à le signer.")
        return self._ici()

    def faire_signer_beneficiaire(self):
        """The beneficiary signs."""
        if self.request.POST.get("lu") != "on":
            raise TransitionInterdite("Cochez « J'ai lu l'avenant » pour le signer.")
        self._exiger_a_signer().signer_beneficiaire(par=self.request.user)
        self.dire("Avenant signé. À l'ANCT de signer à son tour.")
        return self._ici()

    def faire_signer(self):
        """The agency signs."""
        self._exiger_a_signer().signer(par=self.request.user)
        self.dire("Avenant signé : il prend effet aujourd'hui.")
        return self._ici()

    def faire_retirer(self):
        """Withdrawn before its last signature."""
        self._exiger_a_signer().retirer(par=self.request.user)
        self.dire("Avenant retiré.")
        return self._ici()

    def get_context_data(self, **contexte):
        """The amendments, and the one deed that this reader may do."""
        user, convention, a_signer = self.request.user, self.objet, self._a_signer()
        attend = a_signer.attend if a_signer else ""
        vivante = (
            convention.etat in EN_COURS and convention.fin_le and convention.fin_le >= horloge.aujourd_hui()
        )
        if vivante and not a_signer and self.peut("preparer_convention"):
            contexte["form_preparer"] = self.formulaire("preparer", AvenantForm)
        return super().get_context_data(
            convention=convention,
            dossier=convention.dossier,
            avenants=list(convention.avenants.all()),
            a_signer=a_signer,
            peut_signer_beneficiaire=attend == "beneficiaire" and self.peut("signer_convention"),
            peut_signer=attend == "agence" and a_signer.signataire_id == user.pk,
            peut_retirer=bool(a_signer) and self.peut("preparer_convention"),
            suit_le_projet=peut("suivre_projet", user, convention.dossier),
            form=self.fautif(),
            **contexte,
        )
