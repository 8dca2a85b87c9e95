"""What an agent or a porteur types in the pre-screening: forms check what the person can correct."""

from datetime import timedelta

from django import forms
from django.utils.text import capfirst

from instruction.models import (
    DELAI_MINIMAL_JOURS,
    LONGUEUR_MOTIF_REFUS,
    Instruction,
    NoteInstruction,
    PieceReclamee,
    Reponse,
    Verdict,
)
from manufactures import horloge
from manufactures.francais import date_longue
from manufactures.procedure import Etat

DELAI_PROPOSE_JOURS = 15


def texte(lignes: int = 3, **attrs):
    """A text of a few lines."""
    return forms.Textarea(attrs={"rows": lignes, **attrs})


class EnLigne(forms.RadioSelect):
    """Radios on one line."""

    en_ligne = True


# -- Grid --------------------------------------------------------------------------------------------------------
class VerdictForm(forms.ModelForm):
    """One rule: yes, no, or to be asked; a « no » says why and where it is seen."""

    reponse = forms.ChoiceField(label="Réponse", choices=Reponse.choices, widget=EnLigne, required=False)

    class Meta:
        model = Verdict
        fields = ["reponse", "motif", "preuve", "preuve_ou"]
        labels = {"motif": "Motif, ou ce qui est à demander", "preuve": "Preuve : le passage cité"}
        widgets = {"motif": texte(2), "preuve": texte(2)}

    def __init__(self, *args, epingles=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preuve_ou"] = forms.ChoiceField(
            label="Épinglée sur", choices=[("", "Nulle part"), *epingles], required=False
        )
        self.fields["preuve"].help_text = ""

    def clean(self):
        """What the reader of the decision must find."""
        donnees = super().clean()
        reponse, motif = donnees.get("reponse"), (donnees.get("motif") or "").strip()
        if reponse == Reponse.NON:
            if not motif:
                self.add_error("motif", "Écrivez pourquoi la règle n'est pas remplie.")
            if not donnees.get("preuve") and not donnees.get("preuve_ou"):
                self.add_error("preuve", "Citez le passage, ou épinglez l'endroit où cela se voit.")
        if reponse == Reponse.A_DEMANDER and not motif:
            self.add_error("motif", "Écrivez ce que le porteur doit préciser ou fournir.")
        return donnees


