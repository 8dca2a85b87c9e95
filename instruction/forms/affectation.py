"""How ticked dossiers are shared out."""

from django import forms

from instruction.affectation import Methode


class RepartitionForm(forms.Form):
    """The way, and among whom; read from the address, so that a proposal can be looked at again."""

    methode = forms.ChoiceField(
        label="Comment répartir", choices=Methode.choices, widget=forms.RadioSelect, initial=Methode.CHARGE
    )
    agents = forms.MultipleChoiceField(label="Entre quels agents", widget=forms.CheckboxSelectMultiple)
    reaffecter = forms.BooleanField(
        label="Reprendre aussi les dossiers qui ont déjà un agent", required=False
    )

    def __init__(self, data, *, agents):
        super().__init__(data, auto_id="rep_%s")
        self.connus = {str(agent.pk): agent for agent in agents.tous}
        self.fields["agents"].choices = [
            (cle, f"{agent.nom_complet} ({agents.charges[agent.pk]} en cours)")
            for cle, agent in self.connus.items()
        ]

    def clean(self):
        """By hand, one agent."""
        donnees = super().clean()
        if donnees.get("methode") == Methode.MAIN and len(donnees.get("agents", [])) > 1:
            self.add_error("agents", "À la main, cochez un seul agent.")
        return donnees

    def choisis(self) -> list:
        """The agents ticked."""
        return [self.connus[cle] for cle in self.cleaned_data["agents"]]
