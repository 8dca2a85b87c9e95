"""Files to add, several at once: their kind, their name, their content."""

from django import forms

from candidatures.completude import pieces_attendues
from candidatures.fichiers import ACCEPTES, EXTENSIONS

AUTRE = "autre"
ERREURS = {"required": "Choisissez un fichier."}


class Fichiers(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """All of them, not the last one."""
        return files.getlist(name) if hasattr(files, "getlist") else [files[name]] if name in files else []


class FichiersField(forms.FileField):
    """A list of files, at least one; what they contain is checked where they are stored, emptiness too."""

    widget = Fichiers

    def __init__(self, **kwargs):
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data, initial=None):
        """Each file by the usual checks."""
        if not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FichiersField, self).clean(un, initial) for un in data]


def _choix_de_fichier(label, widget):
    widget.attrs["accept"] = ",".join(f".{e}" for e in EXTENSIONS)
    return {"label": label, "help_text": ACCEPTES, "widget": widget, "error_messages": ERREURS}


class PieceForm(forms.Form):
    """The checks of kind, size and quota are the model's: they answer beside the field."""

    use_required_attribute = False
    type = forms.ChoiceField(
        label="Pièce", error_messages={"required": "Choisissez de quelle pièce il s'agit."}
    )
    libelle = forms.CharField(
        label="Ce que contient le fichier", max_length=200, required=False, help_text="Pour une autre pièce."
    )
    fichier = FichiersField(**_choix_de_fichier("Fichiers", Fichiers()))

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.attendues = {piece.code: piece for piece in pieces_attendues(dossier)}
        self.fields["type"].choices = [
            ("", "Choisir"),
            *((code, piece.libelle) for code, piece in self.attendues.items()),
            (AUTRE, "Autre pièce"),
        ]

    def piece_demandee(self):
        """The row of the call that these files answer, or None."""
        return self.attendues.get(self.cleaned_data["type"])


class EnvoiForm(PieceForm):
    """What the browser announces of one file before it sends it."""

    fichier = None
    type = forms.ChoiceField(required=False)
    nom = forms.Field()  # as it is: its own refusals have their sentences
    taille = forms.IntegerField(min_value=0)
    repere = forms.CharField(max_length=64, required=False)
    remplace = forms.IntegerField(required=False)

    def clean(self):
        """A kind is said, unless the file takes the place of another."""
        donnees = super().clean()
        if not donnees.get("type") and not donnees.get("remplace") and "type" not in self.errors:
            self.add_error("type", "Choisissez de quelle pièce il s'agit.")
        return donnees


class RemplacerForm(forms.Form):
    """The file that takes the place of another."""

    use_required_attribute = False
    fichier = forms.FileField(
        allow_empty_file=True, **_choix_de_fichier("Nouveau fichier", forms.FileInput())
    )


class ModeleForm(forms.Form):
    """The template of a piece."""

    use_required_attribute = False
    fichier = forms.FileField(allow_empty_file=True, **_choix_de_fichier("Modèle", forms.FileInput()))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fichier"].help_text = "PDF, ODT, ODS, DOCX ou XLSX. 20 Mo au plus."
