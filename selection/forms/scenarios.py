"""Rules of a scenario: what a person can correct."""

from django import forms

from selection.models import Base, Maniere
from selection.models.partage import Groupe


def _nombre(libelle: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=libelle, min_value=0, max_value=999, required=False,
        error_messages={"invalid": "Écrivez un nombre entier, par exemple 4."},
    )  # fmt: skip


class ScenarioForm(forms.Form):
    """A name, a way to share, bounds by kind of territory, region and filière."""

    AXES = {"territoire": "Par type de territoire", "region": "Par région", "filiere": "Par filière"}

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

    def __init__(self, *args, groupes: list[Groupe], **kwargs):
        super().__init__(*args, **kwargs)
        self.groupes = groupes
        for groupe in groupes:
            self.fields[f"minimum_{groupe.cle}"] = _nombre(f"{groupe.titre} : au moins")
            self.fields[f"maximum_{groupe.cle}"] = _nombre(f"{groupe.titre} : au plus")

    def champs_de_regles(self):
        """What is asked first."""
        return [self[nom] for nom in ("nom", "maniere", "base", "plancher")]

    def quotas_par_axe(self) -> list[dict]:
        """The rest, which most leave empty: an axis, its groups, their two bounds."""
        return [
            {
                "titre": titre,
                "rempli": any(self[f"{b}_{g.cle}"].value() for g in siens for b in ("minimum", "maximum")),
                "lignes": [(g, self[f"minimum_{g.cle}"], self[f"maximum_{g.cle}"]) for g in siens],
            }
            for axe, titre in self.AXES.items()
            if (siens := [g for g in self.groupes if g.axe == axe])
        ]

    def clean(self):
        """A minimum is not over its maximum."""
        donnees = super().clean()
        for groupe in self.groupes:
            minimum, maximum = donnees.get(f"minimum_{groupe.cle}"), donnees.get(f"maximum_{groupe.cle}")
            if minimum is not None and maximum is not None and minimum > maximum:
                self.add_error(f"maximum_{groupe.cle}", f"Écrivez {minimum} ou davantage.")
        return donnees

    def regles(self) -> dict:
        """What the deed takes."""
        donnees = self.cleaned_data
        quotas = [
            {
                "axe": g.axe,
                "valeur": g.valeur,
                "libelle": g.libelle,
                "minimum": donnees[f"minimum_{g.cle}"] or 0,
                "maximum": donnees[f"maximum_{g.cle}"],
            }
            for g in self.groupes
        ]
        regles = {nom: donnees[nom] for nom in ("nom", "maniere", "base", "plancher")}
        return regles | {"quotas": [q for q in quotas if q["minimum"] or q["maximum"] is not None]}
