"""A file to add: its kind, its name, its content."""

from django import forms

from candidatures.completude import pieces_attendues
from candidatures.fichiers import ACCEPTES, EXTENSIONS

AUTRE = "autre"


class PieceForm(forms.Form):
    """The checks of kind, size and quota are the model's: they answer beside the field."""

    use_required_attribute = False
    type = forms.ChoiceField(
        label="Pièce", error_messages={"required": "Choisissez de quelle pièce il s'agit."}
    )
    libelle = forms.CharField(
        label="Ce que contient le fichier", max_length=200, required=False, help_text="Pour une autre pièce."
    )
    fichier = forms.FileField(
        label="Fichier",
        help_text=ACCEPTES,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{e}" for e in EXTENSIONS)}),
        error_messages={
            "required": "Choisissez un fichier.",
            "empty": "Ce fichier est vide.",
            "max_length": "Le nom de ce fichier est trop long.",
        },
    )

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.attendues = {piece.code: piece for piece in pieces_attendues(dossier)}
        self.fields["type"].choices = [
            ("", "Choisir"),
            *((code, piece.libelle) for code, piece in self.attendues.items()),
            (AUTRE, "Autre pièce"),
        ]

    def piece_demandee(self):
        """The row of the call that this file answers, or None."""
        return self.attendues.get(self.cleaned_data["type"])
