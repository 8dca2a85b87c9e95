"""The grid as it is typed: a form a line, all saved together; what concludes it."""

from copy import copy

from django import forms
from django.utils.functional import cached_property

from instruction.forms.commun import EnLigne, texte
from instruction.lectures import criteres_de, lignes_ecrites, passages_cites
from instruction.models import Instruction, NoteInstruction, Reponse, Verdict
from instruction.models.epingles import PAGES_AU_PLUS
from manufactures.programme.models import NatureCritere

JOURS_AU_PLUS = 100
ECHELLE = 5  # of most criteria


class VerdictForm(forms.ModelForm):
    """One rule: yes, no, or to be asked; a « no » says why and where it is seen."""

    reponse = forms.ChoiceField(label="Réponse", choices=Reponse.choices, widget=EnLigne, required=False)

    class Meta:
        model = Verdict
        fields = ["reponse", "motif", "preuve"]
        labels = {"motif": "Motif, ou ce qui est à demander", "preuve": "Preuve : le passage cité"}
        widgets = {"motif": texte(2), "preuve": texte(2)}

    def __init__(self, *args, est_epinglee=lambda: False, **kwargs):
        super().__init__(*args, **kwargs)
        self.est_epinglee = est_epinglee
        self.fields["preuve"].help_text = ""

    def clean(self):
        """What the reader of the decision must find."""
        donnees = super().clean()
        reponse, motif = donnees.get("reponse"), (donnees.get("motif") or "").strip()
        if reponse == Reponse.NON:
            if not motif:
                self.add_error("motif", "Écrivez pourquoi la règle n'est pas remplie.")
            if not donnees.get("preuve") and not self.est_epinglee():
                self.add_error("preuve", "Citez le passage, ou épinglez l'endroit où cela se voit.")
        if reponse == Reponse.A_DEMANDER and not motif:
            self.add_error("motif", "Écrivez ce que le porteur doit préciser ou fournir.")
        return donnees


