"""Asking for completions and answering: forms check what the person can correct."""

from datetime import timedelta

from django import forms

from candidatures.fichiers import ACCEPTES
from instruction.cibles import choix_de_cibles
from instruction.forms.commun import texte
from instruction.models import DELAI_MINIMAL_JOURS, PieceReclamee
from manufactures import horloge
from manufactures.francais import date_longue

DELAI_PROPOSE_JOURS = 15
LONGUEUR_LIBELLE = 200
TEXTE_LONG, LIGNES_LONGUES, LIGNES_COURTES = 400, 10, 3


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
    """One point of the request, perhaps pinned to a passage of the dossier; emptied, it is left out."""

    use_required_attribute = False
    cible = forms.ChoiceField(
        label="Où, dans le dossier",
        required=False,
        help_text="Le porteur verra la demande à côté de ce passage, et lui seul sera ouvert.",
        error_messages={"invalid_choice": "Ce passage n'est pas dans la version déposée."},
    )

    class Meta:
        model = PieceReclamee
        fields = ["libelle", "cible", "reference", "raison", "indispensable", "regle", "reprend"]
        labels = {
            "raison": "Pourquoi",
            "indispensable": "Indispensable : sans cet élément, l'examen s'arrête",
        }
        widgets = {"raison": texte(2), "regle": forms.HiddenInput, "reprend": forms.HiddenInput}

    def __init__(self, *args, passages: dict, a_redemander, **kwargs):
        super().__init__(*args, **kwargs)
        self.passages = passages
        self.fields["libelle"].required = False
        self.fields["cible"].choices = choix_de_cibles(passages)
        self.fields["reprend"].queryset = a_redemander
        self.empty_permitted = True

    @property
    def passage(self):
        """The passage chosen so far, to be read beside the point."""
        cle = self["cible"].value()
        return self.passages.get(cle)

    def clean(self):
        """A reason without its element says nothing; a passage names itself."""
        donnees = super().clean()
        passage = self.passages.get(donnees.get("cible") or "")
        if passage is not None and not donnees.get("libelle") and donnees.get("raison"):
            donnees["libelle"] = passage.libelle[:LONGUEUR_LIBELLE]
        if donnees.get("raison") and not donnees.get("libelle") and not self.initial:
            self.add_error("libelle", "Nommez l'élément demandé.")
        donnees["endroit"] = passage.endroit if passage else ""
        return donnees


class PiecesFormSet(forms.BaseFormSet):
    """The points of a request: those judged short, those of the verdicts « à demander », and a few more."""

    def clean(self):
        """At least one point."""
        if not any(self.errors) and not self.retenues():
            raise forms.ValidationError("Demandez au moins un élément.")

    def retenues(self) -> list[dict]:
        """The points kept."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("libelle")]


PiecesReclamees = forms.formset_factory(PieceReclameeForm, formset=PiecesFormSet, extra=0)


def avec_un_point(donnees, prefixe: str, cle: str, libelle: str):
    """The same posted points, and one more pinned to this passage: in an empty place, else at the end."""
    copie = donnees.copy()
    total = int(copie.get(f"{prefixe}-TOTAL_FORMS") or 0)
    vides = [
        rang
        for rang in range(total)
        if not any(copie.get(f"{prefixe}-{rang}-{nom}") for nom in ("libelle", "cible", "raison"))
    ]
    rang = vides[0] if vides else total
    copie[f"{prefixe}-TOTAL_FORMS"] = str(max(total, rang + 1))
    copie[f"{prefixe}-{rang}-cible"] = cle
    copie[f"{prefixe}-{rang}-libelle"] = libelle[:LONGUEUR_LIBELLE]
    return copie


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
    """An answer to one point: words, files, or both; and the pinned answer written anew, where there is one."""

    use_required_attribute = False
    redaction = forms.CharField(label="Nouvelle rédaction", widget=texte(6), required=False)
    texte = forms.CharField(label="Votre réponse", widget=texte(4), required=False)
    fichiers = FichiersField(label="Fichiers", required=False, help_text=ACCEPTES)

    def __init__(self, *args, passage=None, deja: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.depose = ""
        if passage is None or not passage.se_reecrit:
            del self.fields["redaction"]
            return
        self.depose = deja or passage.texte
        champ = self.fields["redaction"]
        champ.label = f"Nouvelle rédaction de « {passage.libelle} »"
        champ.help_text = "Corrigez ou complétez. Ce que vous avez déposé reste lisible à côté."
        champ.initial = self.depose
        champ.widget.attrs["rows"] = LIGNES_LONGUES if len(self.depose) > TEXTE_LONG else LIGNES_COURTES
        self.fields["texte"].label = "Un mot d'explication"
        self.fields["texte"].widget.attrs["rows"] = LIGNES_COURTES

    def clean_redaction(self):
        """What is not changed is no answer."""
        ecrit = self.cleaned_data["redaction"]
        return "" if ecrit.split() == self.depose.split() else ecrit

    def clean(self):
        """Something is said or sent."""
        donnees = super().clean()
        dit = (donnees.get("texte") or "").strip() or (donnees.get("redaction") or "").strip()
        if not self.errors and not dit and not donnees.get("fichiers"):
            premier = "redaction" if "redaction" in self.fields else "texte"
            self.add_error(premier, "Écrivez une réponse ou joignez un fichier.")
        return donnees


class MotsForm(forms.Form):
    """What is still missing, for a point asked again."""

    use_required_attribute = False
    mots = forms.CharField(
        label="Ce qui manque encore",
        widget=texte(2),
        max_length=1000,
        help_text="Repris dans la prochaine demande : le porteur le lira.",
        error_messages={"required": "Écrivez ce qui manque encore : le porteur le lira."},
    )


class IncompletForm(forms.Form):
    """The rules that cannot be verified without what did not come."""

    use_required_attribute = False
    regles = forms.MultipleChoiceField(
        label="Règles qui ne peuvent pas être vérifiées",
        widget=forms.CheckboxSelectMultiple,
        help_text="Elles sont répondues « non », avec la demande restée sans réponse pour motif.",
        error_messages={"required": "Cochez au moins une règle."},
    )

    def __init__(self, *args, regles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["regles"].choices = [(regle.code, f"{regle.code}, {regle.libelle}") for regle in regles]
