"""Messages, the texts they begin with, and notes."""

from django import forms

from instruction.forms.commun import texte
from instruction.models.modeles_de_messages import verifier_variables


class MessageForm(forms.Form):
    """A message of the thread."""

    texte = forms.CharField(
        label="Votre message", widget=texte(4), error_messages={"required": "Écrivez un message."}
    )


class ChoixDeModeleForm(forms.Form):
    """Which text to begin with."""

    use_required_attribute = False
    modele = forms.ModelChoiceField(
        label="Partir d'un modèle",
        queryset=None,
        empty_label="Choisir",
        error_messages={
            "required": "Choisissez un modèle.",
            "invalid_choice": "Ce modèle n'est plus proposé.",
        },
    )

    def __init__(self, *args, modeles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["modele"].queryset = modeles


class ModeleDeMessageForm(forms.Form):
    """One text: of which call, under which title, its words."""

    use_required_attribute = False
    appel = forms.ModelChoiceField(
        label="Appel",
        queryset=None,
        empty_label="Choisir",
        error_messages={"required": "Choisissez un appel."},
    )
    titre = forms.CharField(
        label="Titre",
        max_length=120,
        help_text="Les agents choisissent le modèle par son titre.",
        error_messages={"required": "Écrivez un titre."},
    )
    texte = forms.CharField(
        label="Texte",
        max_length=5000,
        widget=texte(8),
        validators=[verifier_variables],
        error_messages={"required": "Écrivez le texte."},
    )

    def __init__(self, *args, modele, appels, **kwargs):
        initial = {"titre": modele.titre, "texte": modele.texte} if modele else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.modele = modele
        if modele is not None:
            del self.fields["appel"]
            return
        self.fields["appel"].queryset = appels
        self.fields["appel"].initial = appels.first()

    def clean(self):
        """A text keeps its call."""
        donnees = super().clean()
        if self.modele is not None:
            donnees["appel"] = self.modele.appel
        return donnees


class NoteInterneForm(forms.Form):
    """A note between agents."""

    texte = forms.CharField(
        label="Nouvelle note",
        widget=texte(2),
        help_text="Lue par les agents de l'appel et l'audit, jamais par le porteur ni le comité.",
        error_messages={"required": "Écrivez une note."},
    )
