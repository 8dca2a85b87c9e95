"""A conclusion read again by a second person."""

from django import forms

from instruction.forms.commun import texte
from manufactures.programme.models import Appel


class RenvoiForm(forms.Form):
    """The word to the agent, without which nothing is sent back."""

    mot = forms.CharField(
        label="Ce que l'agent doit reprendre",
        widget=texte(4),
        help_text="L'agent lit ce mot en haut de la grille ; il est gardé au journal.",
        error_messages={"required": "Écrivez à l'agent ce qui est à reprendre."},
    )


class PartForm(forms.ModelForm):
    """How many admissible conclusions are drawn by lot, of a hundred."""

    class Meta:
        model = Appel
        fields = ["part_verifiee"]

    part_verifiee = forms.IntegerField(
        label="Part des dossiers recevables tirés au sort, en %",
        min_value=0,
        max_value=100,
        help_text="De 0 à 100. Un refus est toujours relu. Les dossiers déjà tirés restent à vérifier.",
        error_messages={
            "required": "Écrivez un nombre entre 0 et 100.",
            "invalid": "Écrivez un nombre entre 0 et 100.",
            "min_value": "Écrivez un nombre entre 0 et 100.",
            "max_value": "Écrivez un nombre entre 0 et 100.",
        },
    )
