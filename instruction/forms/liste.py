"""The filters of the agents' list."""

from django import forms
from django.utils.text import capfirst

from manufactures.procedure import Etat

ETATS_DES_AGENTS = [etat for etat in Etat if etat != Etat.BROUILLON]
SANS_AGENT = "aucun"


class FiltreForm(forms.Form):
    """The filters of the list, in the address: a list can be kept and sent."""

    q = forms.CharField(label="Numéro, nom ou commune", required=False)
    vague = forms.ModelChoiceField(label="Vague", queryset=None, required=False, empty_label="Toutes")
    etat = forms.ChoiceField(label="État", required=False)
    agent = forms.ChoiceField(label="Agent", required=False)
    departement = forms.ModelChoiceField(
        label="Département", queryset=None, required=False, empty_label="Tous"
    )

    def __init__(self, data, *, vagues, agents, departements):
        super().__init__(data)
        self.fields["vague"].queryset = vagues
        self.fields["departement"].queryset = departements
        self.fields["etat"].choices = [("", "Tous"), *((e.value, e.label) for e in ETATS_DES_AGENTS)]
        self.fields["agent"].choices = [
            ("", "Tous"),
            (SANS_AGENT, "Personne"),
            *((str(agent.pk), capfirst(agent.nom_complet)) for agent in agents),
        ]

    def valeurs(self) -> dict:
        """The filters that hold; a wrong one is as if absent."""
        self.is_valid()
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if valeur}
