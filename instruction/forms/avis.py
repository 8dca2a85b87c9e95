"""Asking a third party for an opinion, and giving it."""

from datetime import timedelta

from django import forms

from candidatures.fichiers import ACCEPTES, EXTENSIONS
from instruction.forms.commun import texte
from instruction.models import Organisme, SensAvisTiers
from instruction.models.avis_tiers import DELAI_PROPOSE_JOURS
from manufactures import horloge

DATE_ILLISIBLE = {"required": "Choisissez une date.", "invalid": "Écrivez une date, par exemple 08/12/2026."}


class DemandeAvisForm(forms.Form):
    """Of whom, what, until when."""

    use_required_attribute = False
    organisme = forms.ChoiceField(
        label="Organisme",
        choices=[("", "Choisir"), *Organisme.choices],
        error_messages={"required": "Choisissez qui vous consultez."},
    )
    nom = forms.CharField(
        label="Nom de l'organisme",
        max_length=160,
        help_text="Par exemple : préfecture de l'Aude.",
        error_messages={"required": "Écrivez le nom de l'organisme, par exemple : préfecture de l'Aude."},
    )
    courriel = forms.EmailField(
        label="Adresse électronique",
        help_text="Le lien personnel y est envoyé. Il ouvre le dossier déposé, sans coordonnées ni compte bancaire.",
        error_messages={
            "required": "Écrivez l'adresse où envoyer le lien.",
            "invalid": "Écrivez une adresse complète, par exemple contact@aude.gouv.fr.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    question = forms.CharField(
        label="Ce que vous demandez", widget=texte(3), required=False, max_length=2000,
        help_text="Une question précise donne un avis utile. L'organisme la lit en tête de sa page.",
    )  # fmt: skip
    echeance = forms.DateField(
        label="Avis attendu avant la fin du", widget=forms.DateInput, error_messages=DATE_ILLISIBLE
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["echeance"].initial = horloge.aujourd_hui() + timedelta(days=DELAI_PROPOSE_JOURS)

    def clean_echeance(self):
        """To come."""
        echeance = self.cleaned_data["echeance"]
        if echeance <= horloge.aujourd_hui():
            raise forms.ValidationError("Choisissez une date à venir.")
        return echeance


class RelanceAvisForm(forms.Form):
    """A new link, and a later date if one is given."""

    use_required_attribute = False
    echeance = forms.DateField(
        label="Nouvelle date, journée comprise",
        required=False,
        widget=forms.DateInput,
        help_text="Facultatif : sans date, l'échéance reste la même.",
        error_messages=DATE_ILLISIBLE,
    )


class RetraitAvisForm(forms.Form):
    """Why the opinion is awaited no more."""

    use_required_attribute = False
    motif = forms.CharField(
        label="Pourquoi cet avis n'est plus attendu",
        max_length=300,
        widget=texte(2),
        error_messages={"required": "Écrivez pourquoi, en une phrase."},
    )


class AvisForm(forms.Form):
    """The opinion of the third party: its direction, its words, who signs, one file perhaps."""

    use_required_attribute = False
    sens = forms.ChoiceField(
        label="Votre avis",
        choices=SensAvisTiers.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez le sens de votre avis."},
    )
    texte = forms.CharField(
        label="Ce qui le fonde",
        widget=texte(8),
        max_length=10_000,
        error_messages={"required": "Écrivez ce qui fonde votre avis, en quelques phrases."},
    )
    nom = forms.CharField(
        label="Prénom et nom",
        max_length=120,
        error_messages={"required": "Écrivez votre prénom et votre nom."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    qualite = forms.CharField(
        label="Qualité",
        max_length=120,
        help_text="Par exemple : cheffe du service développement économique.",
        error_messages={"required": "Écrivez votre qualité."},
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    fichier = forms.FileField(
        label="Un fichier, si besoin",
        required=False,
        allow_empty_file=True,
        help_text=ACCEPTES.split(" 20 Mo")[0] + " 20 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{e}" for e in EXTENSIONS)}),
    )
