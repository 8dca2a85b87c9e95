"""A spreadsheet to read."""

from django import forms


class ClasseurForm(forms.Form):
    """One file, dropped on the field or chosen."""

    use_required_attribute = False
    fichier = forms.FileField(
        label="Votre fichier",
        help_text="ODS, XLSX ou CSV, 2 Mo au plus. Déposez-le sur ce champ, ou choisissez-le.",
        widget=forms.FileInput(attrs={"accept": ".ods,.xlsx,.csv"}),
        error_messages={
            "required": "Choisissez un fichier ODS, XLSX ou CSV.",
            "empty": "Ce fichier est vide.",
        },
    )
