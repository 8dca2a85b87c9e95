"""The consortium of a dossier: its lead, its partners, their mandates."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render

from candidatures.forms.groupement import PartenaireDuGroupementForm, RetraitDeMandatForm
from candidatures.models.groupement import MembreConsortium
from candidatures.views.base import DossierMixin
from candidatures.views.equipe import TROP_D_ENVOIS, ecrit_encore
from manufactures.comptes.unicite import UneSeuleFois
from manufactures.droits import exiger
from manufactures.registres import TransitionInterdite


class GroupementMixin(UneSeuleFois, DossierMixin):
    """Partners are found among the dossier's; written while it is a draft."""

    geste = "lire_equipe"

    def exiger_l_ecriture(self) -> None:
        """Titulaire and contributeurs write."""
        exiger("ecrire_dossier", self.request.user, self.dossier, self.roles)

    def partenaires(self) -> list[MembreConsortium]:
        """With their mandates; each knows the dossier already read."""
        lignes = list(self.dossier.membres_consortium.avec_leurs_mandats())
        for ligne in lignes:
            ligne.dossier = self.dossier
        return lignes

    def partenaire(self, pk) -> MembreConsortium:
        """Another dossier's is unknown here."""
        trouve = next((ligne for ligne in self.partenaires() if ligne.pk == pk), None)
        if trouve is None:
            raise Http404("partenaire")
        return trouve

    def demander(self, partenaire) -> str:
        """Send the mandate, and the sentence that says it."""
        if not ecrit_encore(self.request):
            raise TransitionInterdite(TROP_D_ENVOIS)
        self.dossier.demander_mandat(partenaire, par=self.request.user)
        qui = partenaire.representant or partenaire.raison_sociale
        return f"Mandat demandé à {qui}, {partenaire.courriel}. Le lien vaut 14 jours."


class GroupementView(GroupementMixin):
    """The list, and a partner to add."""

    def get(self, request, numero):
        """Lead, partners, mandates."""
        return self.montrer(PartenaireDuGroupementForm())

    def post(self, request, numero):
        """Add a partner, and ask for its mandate at once if the button says so."""
        self.exiger_l_ecriture()
        formulaire = PartenaireDuGroupementForm(request.POST)
        if formulaire.is_valid():
            try:
                with transaction.atomic():  # a mandate that cannot be asked leaves no partner behind
                    partenaire = self.dossier.ajouter_partenaire(par=request.user, **formulaire.valeurs())
                    dit = f"{partenaire} fait partie du groupement."
                    if request.POST.get("action") == "demander":
                        dit = f"{dit} {self.demander(partenaire)}"
            except TransitionInterdite as refus:
                formulaire.add_error(None, str(refus))
            else:
                messages.success(request, dit)
                return redirect("candidatures:groupement", numero)
        return self.montrer(formulaire)

    def montrer(self, formulaire):
        """The page."""
        contexte = self.contexte(form=formulaire, partenaires=self.partenaires())
        return render(self.request, "candidatures/groupement.html", contexte)


class PartenaireView(GroupementMixin):
    """One partner: correct it, read what it answered, ask again, write down a withdrawal."""

    def get(self, request, numero, pk):
        """The form of a draft."""
        partenaire = self.partenaire(pk)
        return self.montrer(
            partenaire, PartenaireDuGroupementForm(instance=partenaire), RetraitDeMandatForm()
        )

    def post(self, request, numero, pk):
        """One of the deeds, named by its button."""
        self.exiger_l_ecriture()
        partenaire, action = self.partenaire(pk), request.POST.get("action", "enregistrer")
        formulaire = PartenaireDuGroupementForm(
            request.POST if action == "enregistrer" else None, instance=partenaire
        )
        retrait = RetraitDeMandatForm(request.POST if action == "retirer_mandat" else None)
        lu = {"enregistrer": formulaire, "retirer_mandat": retrait}.get(action)
        if lu is not None and not lu.is_valid():
            return self.montrer(partenaire, formulaire, retrait)
        try:
            dit = self.faire(action, partenaire, formulaire, retrait)
        except TransitionInterdite as refus:
            if action == "enregistrer" and self.dossier.ecrivable_par(request.user):
                formulaire.add_error(None, str(refus))
                return self.montrer(partenaire, formulaire, retrait)
            return self.refuser(refus)
        messages.success(request, dit)
        return redirect("candidatures:groupement", numero)

    def faire(self, action, partenaire, formulaire, retrait) -> str:
        """The deed, and the sentence that says it is done."""
        dossier, user = self.dossier, self.request.user
        if action == "demander":
            return self.demander(partenaire)
        if action == "retirer_mandat":
            dossier.retirer_mandat(partenaire, par=user, motif=retrait.cleaned_data["motif"])
            return f"Mandat de {partenaire} retiré."
        if action == "retirer":
            dossier.retirer_partenaire(partenaire, par=user)
            return f"{partenaire} ne fait plus partie du groupement."
        if action != "enregistrer":
            raise TransitionInterdite("Cette action n'existe pas. Rechargez la page.")
        avant = partenaire.mandats.count()
        modifie = dossier.modifier_partenaire(partenaire, par=user, **formulaire.valeurs())
        if modifie.mandats.count() > avant:
            return f"{modifie} : enregistré. Son mandat lui est demandé de nouveau."
        return f"{modifie} : enregistré."

    def montrer(self, partenaire, formulaire, retrait):
        """The page."""
        contexte = self.contexte(
            partenaire=partenaire,
            # The form has written what was typed on its own row: the title keeps the stored name.
            mandat=partenaire.dernier_mandat,
            form=formulaire,
            form_retrait=retrait,
        )
        return render(self.request, "candidatures/partenaire.html", contexte)
