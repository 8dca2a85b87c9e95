"""What a member says of a section, or answers."""

from django import forms

from candidatures.models import COMMENTAIRE_MAX, Commentaire, Section


class CommentaireForm(forms.Form):
    """A remark on a section, or an answer in an exchange of this dossier."""

    use_required_attribute = False
    section = forms.ChoiceField(
        label="Section", choices=Section.choices, error_messages={"required": "Choisissez une section."}
    )
    en_reponse_a = forms.ModelChoiceField(
        queryset=Commentaire.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "Cet échange n'existe plus."},
    )
    texte = forms.CharField(
        label="Votre commentaire",
        max_length=COMMENTAIRE_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Lu par l'équipe du dossier seulement, ni par l'ANCT ni par le comité.",
        error_messages={"required": "Écrivez votre commentaire."},
    )

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["en_reponse_a"].queryset = dossier.commentaires.filter(en_reponse_a=None)
