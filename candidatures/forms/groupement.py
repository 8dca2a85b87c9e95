"""A partner of the consortium, and the answer of its representative."""

from django import forms

from candidatures.forms.champs import NumeroField
from candidatures.models import MembreConsortium
from candidatures.numeros import valider_siret
from manufactures.programme.models import FormeJuridique


class PartenaireDuGroupementForm(forms.ModelForm):
    """A legal person beside the lead; the representative's address receives the mandate."""

    use_required_attribute = False
    siret = NumeroField(
        label="SIRET",
        required=False,
        validators=[valider_siret],
        help_text="14 chiffres. Laissez vide si la structure n'est pas encore immatriculée.",
    )

    class Meta:
        model = MembreConsortium
        fields = ["raison_sociale", "forme_juridique", "siret", "role", "representant", "courriel"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.validate_constraints = lambda exclude=None: None
        self.fields["forme_juridique"].queryset = FormeJuridique.objects.order_by("libelle")
        self.fields["forme_juridique"].empty_label = "Choisir"
        dites = {
            "raison_sociale": "Nommez la structure.",
            "forme_juridique": "Choisissez la forme juridique.",
            "role": "Dites ce que ce partenaire fait dans le projet.",
            "representant": "Nommez la personne qui engage la structure.",
            "courriel": "Écrivez une adresse : elle recevra le mandat.",
        }
        for nom, champ in self.fields.items():
            champ.label = champ.label[:1].upper() + champ.label[1:]
            if nom in dites:
                champ.required = True
                champ.error_messages["required"] = dites[nom]
        self.fields["role"].help_text = "Par exemple : apporte ses machines, accueille le site rural."
        self.fields["representant"].help_text = "Prénom et nom de la personne qui engage la structure."
        self.fields["courriel"].help_text = "La sienne : elle recevra le mandat à lire et à confirmer."
        self.fields["courriel"].error_messages["invalid"] = "Écrivez une adresse, par exemple nom@exemple.fr."

    def valeurs(self) -> dict:
        """What was typed, for the deed."""
        return {nom: self.cleaned_data[nom] for nom in self.Meta.fields}


class ReponseAuMandatForm(forms.Form):
    """Who answers for the partner: gives the mandate, the box ticked, or refuses it with a reason."""

    use_required_attribute = False
    nom = forms.CharField(
        label="Prénom et nom",
        max_length=120,
        error_messages={"required": "Écrivez votre prénom et votre nom."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    qualite = forms.CharField(
        label="Qualité",
        max_length=120,
        help_text="Ce qui vous permet d'engager la structure : présidente, gérant, maire.",
        error_messages={"required": "Écrivez votre qualité."},
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    accord = forms.BooleanField(
        label="J'ai lu le mandat, j'ai qualité pour engager la structure, et je le donne.", required=False
    )
    motif = forms.CharField(
        label="Si vous refusez : pourquoi ?",
        max_length=1000,
        required=False,
        help_text="Votre réponse est lue par les personnes qui préparent le dossier.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, donne=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.donne = donne

    def clean(self):
        """The box to give, the reason to refuse."""
        dits = super().clean()
        if self.donne and not dits.get("accord"):
            self.add_error("accord", "Cochez cette case pour donner le mandat.")
        if not self.donne and not dits.get("motif"):
            self.add_error("motif", "Écrivez pourquoi vous refusez, en une phrase.")
        return dits


class RetraitDeMandatForm(forms.Form):
    """Why the lead writes down that a mandate is withdrawn."""

    use_required_attribute = False
    motif = forms.CharField(
        label="Pourquoi ce mandat est retiré",
        max_length=1000,
        error_messages={"required": "Écrivez pourquoi, en une phrase."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
