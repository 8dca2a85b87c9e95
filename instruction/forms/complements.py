"""Asking for completions and answering: forms check what the person can correct."""

from datetime import timedelta

from django import forms

from candidatures.fichiers import ACCEPTES
from instruction.forms.commun import texte
from instruction.models import DELAI_MINIMAL_JOURS, PieceReclamee
from manufactures import horloge
from manufactures.francais import date_longue

DELAI_PROPOSE_JOURS = 15


class DemandeForm(forms.Form):
    """The message and the due date of a request."""

    texte = forms.CharField(
        label="Message au porteur",
        widget=texte(4),
        error_messages={"required": "Écrivez un message au porteur."},
    )
    echeance = forms.DateField(
        label="Réponse attendue avant la fin du",
        widget=forms.DateInput,
        error_messages={
            "required": "Choisissez une date.",
            "invalid": "Écrivez une date, par exemple 08/12/2026.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.au_plus_tot = horloge.aujourd_hui() + timedelta(days=DELAI_MINIMAL_JOURS)
        self.fields[
            "echeance"
        ].help_text = f"{DELAI_MINIMAL_JOURS} jours au moins : à partir du {date_longue(self.au_plus_tot)}."
        self.fields["echeance"].initial = horloge.aujourd_hui() + timedelta(days=DELAI_PROPOSE_JOURS)

    def clean_echeance(self):
        """Ten days at least (CRPA L114-5 gives no figure; the call does)."""
        echeance = self.cleaned_data["echeance"]
        if echeance < self.au_plus_tot:
            raise forms.ValidationError(
                f"Laissez au moins {DELAI_MINIMAL_JOURS} jours : à partir du {date_longue(self.au_plus_tot)}."
            )
        return echeance


class PieceReclameeForm(forms.ModelForm):
    """One point of the request; emptied, it is left out."""

    class Meta:
        model = PieceReclamee
        fields = ["libelle", "reference", "raison", "indispensable", "regle"]
        labels = {
            "raison": "Pourquoi",
            "indispensable": "Indispensable : sans cet élément, l'examen s'arrête",
        }
        widgets = {"raison": texte(2), "regle": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["libelle"].required = False
        self.empty_permitted, self.use_required_attribute = True, False

    def clean(self):
        """A reason without its element says nothing."""
        donnees = super().clean()
        if donnees.get("raison") and not donnees.get("libelle") and not self.initial:
            self.add_error("libelle", "Nommez l'élément demandé.")
        return donnees


class PiecesFormSet(forms.BaseFormSet):
    """The points of a request: those of the verdicts « à demander », and three more."""

    def clean(self):
        """At least one point."""
        if not any(self.errors) and not self.retenues():
            raise forms.ValidationError("Demandez au moins un élément.")

    def retenues(self) -> list[dict]:
        """The points kept."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("libelle")]


PiecesReclamees = forms.formset_factory(PieceReclameeForm, formset=PiecesFormSet, extra=0)


class ProlongerForm(forms.Form):
    """A later due date."""

    echeance = forms.DateField(
        label="Nouvelle date, journée comprise",
        widget=forms.DateInput,
        error_messages={
            "required": "Choisissez une date.",
            "invalid": "Écrivez une date, par exemple 08/12/2026.",
        },
    )

    def __init__(self, *args, demande, **kwargs):
        super().__init__(*args, **kwargs)
        self.demande = demande

    def clean_echeance(self):
        """Later than now, and than before."""
        echeance = self.cleaned_data["echeance"]
        if echeance <= max(self.demande.echeance.astimezone(horloge.PARIS).date(), horloge.aujourd_hui()):
            raise forms.ValidationError("Choisissez une date après l'échéance actuelle, et à venir.")
        return echeance


class Fichiers(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """All of them, not the last one."""
        return files.getlist(name)


class FichiersField(forms.FileField):
    """A list of files, perhaps empty."""

    widget = Fichiers

    def clean(self, data, initial=None):
        """Each file by the usual checks; what they contain is checked where they are stored."""
        donnees = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FichiersField, self).clean(un, initial) for un in donnees]


class ReponseForm(forms.Form):
    """An answer to one point: words, files, or both."""

    texte = forms.CharField(label="Votre réponse", widget=texte(4), required=False)
    fichiers = FichiersField(
        label="Fichiers",
        required=False,
        help_text=ACCEPTES,
    )

    def clean(self):
        """Something is said or sent."""
        donnees = super().clean()
        if not self.errors and not (donnees.get("texte") or "").strip() and not donnees.get("fichiers"):
            self.add_error("texte", "Écrivez une réponse ou joignez un fichier.")
        return donnees
