"""The grid as it is typed: a form a line, all saved together; what concludes it."""

from copy import copy

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from instruction.forms.commun import EnLigne, texte
from instruction.models import LONGUEUR_MOTIF_REFUS, Instruction, NoteInstruction, Reponse, Verdict

JOURS_AU_PLUS = 100


class ListeDePreuves(forms.Select):
    """Where a proof is pinned: the options are those of the whole grid, drawn once for all its lines."""

    def __init__(self, epingles):
        super().__init__()
        self.epingles = epingles

    def use_required_attribute(self, initial):
        """Never: a proof may be cited without being pinned."""
        return False

    def render(self, name, value, attrs=None, renderer=None):
        """The control; of the common options, the one of this line is selected."""
        attrs = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        choisie = format_html(' value="{}"', value or "")
        options = self.epingles.options.replace(choisie, f"{choisie} selected", 1)
        return format_html("<select{}>{}</select>", flatatt(attrs), mark_safe(options))


class Epingles:
    """The places where a proof may be pinned, read at the first need: `lire() -> groups of (anchor, label)`."""

    def __init__(self, lire=list):
        self.lire = lire

    @cached_property
    def choix(self) -> list:
        """The choices of every line."""
        return [("", "Nulle part"), *self.lire()]

    @cached_property
    def options(self) -> str:
        """The same in HTML, each with its escaped label."""
        (vide, nulle_part), *groupes = self.choix
        return format_html('<option value="{}">{}</option>', vide, nulle_part) + format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            (
                (titre, format_html_join("", '<option value="{}">{}</option>', choix))
                for titre, choix in groupes
            ),
        )


class VerdictForm(forms.ModelForm):
    """One rule: yes, no, or to be asked; a « no » says why and where it is seen."""

    reponse = forms.ChoiceField(label="Réponse", choices=Reponse.choices, widget=EnLigne, required=False)

    class Meta:
        model = Verdict
        fields = ["reponse", "motif", "preuve", "preuve_ou"]
        labels = {"motif": "Motif, ou ce qui est à demander", "preuve": "Preuve : le passage cité"}
        widgets = {"motif": texte(2), "preuve": texte(2)}

    def __init__(self, *args, epingles: Epingles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preuve_ou"] = forms.ChoiceField(
            label="Épinglée sur",
            choices=lambda: epingles.choix,
            widget=ListeDePreuves(epingles),
            required=False,
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

    def clean_jours_estimes(self):
        """As the database holds it, in words."""
        jours = self.cleaned_data["jours_estimes"]
        if jours is not None and not 0 <= jours <= JOURS_AU_PLUS:
            raise forms.ValidationError(f"Écrivez un nombre de jours entre 0 et {JOURS_AU_PLUS}.")
        return jours


class Grille:
    """All the forms of one grid, read and saved together; each line is a form with the rule's code as prefix."""

    def __init__(self, grille, data=None, epingles=list):
        appel = grille.dossier.vague.appel
        criteres = list(appel.criteres.exclude(nature="ARBITRAGE").order_by("rang"))
        # Copies: a form writes what was typed on its row before anything is decided.
        verdicts = {v.critere_id: copy(v) for v in grille.verdicts.all()}
        notes = {n.critere_id: copy(n) for n in grille.notes.all()}
        self.data = data
        epingles = Epingles(epingles)
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
        self.avis = AvisForm(data, instance=copy(grille))

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
