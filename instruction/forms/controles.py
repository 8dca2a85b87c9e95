"""What an agent says of a likely duplicate, and of a link with a dossier."""

from django import forms

from instruction.forms.commun import texte
from instruction.models import AvisDoublon, NatureLien


class JugerDoublonForm(forms.Form):
    """Distinct or duplicate, with a word."""

    avis = forms.ChoiceField(label="Ces deux dossiers sont", choices=AvisDoublon, widget=forms.RadioSelect)
    mot = forms.CharField(
        label="Pourquoi, en un mot",
        widget=texte(2),
        max_length=600,
        help_text="Gardé sur les deux dossiers, jamais montré aux porteurs.",
    )


class DeclarerLienForm(forms.Form):
    """One's own link, or a colleague's where `agents` is given."""

    agent = forms.ModelChoiceField(label="Agent concerné", queryset=None, empty_label="Choisissez un agent")
    nature = forms.ChoiceField(
        label="Nature du lien", choices=[("", "Choisissez une nature"), *NatureLien.choices]
    )
    precision = forms.CharField(
        label="En quelques mots",
        widget=texte(3),
        max_length=600,
        help_text="Lu par les agents de l'appel. N'écrivez que ce qui explique le lien.",
    )

    def __init__(self, *args, agents=None, **kwargs):
        super().__init__(*args, **kwargs)
        if agents is None:
            del self.fields["agent"]
        else:
            self.fields["agent"].queryset = agents
            self.fields["agent"].label_from_instance = lambda agent: agent.nom_complet


class LeverLienForm(forms.Form):
    """Why the link no longer forbids anything."""

    motif_levee = forms.CharField(label="Motif de la levée", widget=texte(2), max_length=600)
