"""Someone to let in."""

from django import forms

from candidatures.models import Droit
from manufactures.comptes.models import User


class MembreForm(forms.Form):
    """An existing account, by its address, and what it may do."""

    use_required_attribute = False
    courriel = forms.EmailField(
        label="Adresse électronique",
        help_text="Celle du compte de la personne, par exemple prenom.nom@exemple.fr.",
        error_messages={
            "required": "Écrivez une adresse.",
            "invalid": "Écrivez une adresse, par exemple nom@exemple.fr.",
        },
    )
    droit = forms.ChoiceField(
        label="Droit",
        choices=[
            (Droit.CONTRIBUTEUR, "Contributeur : écrit"),
            (Droit.LECTEUR, "Lecteur : lit"),
        ],
        widget=forms.RadioSelect,
        initial=Droit.CONTRIBUTEUR,
    )

    def clean_courriel(self):
        """The account must exist."""
        compte = User.objects.filter(email=self.cleaned_data["courriel"].lower(), is_active=True).first()
        if compte is None:
            raise forms.ValidationError(
                "Aucun compte n'a cette adresse. Demandez à la personne d'en créer un, puis ajoutez-la."
            )
        self.compte = compte
        return self.cleaned_data["courriel"]
