"""An agenda to make: filters and order in the address, rapporteurs to look over before they are named."""

from django import forms

from candidatures.models import TypeTerritoire
from manufactures.programme.models import Filiere, Region
from selection.composition import Groupement, Ordre, Rapporteurs


class FiltreDAgendaForm(forms.Form):
    """Which admissible dossiers, in what order, put together how."""

    territoire = forms.ChoiceField(
        label="Territoire", required=False, choices=[("", "Tous"), *TypeTerritoire.choices]
    )
    filiere = forms.ModelChoiceField(
        label="Filière", queryset=Filiere.objects.order_by("libelle"), required=False, empty_label="Toutes"
    )
    region = forms.ModelChoiceField(
        label="Région", queryset=Region.objects.order_by("nom"), required=False, empty_label="Toutes"
    )
    ordre = forms.ChoiceField(label="Ordre", required=False, choices=Ordre.choices)
    groupement = forms.ChoiceField(label="Regroupement", required=False, choices=Groupement.choices)

    @property
    def filtres(self) -> dict:
        """What is asked, a wrong choice being no filter."""
        dits = self.cleaned_data if self.is_valid() else {}
        return {nom: dits.get(nom) for nom in ("territoire", "filiere", "region") if dits.get(nom)}

    @property
    def ordre_dit(self) -> str:
        """By name where none is asked."""
        return (self.cleaned_data.get("ordre") if self.is_valid() else "") or Ordre.NOM

    @property
    def groupement_dit(self) -> str:
        """None where none is asked."""
        return (self.cleaned_data.get("groupement") if self.is_valid() else "") or ""


class RapporteursForm(forms.Form):
    """One list an item: the members who may report on it, nobody being an answer."""

    def __init__(self, *args, rapporteurs: Rapporteurs, **kwargs):
        super().__init__(*args, **kwargs)
        self.points = rapporteurs.points
        for point in rapporteurs.points:
            empeches = rapporteurs.empechements(point.dossier_id)
            membres = [(cle, m) for cle, m in rapporteurs.membres.items() if cle not in empeches]
            self.fields[f"point-{point.pk}"] = forms.TypedChoiceField(
                label=f"Rapporteur de {point.dossier.nom_projet}", coerce=int, empty_value=None, required=False,
                choices=[("", "Personne"), *((str(cle), str(membre)) for cle, membre in membres)],
                error_messages={"invalid_choice": "Cette personne ne peut pas rapporter ce dossier."},
            )  # fmt: skip

    @property
    def choix(self) -> dict[int, int | None]:
        """Item -> member, as typed."""
        return {point.pk: self.cleaned_data[f"point-{point.pk}"] for point in self.points}

    def lignes(self):
        """Each item with its list."""
        return [(point, self[f"point-{point.pk}"]) for point in self.points]
