"""The filter of the laureates."""

from django import forms

from candidatures.models import TypeTerritoire
from manufactures.accueil.publication import TERRITOIRES, filieres_des_laureats, regions_des_laureats


class LaureatsForm(forms.Form):
    """Three choices, each optional; a choice that does not exist filters nothing."""

    region = forms.ModelChoiceField(None, label="Région", required=False, empty_label="Toutes")
    filiere = forms.ModelChoiceField(
        None, label="Filière", required=False, empty_label="Toutes", to_field_name="code"
    )
    territoire = forms.ChoiceField(
        label="Territoire",
        required=False,
        choices=[("", "Tous"), *((t.value, TypeTerritoire(t).label) for t in TERRITOIRES)],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions_des_laureats()
        self.fields["filiere"].queryset = filieres_des_laureats()

    def choix(self) -> dict:
        """What was chosen, among what exists."""
        self.is_valid()
        return {nom: self.cleaned_data[nom] for nom in self.fields if self.cleaned_data.get(nom)}
