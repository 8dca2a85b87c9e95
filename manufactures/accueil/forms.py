"""The filter of the laureates."""

from django import forms

from candidatures.models import TypeTerritoire
from manufactures.accueil.publication import TERRITOIRES, Chiffres, Choix


class LaureatsForm(forms.Form):
    """Three choices, each optional, and a view; a choice that does not exist filters nothing."""

    FILTRES = ("region", "filiere", "territoire")
    CARTE, LISTE = "carte", "liste"

    region = forms.ChoiceField(label="Région", required=False)
    filiere = forms.ChoiceField(label="Filière", required=False)
    territoire = forms.ChoiceField(
        label="Territoire",
        required=False,
        choices=[("", "Tous"), *((t.value, TypeTerritoire(t).label) for t in TERRITOIRES)],
    )
    vue = forms.ChoiceField(label="Vue", required=False, choices=[(CARTE, "Carte"), (LISTE, "Liste")])

    def __init__(self, data, chiffres: Chiffres):
        super().__init__({nom: data.get(nom, "") for nom in self.base_fields})
        self.fields["region"].choices = [("", "Toutes"), *chiffres.regions.items()]
        self.fields["filiere"].choices = [("", "Toutes"), *chiffres.filieres.items()]
        self.is_valid()

    @property
    def choix(self) -> Choix:
        """What was chosen, among what exists."""
        return Choix(**{champ: self.cleaned_data.get(champ, "") for champ in self.FILTRES})

    @property
    def filtres(self):
        """The fields that filter, with what was chosen; the view is drawn apart."""
        return [(self[champ], self.cleaned_data.get(champ, "")) for champ in self.FILTRES]

    @property
    def vue_choisie(self) -> str:
        """The list first, as on a phone; the map when asked for."""
        return self.cleaned_data.get("vue") or self.LISTE

    @property
    def parametres(self) -> dict:
        """The address of this choice, without what it leaves empty."""
        choisis = {nom: valeur for nom in self.fields if (valeur := self.cleaned_data.get(nom))}
        return {nom: valeur for nom, valeur in choisis.items() if valeur != self.LISTE}
