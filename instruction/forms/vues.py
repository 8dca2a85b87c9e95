"""What one keeps of the desk: a list under a name, the columns."""

from django import forms

from instruction.colonnes import COLONNES, PREMIERE
from instruction.models.vues_enregistrees import LONGUEUR_DE_LA_DEMANDE, VueEnregistree


class VueForm(forms.ModelForm):
    """The filters and the order in place, under a name."""

    class Meta:
        model = VueEnregistree
        fields = ["nom", "par_defaut", "demande"]
        widgets = {"demande": forms.HiddenInput}
        labels = {"par_defaut": "Ouvrir mes dossiers sur cette vue"}

    demande = forms.CharField(required=False, max_length=LONGUEUR_DE_LA_DEMANDE, widget=forms.HiddenInput)

    def clean_nom(self):
        """A name is words."""
        return " ".join(self.cleaned_data["nom"].split())


class ColonnesForm(forms.Form):
    """Which columns the desk and its file show."""

    colonnes = forms.MultipleChoiceField(
        label="Colonnes montrées",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(nom, colonne.titre) for nom, colonne in COLONNES.items() if nom != PREMIERE],
        help_text="Le dossier lui-même reste toujours en tête. Rien de coché : les colonnes habituelles.",
    )
