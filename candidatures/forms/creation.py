"""A new dossier: a name and a wave."""

from django import forms

from manufactures import horloge
from manufactures.francais import echeance
from manufactures.programme.models import Vague


class VagueField(forms.ModelChoiceField):
    """An open wave, with its closing."""

    def label_from_instance(self, obj):
        """« vague 3 : dépôts avant le lundi 21 décembre 2026 à 12 h 00 (heure de Paris) »."""
        return f"{obj.appel}, {obj} : dépôts avant le {echeance(obj.cloture)}"


class CreationForm(forms.Form):
    """Enough to draw a number."""

    use_required_attribute = False
    nom_projet = forms.CharField(
        label="Nom du projet",
        max_length=120,
        help_text="Vous pourrez le changer jusqu'au dépôt.",
        error_messages={"required": "Nommez le projet."},
    )
    vague = VagueField(
        label="Vague",
        queryset=Vague.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choisissez une vague ouverte.",
            "invalid_choice": "Cette vague n'est pas ouverte.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        ouvertes = Vague.objects.ouvertes(horloge.maintenant()).select_related("appel").order_by("cloture")
        self.fields["vague"].queryset = ouvertes
        if not self.is_bound:
            self.fields["vague"].initial = ouvertes.first()