class NoteForm(forms.ModelForm):
    """One criterion: an indicative mark, findings, what is to be cleared up."""

    note = forms.TypedChoiceField(
        label="Note indicative",
        choices=[("", "Sans note"), *((n, f"{n}/{ECHELLE}") for n in range(ECHELLE + 1))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = NoteInstruction
        fields = ["note", "commentaire", "a_eclaircir"]
        widgets = {"commentaire": texte(3), "a_eclaircir": texte(2)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        echelle = self.instance.critere.echelle
        if echelle != ECHELLE:
            notes = ((n, f"{n}/{echelle}") for n in range(echelle + 1))
            self.fields["note"].choices = [("", "Sans note"), *notes]


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


class Ligne:
    """One line of the grid as it is drawn: its criterion, its row, its pins, its form where something was typed."""

    def __init__(self, critere, instance, epingles, form=None):
        self.critere, self.instance, self.epingles, self.form = critere, instance, epingles, form

    @property
    def prefix(self) -> str:
        """The prefix of its fields, and of its anchors."""
        return self.critere.code

    @property
    def est_regle(self) -> bool:
        """A rule answered yes or no; a criterion takes a mark."""
        return self.critere.nature == NatureCritere.ELIGIBILITE

    @property
    def est_remplie(self) -> bool:
        """It says something, hence owes a proof."""
        return bool(self.instance.reponse) if self.est_regle else self.instance.note is not None

    @property
    def est_prouvee(self) -> bool:
        """A pin, or words cited."""
        return bool(self.epingles or self.est_regle and (self.instance.preuve or self.instance.preuve_ou))

    def valeur(self, nom: str):
        """What a field shows: what was typed, or what is kept."""
        lue = getattr(self.instance, nom) if self.form is None else self.form[nom].value()
        return "" if lue is None else lue

    def erreurs(self, nom: str) -> list:
        """What is to be corrected in it."""
        return [] if self.form is None else self.form.errors.get(nom, [])


class Grille:
    """The grid of one examination: its lines to draw, and all its forms, a line's code as prefix, saved together.

    What is typed and right is saved without reading the rows first: `Instruction.enregistrer` reads them, under its
    lock. Rows and pins are read when a line is drawn.
    """

    def __init__(self, grille, data=None, criteres=None):
        self.grille, self.data = grille, data
        self.criteres = criteres or criteres_de(grille)
        self.avis = AvisForm(data, instance=copy(grille))

    def relue(self) -> "Grille":
        """The same lines as they now stand, without what was typed."""
        return Grille(self.grille, criteres=self.criteres)

    def _form(self, critere):
        if critere.nature != NatureCritere.ELIGIBILITE:
            ligne = NoteInstruction(instruction=self.grille, critere=critere)
            return NoteForm(self.data, instance=ligne, prefix=critere.code)
        ligne = Verdict(instruction=self.grille, critere=critere)
        return VerdictForm(
            self.data, instance=ligne, prefix=critere.code, est_epinglee=lambda: self._est_epinglee(critere)
        )

    def _est_epinglee(self, critere) -> bool:
        ecrite = self.ecrites.get(critere.pk)
        return bool(self.epingles.get(critere.pk) or ecrite and ecrite.preuve_ou)

    @cached_property
    def ecrites(self) -> dict:
        """The rows, by the key of their criterion."""
        return lignes_ecrites(self.grille)

    @cached_property
    def passages(self) -> tuple[dict, list]:
        """The pins by the key of their criterion, and the annotations."""
        return passages_cites(self.grille)

    @property
    def epingles(self) -> dict:
        """The pins, by the key of their criterion."""
        return self.passages[0]

    @property
    def annotations(self) -> list:
        """What agents wrote beside passages."""
        return self.passages[1]

    @cached_property
    def formes(self) -> dict:
        """The forms of the lines, by their code; only where something was typed."""
        return {critere.code: self._form(critere) for critere in self.criteres} if self.is_bound else {}

    @cached_property
    def lignes(self) -> list[Ligne]:
        """All the lines, in the order of the grid."""
        lignes = []
        for critere in self.criteres:
            modele = Verdict if critere.nature == NatureCritere.ELIGIBILITE else NoteInstruction
            rangee = self.ecrites.get(critere.pk) or modele(instruction=self.grille)
            rangee.critere = critere
            epingles = self.epingles.get(critere.pk, [])
            lignes.append(Ligne(critere, rangee, epingles, self.formes.get(critere.code)))
        return lignes

    @property
    def regles(self) -> list[Ligne]:
        """The yes/no rules."""
        return [ligne for ligne in self.lignes if ligne.est_regle]

    @property
    def notes(self) -> list[Ligne]:
        """The criteria, marked on five."""
        return [ligne for ligne in self.lignes if not ligne.est_regle]

    @property
    def forms(self) -> list:
        """Every form, in the order of the page: the alert lists their errors."""
        return [*self.formes.values(), self.avis]

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
        """The form of one line, or None: the others are not made."""
        return next((self._form(critere) for critere in self.criteres if critere.code == code), None)

    def ligne(self, code: str) -> Ligne | None:
        """One line to draw."""
        return next((ligne for ligne in self.lignes if ligne.prefix == code), None)

    def saisies_de(self, form) -> dict:
        """What `Instruction.enregistrer` takes of one form alone."""
        if form is self.avis:
            return saisie(form)
        return {"verdicts" if isinstance(form, VerdictForm) else "notes": {form.prefix: saisie(form)}}

    def saisies(self) -> dict:
        """What `Instruction.enregistrer` takes."""
        saisies = {"verdicts": {}, "notes": {}}
        for code, form in self.formes.items():
            saisies["verdicts" if isinstance(form, VerdictForm) else "notes"][code] = saisie(form)
        conclusion = {nom: self.avis.cleaned_data[nom] for nom in self.avis.fields}
        return saisies | conclusion | {"criteres": self.criteres}


def saisie(form) -> dict:
    """The entry of one line, stripped as it will be stored."""
    return {nom: v.strip() if isinstance(v, str) else v for nom, v in form.cleaned_data.items()}


class EpingleForm(forms.Form):
    """A place of the dossier, with the words or the page that one cites; pinned on a line, or annotated."""

    lieu = forms.ChoiceField(label="Lieu du dossier", error_messages={"required": "Choisissez le lieu."})
    passage = forms.CharField(label="Passage (mot pour mot)", widget=texte(2), required=False)
    occurrence = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    page = forms.IntegerField(
        label="Page, pour une pièce",
        min_value=1,
        max_value=PAGES_AU_PLUS,
        required=False,
        error_messages={"min_value": "Écrivez le numéro de la page, par exemple 3."},
    )
    critere = forms.ChoiceField(label="Épingler sur", required=False)
    texte = forms.CharField(label="Annotation", widget=texte(2), required=False)

    def __init__(self, *args, lieux, criteres, **kwargs):
        super().__init__(*args, auto_id="epingle_%s", **kwargs)
        self.fields["lieu"].choices = [("", "Choisissez le lieu"), *lieux]
        self.fields["critere"].choices = [
            ("", "Choisissez la ligne"),
            *((c.code, f"{c.code} {c.libelle}") for c in criteres),
        ]

    def passage_cite(self) -> dict:
        """What the models take to find the place again in the frozen version."""
        lues = self.cleaned_data
        return {
            "passage": lues["passage"],
            "occurrence": lues["occurrence"] or 0,
            "page": lues["page"],
        }


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
