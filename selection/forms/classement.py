"""What the ranking would be without a reader, or with other weights: everything in the address, nothing kept."""

from django import forms

POIDS_AU_PLUS = 100


class HypotheseForm(forms.Form):
    """Readers left out, and a weight for each criterion; as they are where nothing is asked."""

    sans = forms.TypedMultipleChoiceField(
        label="Sans les lectures de", coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez des personnes de cette liste."},
    )  # fmt: skip

    def __init__(self, donnees=None, *, lectures):
        self.criteres = lectures.criteres
        super().__init__(self._completees(donnees))
        self.noms = {cle: str(membre) for cle, membre in lectures.membres.items()}
        self.fields["sans"].choices = [(str(cle), nom) for cle, nom in self.noms.items()]
        for critere in self.criteres:
            self.fields[f"poids_{critere.code}"] = forms.IntegerField(
                label=f"Poids de {critere.code}, {critere.libelle}", required=False, min_value=0,
                max_value=POIDS_AU_PLUS, initial=critere.poids,
                error_messages={"invalid": "Écrivez un nombre entier, par exemple 20."},
            )  # fmt: skip

    def _completees(self, donnees):
        """Nothing where no hypothesis is asked; the weights not spoken of stay what they are."""
        tels_quels = {f"poids_{critere.code}": str(critere.poids) for critere in self.criteres}
        if not donnees or not {"sans", *tels_quels} & set(donnees):
            return None
        donnees = donnees.copy()
        for nom, poids in tels_quels.items():
            donnees.setdefault(nom, poids)
        return donnees

    def clean(self):
        """Something must be left to rank."""
        donnees = super().clean()
        if not self.errors and self.criteres and not any(self._poids(donnees).values()):
            self.add_error(f"poids_{self.criteres[0].code}", "Donnez un poids à un critère au moins.")
        if self.noms and len(set(donnees.get("sans") or ())) == len(self.noms):
            self.add_error("sans", "Gardez au moins une personne.")
        return donnees

    def _poids(self, donnees) -> dict[str, int]:
        dits = {c.code: donnees.get(f"poids_{c.code}") for c in self.criteres}
        return {c.code: c.poids if dits[c.code] is None else dits[c.code] for c in self.criteres}

    @property
    def hypothese(self) -> dict:
        """What is asked, as `LecturesDeSeance.classer` takes it; empty where nothing differs."""
        if not self.is_bound or not self.is_valid():
            return {}
        dits = self._poids(self.cleaned_data)
        poids = {c.code: dits[c.code] for c in self.criteres if dits[c.code] != c.poids}
        sans = self.cleaned_data["sans"]
        return {"sans": sans, "poids": poids} if sans or poids else {}

    def en_mots(self) -> list[str]:
        """The same, said: « sans Awa Diallo », « C1 à 30 % »."""
        demandee = self.hypothese
        return [f"sans {self.noms[cle]}" for cle in demandee.get("sans", ())] + [
            f"{code} pesant {poids}" for code, poids in demandee.get("poids", {}).items()
        ]
