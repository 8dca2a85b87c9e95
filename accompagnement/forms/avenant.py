"""What an amendment changes, and why."""

from django import forms

from accompagnement.forms.incubation import DateField


class AvenantForm(forms.Form):
    """A later end, at the beneficiary's request."""

    motif = forms.CharField(
        label="Motif",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Il est écrit dans l'avenant. Par exemple : la presse à plaques est livrée en mars 2024.",
    )
    demande_le = DateField(label="Demande du bénéficiaire")
    nouvelle_fin = DateField(label="Nouvelle fin de la convention")
