"""The rows of the tables: places, equipment, plans, accounts, partners, consortium, indicators."""

from django import forms

from candidatures.forms.base import LigneForm, LignesFormSet, table
from candidatures.forms.champs import CommuneField, MontantField, NombreField, NumeroField
from candidatures.models import (
    Equipement,
    Indicateur,
    LigneFinancement,
    MembreConsortium,
    NatureExploitation,
    Partenaire,
    Site,
)
from candidatures.numeros import valider_siret


class SiteForm(LigneForm):
    """A place: the commune decides département and region."""

    commune = CommuneField(label="commune", help_text="Son nom, son code postal ou son code INSEE.")
    surface_actuelle_m2 = NombreField(
        label="surface actuelle (m²)", max_digits=10, min_value=0, required=False
    )
    surface_projet_m2 = NombreField(
        label="surface du projet (m²)", max_digits=10, min_value=0, required=False
    )

    class Meta:
        model = Site
        fields = [
            "nom",
            "principal",
            "commune",
            "type_territoire",
            "qpv_relation",
            "titre_occupation",
            "surface_actuelle_m2",
            "surface_projet_m2",
        ]

    def clean_surface_actuelle_m2(self):
        """Nothing typed is nothing measured."""
        return self.cleaned_data["surface_actuelle_m2"] or 0

    def clean_surface_projet_m2(self):
        """Nothing typed is nothing measured."""
        return self.cleaned_data["surface_projet_m2"] or 0


class UnSeul(LignesFormSet):
    """A box that one row at most may tick; a row alone is the one."""

    case = ""
    phrase = ""

    def clean(self):
        """Say it beside the second box ticked."""
        cochees = [
            form
            for form in self.forms
            if not self._should_delete_form(form) and getattr(form, "cleaned_data", {}).get(self.case)
        ]
        for form in cochees[1:]:
            form.add_error(self.case, self.phrase)

    def gardees(self):
        """A single row needs no box."""
        lignes = super().gardees()
        if len(lignes) == 1:
            lignes[0][self.case] = True
        return lignes


class SitesFormSet(UnSeul):
    """Exactly one principal place."""

    case = "principal"
    phrase = "Un seul lieu est le principal : décochez l'autre."


class EquipementForm(LigneForm):
    """A machine or fitting."""

    quantite = NombreField(
        label="quantité",
        decimal_places=0,
        min_value=1,
        initial=1,
        error_messages={"min_value": "Au moins un.", "max_decimal_places": "Un nombre entier."},
    )
    prix_unitaire_ht = MontantField(
        label="prix unitaire HT (€)",
        min_value=0.01,
        error_messages={"min_value": "Écrivez un prix supérieur à zéro."},
    )

    class Meta:
        model = Equipement
        fields = ["designation", "categorie", "quantite", "prix_unitaire_ht", "taux_tva", "mutualise", "neuf"]


class DepenseForm(LigneForm):
    """An expense of a plan."""

    montant = MontantField(label="montant (€)")

    class Meta:
        model = LigneFinancement
        fields = ["libelle", "montant", "eligible"]
        labels = {"libelle": "nature"}


class RessourceForm(LigneForm):
    """A resource of a plan: who brings it, and how sure it is."""

    montant = MontantField(label="montant (€)")

    class Meta:
        model = LigneFinancement
        fields = ["libelle", "type_financeur", "montant", "statut"]
        labels = {"libelle": "nom du financeur", "type_financeur": "type"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom in ("type_financeur", "statut"):
            self.fields[nom].required = True


class ExploitationForm(forms.Form):
    """An account of the business plan, over its three years."""

    use_required_attribute = False
    nature = forms.ChoiceField(label="Nature", choices=[("", "Choisir"), *NatureExploitation.choices])
    compte = forms.CharField(label="Compte", max_length=6, required=False)
    libelle = forms.CharField(label="Libellé", max_length=200)
    montant_n = MontantField(label="Année 1 (€)", required=False)
    montant_n1 = MontantField(label="Année 2 (€)", required=False)
    montant_n2 = MontantField(label="Année 3 (€)", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.error_messages["required"] = "Remplissez cette case, ou supprimez la ligne."

    def valeurs(self) -> dict:
        """What the row says."""
        return {nom: self.cleaned_data[nom] for nom in self.fields if nom != "DELETE"}


class PartenaireForm(LigneForm):
    """A partner."""

    class Meta:
        model = Partenaire
        fields = ["nom", "type", "role", "engagement"]


class MembreConsortiumForm(LigneForm):
    """A structure of the consortium."""

    siret = NumeroField(label="SIRET", required=False, validators=[valider_siret])

    class Meta:
        model = MembreConsortium
        fields = ["raison_sociale", "siret", "role", "chef_de_file"]


class ConsortiumFormSet(UnSeul):
    """Exactly one lead."""

    case = "chef_de_file"
    phrase = "Un seul membre est chef de file : décochez l'autre."


class IndicateurForm(LigneForm):
    """A figure that the project wants to move."""

    depart = NombreField(label="aujourd'hui", max_digits=12, min_value=0)
    cible = NombreField(label="cible", max_digits=12, min_value=0)
    horizon_mois = NombreField(
        label="dans combien de mois", decimal_places=0, min_value=1, max_value=120, initial=36
    )

    class Meta:
        model = Indicateur
        fields = ["libelle", "unite", "depart", "cible", "horizon_mois"]


SitesTable = table(SiteForm, maximum=12, formset=SitesFormSet)
EquipementsTable = table(EquipementForm, maximum=120)
DepensesTable = table(DepenseForm)
RessourcesTable = table(RessourceForm)
ExploitationTable = table(ExploitationForm, maximum=80)
PartenairesTable = table(PartenaireForm)
ConsortiumTable = table(MembreConsortiumForm, maximum=20, formset=ConsortiumFormSet)
IndicateursTable = table(IndicateurForm, maximum=30)
