"""Rules of a scenario: what a person can correct."""

from django import forms

from candidatures.models.choix import TypeTerritoire
from selection.models import Base, Maniere


def _nombre(libelle: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=libelle, min_value=0, max_value=999, required=False,
        error_messages={"invalid": "Écrivez un nombre entier, par exemple 4."},
    )  # fmt: skip


class ScenarioForm(forms.Form):
    """A name, a way to share, bounds by kind of territory."""

    nom = forms.CharField(
        label="Nom du scénario", max_length=60, error_messages={"required": "Donnez un nom à ce scénario."}
    )
    maniere = forms.ChoiceField(
        label="Comment partager", choices=Maniere, widget=forms.RadioSelect, initial=Maniere.RANG,
        help_text="Le rang suit la grille d'arbitrage, puis l'ordre du jour.",
    )  # fmt: skip
    base = forms.ChoiceField(
        label="Au plus, pour chaque projet", choices=Base, widget=forms.RadioSelect, initial=Base.PROPOSE
    )
    plancher = forms.IntegerField(
        label="Part sous laquelle un projet n'entre pas (%)", min_value=0, max_value=100, initial=100,
        help_text="100 : tout ou rien. 60 : un projet entre dès 60 % de ce montant.",
        error_messages={"required": "Écrivez une part de 0 à 100.", "invalid": "Écrivez une part de 0 à 100."},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for territoire in TypeTerritoire:
            self.fields[f"minimum_{territoire}"] = _nombre(f"{territoire.label} : au moins")
            self.fields[f"maximum_{territoire}"] = _nombre(f"{territoire.label} : au plus")

    def champs_de_regles(self):
        """What is asked first."""
        return [self[nom] for nom in ("nom", "maniere", "base", "plancher")]

    def champs_de_quotas(self):
        """The rest, which most leave empty."""
        return [champ for champ in self if champ.name.startswith(("minimum_", "maximum_"))]

    def clean(self):
        """A minimum is not over its maximum."""
        donnees = super().clean()
        for territoire in TypeTerritoire:
            minimum, maximum = donnees.get(f"minimum_{territoire}"), donnees.get(f"maximum_{territoire}")
            if minimum is not None and maximum is not None and minimum > maximum:
                self.add_error(f"maximum_{territoire}", f"Écrivez {minimum} ou davantage.")
        return donnees

    def regles(self) -> dict:
        """What the deed takes."""
        donnees = self.cleaned_data
        quotas = [
            {"valeur": str(t), "minimum": donnees[f"minimum_{t}"] or 0, "maximum": donnees[f"maximum_{t}"]}
            for t in TypeTerritoire
        ]
        regles = {nom: donnees[nom] for nom in ("nom", "maniere", "base", "plancher")}
        return regles | {"quotas": [q for q in quotas if q["minimum"] or q["maximum"] is not None]}
