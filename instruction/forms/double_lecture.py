"""The second reading as it is typed, and what settles a gap."""

from django import forms

from instruction.forms.commun import EnLigne, texte
from instruction.models import Reponse
from manufactures.programme.models import Critere, NatureCritere


class LigneSecondeForm(forms.Form):
    """One line: an answer or a mark, and why."""

    use_required_attribute = False
    motif = forms.CharField(label="Motif ou constats", widget=texte(2), required=False)

    def __init__(self, *args, critere: Critere, **kwargs):
        super().__init__(*args, prefix=critere.code, **kwargs)
        self.critere = critere
        self.fields[self.nom] = champ_de(critere)
        self.order_fields([self.nom, "motif"])

    @property
    def nom(self) -> str:
        """Name of the field that is compared."""
        return "reponse" if self.critere.nature == NatureCritere.ELIGIBILITE else "note"

    def clean(self):
        """A « non » says why."""
        donnees = super().clean()
        if donnees.get("reponse") == Reponse.NON and not (donnees.get("motif") or "").strip():
            self.add_error("motif", "Écrivez pourquoi la règle n'est pas remplie.")
        return donnees


class ConciliationForm(forms.Form):
    """What both will say of a line."""

    use_required_attribute = False
    mots = forms.CharField(
        label="Pourquoi",
        widget=texte(2),
        help_text="Gardé au journal, avec vos deux noms.",
        error_messages={"required": "Écrivez en quelques mots pourquoi cette note ou cette réponse."},
    )

    def __init__(self, *args, critere: Critere, **kwargs):
        super().__init__(*args, prefix=f"accord-{critere.code}", **kwargs)
        nom = "reponse" if critere.nature == NatureCritere.ELIGIBILITE else "note"
        self.fields[nom] = champ_de(critere, requis=True)
        self.order_fields([nom, "mots"])


def champ_de(critere: Critere, *, requis: bool = False) -> forms.Field:
    """The answer to a rule, or the mark of a criterion on its scale."""
    if critere.nature == NatureCritere.ELIGIBILITE:
        return forms.ChoiceField(
            label="Réponse",
            choices=Reponse.choices,
            widget=EnLigne,
            required=requis,
            error_messages={"required": "Choisissez une réponse."},
        )
    notes = ((n, f"{n}/{critere.echelle}") for n in range(critere.echelle + 1))
    return forms.TypedChoiceField(
        label="Note",
        choices=[("", "Sans note"), *notes],
        coerce=int,
        empty_value=None,
        required=requis,
        error_messages={"required": "Choisissez une note."},
    )