class NoteForm(forms.ModelForm):
    """One criterion: an indicative mark, findings, what is to be cleared up."""

    note = forms.TypedChoiceField(
        label="Note indicative",
        choices=[("", "Sans note"), *((n, f"{n}/5") for n in range(6))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = NoteInstruction
        fields = ["note", "commentaire", "a_eclaircir"]
        widgets = {"commentaire": texte(3), "a_eclaircir": texte(2)}


class AvisForm(forms.ModelForm):
    """What the committee reads first, and what it will ask."""

    class Meta:
        model = Instruction
        fields = ["avis", "risques", "questions", "jours_estimes"]
        widgets = {"avis": texte(5), "risques": texte(2), "questions": texte(3)}


class Grille:
    """All the forms of one grid, read and saved together; each line is a form with the rule's code as prefix."""

    def __init__(self, grille, data=None, epingles=()):
        appel = grille.dossier.vague.appel
        criteres = list(appel.criteres.exclude(nature="ARBITRAGE").order_by("rang"))
        verdicts = {v.critere_id: v for v in grille.verdicts.all()}
        notes = {n.critere_id: n for n in grille.notes.all()}
        self.data = data
        self.regles, self.notes = [], []
        for critere in criteres:
            if critere.nature == "ELIGIBILITE":
                ligne = verdicts.get(critere.pk) or Verdict(instruction=grille, critere=critere)
                form = VerdictForm(data, instance=ligne, prefix=critere.code, epingles=epingles)
            else:
                ligne = notes.get(critere.pk) or NoteInstruction(instruction=grille, critere=critere)
                form = NoteForm(data, instance=ligne, prefix=critere.code)
            form.critere = critere
            (self.regles if critere.nature == "ELIGIBILITE" else self.notes).append(form)
        self.avis = AvisForm(data, instance=grille)

    @property
    def forms(self) -> list:
        """Every form, in the order of the page: the alert lists their errors."""
        return [*self.regles, *self.notes, self.avis]

    is_bound = property(lambda self: self.data is not None)

    def non_form_errors(self) -> list:
        """No error but those of the lines."""
        return []

    @property
    def errors(self) -> bool:
        """The title says so."""
        return self.is_bound and any(form.errors for form in self.forms)

    def is_valid(self) -> bool:
        """Every line holds."""
        return all([form.is_valid() for form in self.forms])

    def une(self, code: str):
        """The form of one line, or None."""
        return next((f for f in (*self.regles, *self.notes) if f.prefix == code), None)

    def saisies(self) -> dict:
        """What `Instruction.enregistrer` takes."""
        return {
            "verdicts": {f.prefix: saisie(f) for f in self.regles},
            "notes": {f.prefix: saisie(f) for f in self.notes},
            **{nom: self.avis.cleaned_data[nom] for nom in self.avis.fields},
        }


def saisie(form) -> dict:
    """The entry of one line, stripped as it will be stored."""
    return {nom: v.strip() if isinstance(v, str) else v for nom, v in form.cleaned_data.items()}


class RefusForm(forms.Form):
    """The reason of a proposed refusal, printed in the decision."""

    motif = forms.CharField(
        label="Motif (imprimé dans la décision)",
        widget=texte(5),
        min_length=LONGUEUR_MOTIF_REFUS,
        help_text=f"{LONGUEUR_MOTIF_REFUS} caractères au moins : les faits, et la règle qu'ils ne remplissent pas.",
        error_messages={
            "required": "Écrivez le motif du refus.",
            "min_length": f"Écrivez au moins {LONGUEUR_MOTIF_REFUS} caractères : les faits, et la règle non remplie.",
        },
    )


class MotifForm(forms.Form):
    """Why an examination starts again."""

    motif = forms.CharField(label="Motif", widget=texte(3), error_messages={"required": "Écrivez le motif."})


class SignatureForm(forms.Form):
    """The signatory's own reason: the proposed one, read again."""

    motif = forms.CharField(
        label="Motif de la décision",
        widget=texte(5),
        help_text="Il est imprimé sur la décision et gardé au journal.",
        error_messages={"required": "Écrivez le motif de la décision."},
    )


class AffecterForm(forms.Form):
    """Who will examine."""

    instructeur = forms.ModelChoiceField(
        label="Instruit par",
        queryset=None,
        empty_label="Choisissez un agent",
        error_messages={"required": "Choisissez un agent."},
    )

    def __init__(self, *args, agents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["instructeur"].queryset = agents
        self.fields["instructeur"].label_from_instance = lambda agent: agent.nom_complet


# -- Completions -------------------------------------------------------------------------------------------------
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
        help_text="PDF, image ou document bureautique, 20 Mo au plus par fichier.",
    )

    def clean(self):
        """Something is said or sent."""
        donnees = super().clean()
        if not self.errors and not (donnees.get("texte") or "").strip() and not donnees.get("fichiers"):
            self.add_error("texte", "Écrivez une réponse ou joignez un fichier.")
        return donnees


class MessageForm(forms.Form):
    """A message of the thread."""

    texte = forms.CharField(
        label="Votre message", widget=texte(4), error_messages={"required": "Écrivez un message."}
    )


class NoteInterneForm(forms.Form):
    """A note between agents."""

    texte = forms.CharField(
        label="Nouvelle note",
        widget=texte(2),
        help_text="Lue par les agents de l'appel et l'audit, jamais par le porteur ni le comité.",
        error_messages={"required": "Écrivez une note."},
    )


# -- List --------------------------------------------------------------------------------------------------------
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
