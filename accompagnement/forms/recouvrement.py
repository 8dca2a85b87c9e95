"""Forms of the recovery: the facts, the answer, the decision, the money come back."""

from django import forms

from accompagnement.forms.incubation import DateField
from accompagnement.models.recouvrement import SUBVENTIONS, MotifRecouvrement
from candidatures.forms.champs import MontantField
from manufactures import horloge

ARTICLES = [
    ("3", "3, montants et taux"),
    ("4", "4, dépenses éligibles"),
    ("5", "5, versements"),
    ("12", "12, contrôle"),
    ("13", "13, reversement"),
    ("15", "15, résiliation"),
]


class RecouvrementForm(forms.Form):
    """What the letter says."""

    nature = forms.ChoiceField(label="Subvention", choices=SUBVENTIONS)
    motif = forms.ChoiceField(label="Motif", choices=MotifRecouvrement)
    fait = forms.CharField(
        label="Fait constaté",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une phrase, avec ses montants. Elle est écrite dans la lettre.",
    )
    piece = forms.CharField(label="Pièce qui l'établit", max_length=200)
    article = forms.ChoiceField(label="Article de la convention", choices=ARTICLES)
    montant_envisage = MontantField(label="Reversement envisagé (€)")
    calcul = forms.CharField(
        label="Calcul",
        max_length=500,
        help_text="Par exemple : 50 % × 150 000 € = 75 000 € dus ; 80 000 € versés ; écart 5 000 €.",
    )


class ObservationsDuBeneficiaireForm(forms.Form):
    """The beneficiary's answer."""

    texte = forms.CharField(
        label="Vos observations", max_length=5000, widget=forms.Textarea(attrs={"rows": 8})
    )


class DecisionDeReversementForm(forms.Form):
    """The decision: a sum, or none, and why."""

    montant_exige = MontantField(
        label="Montant à reverser (€)", help_text="0 : aucune suite. Jamais plus que la lettre n'annonce."
    )
    motivation = forms.CharField(
        label="Motifs",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Répondez aux observations du bénéficiaire : il lira ce texte.",
    )


class ReversementForm(forms.Form):
    """The money come back."""

    reference = forms.CharField(label="Référence du reversement", max_length=60)
    reverse_le = DateField(label="Date du reversement")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reverse_le"].initial = horloge.aujourd_hui()
