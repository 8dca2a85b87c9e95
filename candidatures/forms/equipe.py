"""Someone to invite, someone to hand the dossier over to."""

from django import forms

from candidatures.models import Droit


class InvitationForm(forms.Form):
    """An address, and what it may do. Whether an account has it is never asked."""

    use_required_attribute = False
    courriel = forms.EmailField(
        label="Adresse électronique",
        help_text="La personne reçoit un lien personnel. Elle n'a pas besoin d'avoir un compte.",
        error_messages={
            "required": "Écrivez une adresse.",
            "invalid": "Écrivez une adresse, par exemple nom@exemple.fr.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
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


class PassationForm(forms.Form):
    """Which member would answer for the dossier."""

    use_required_attribute = False
    membre = forms.TypedChoiceField(
        label="Nouveau titulaire",
        coerce=int,
        error_messages={"required": "Choisissez un membre.", "invalid_choice": "Choisissez un membre."},
    )

    def __init__(self, *args, membres, **kwargs):
        super().__init__(*args, **kwargs)
        self.membres = {membre.pk: membre for membre in membres}
        self.fields["membre"].choices = [
            ("", "Choisir"),
            *((cle, membre.user.nom_complet) for cle, membre in self.membres.items()),
        ]

    def choisi(self):
        """The member."""
        return self.membres[self.cleaned_data["membre"]]
