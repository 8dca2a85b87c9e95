"""Messages and notes."""

from django import forms

from instruction.forms.commun import texte


class MessageForm(forms.Form):
    """A message of the thread."""

    texte = forms.CharField(
        label="Votre message", widget=texte(4), error_messages={"required": "Écrivez un message."}
    )


class NoteInterneForm(forms.Form):
    """A note between agents."""

    texte = forms.CharField(
        label="Nouvelle note",
        widget=texte(2),
        help_text="Lue par les agents de l'appel et l'audit, jamais par le porteur ni le comité.",
        error_messages={"required": "Écrivez une note."},
    )
