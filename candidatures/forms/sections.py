"""The answers of each section."""

from django import forms
from django.conf import settings
from django.urls import reverse

from candidatures.forms.base import SectionForm
from candidatures.forms.champs import CommuneField, MontantField, NombreField, NumeroField
from candidatures.models import Dossier, VerificationSiret
from candidatures.numeros import (
    compacter,
    valider_demi_journee,
    valider_naf,
    valider_rna,
    valider_siret,
    valider_telephone,
)
from manufactures.programme.models import Filiere, FormeJuridique

SIREN_DES_COLLECTIVITES = ("1", "2", "000")  # 000 was never given: invented dossiers use it


class SiretInput(forms.TextInput):
    """The number, and beside it the button that asks the register of companies; alone where the register is off."""

    adresse = ""

    def demander_a(self, adresse: str) -> None:
        """Where the page is posted to be filled."""
        self.adresse, self.template_name = adresse, "candidatures/_champ_siret.html"

    def get_context(self, name, value, attrs):
        """The button's address, beside what any input has."""
        return super().get_context(name, value, attrs) | {"adresse": self.adresse}


class NafField(forms.CharField):
    """« 94.99Z », with or without its point."""

    def to_python(self, value):
        """In capitals, the point back in its place."""
        code = compacter(super().to_python(value) or "").upper()
        return f"{code[:2]}.{code[2:]}" if code else ""


class StructureForm(SectionForm):
    """Who carries the project, and who represents it."""

    siret = NumeroField(
        label="SIRET",
        required=False,
        validators=[valider_siret],
        widget=SiretInput,
        help_text="14 chiffres, par exemple 123 456 789 00012. Structure en création : laissez vide.",
    )
    numero_rna = NumeroField(
        label="numéro RNA",
        required=False,
        validators=[valider_rna],
        help_text="Associations loi de 1901 : W suivi de neuf caractères, par exemple W751234567.",
    )
    effectif_etp = NombreField(
        label="effectif (équivalents temps plein)",
        max_digits=6,
        decimal_places=2,
        min_value=0,
        required=False,
    )
    forme_juridique = forms.ModelChoiceField(
        label="forme juridique",
        queryset=FormeJuridique.objects.filter(est_admise=True),
        empty_label="Choisir",
    )
    code_naf = NafField(
        label="code NAF",
        required=False,
        validators=[valider_naf],
        help_text="L'activité principale, par exemple 94.99Z.",
    )
    commune_siege = CommuneField(label="commune du siège", help_text="Par exemple « Crest (26) ».")
    code_postal_siege = NumeroField(label="code postal", required=False)
    representant_telephone = NumeroField(
        label="téléphone du représentant légal", validators=[valider_telephone]
    )

    class Meta:
        model = Dossier
        fields = [
            "raison_sociale",
            "siret",
            "forme_juridique",
            "numero_rna",
            "code_naf",
            "tranche_effectif",
            "effectif_etp",
            "regime_tva",
            "adresse_siege",
            "code_postal_siege",
            "commune_siege",
            "representant_civilite",
            "representant_prenom",
            "representant_nom",
            "representant_qualite",
            "representant_courriel",
            "representant_telephone",
        ]
        labels = {
            "representant_civilite": "civilité du représentant légal",
            "representant_prenom": "prénom du représentant légal",
            "representant_nom": "nom du représentant légal",
            "representant_qualite": "qualité du représentant légal",
            "representant_courriel": "adresse électronique du représentant légal",
        }
        help_texts = {"representant_qualite": "Sa fonction : présidente, gérant, maire."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if settings.ANNUAIRE_URL:
            self.fields["siret"].widget.demander_a(
                reverse("candidatures:retrouver", args=[self.instance.numero])
            )
        if self.initial.get("commune_siege"):
            self.initial["commune_siege"] = self.instance.commune_siege

    def clean(self):
        """What two answers say of each other, beside the one to correct."""
        donnees = super().clean()
        forme, siret = donnees.get("forme_juridique"), donnees.get("siret") or ""
        if forme and donnees.get("numero_rna") and not forme.est_association:
            self.add_error(
                "numero_rna",
                "Seules les associations ont un numéro RNA : videz cette case, ou changez la forme juridique.",
            )
        if forme and forme.est_collectivite and siret and not siret.startswith(SIREN_DES_COLLECTIVITES):
            self.add_error(
                "siret",
                "Le SIRET d'une collectivité commence par 1 ou 2 : vérifiez-le, ou changez la forme juridique.",
            )
        return donnees

    def poser(self, dossier, noms) -> None:
        """A new number is to be checked with the register, tonight or when asked."""
        super().poser(dossier, noms)
        if "siret" in self.cleaned_data and "siret" in noms:
            VerificationSiret.attendre(dossier)


class ProjetForm(SectionForm):
    """What, for whom, in which trades."""

    filieres = forms.ModelMultipleChoiceField(
        label="filières",
        queryset=Filiere.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Une ou plusieurs.",
    )

    class Meta:
        model = Dossier
        fields = [
            "nom_projet",
            "resume_public",
            "stade",
            "filieres",
            "besoin",
            "projet",
            "communaute",
            "mutualisation",
            "formation",
            "transitions",
        ]
        labels = {
            "besoin": "besoin du territoire",
            "projet": "votre projet",
            "communaute": "la communauté qui fait vivre le lieu",
            "mutualisation": "machines et services partagés",
            "formation": "formation et transmission",
        }
        help_texts = {
            "resume_public": "Publié si vous êtes lauréat. 600 caractères au plus.",
            "besoin": "Ce qui manque ici, et à qui.",
            "projet": "Ce que vous ferez, et ce qui changera.",
            "communaute": "Qui travaille ici, qui viendra, comment vous les réunissez.",
            "mutualisation": "Ce qui se partage, et à quelles conditions.",
            "formation": "Ce qu'on apprend ici, et avec qui.",
            "transitions": "Commande numérique, circuits courts, réemploi, écoconception.",
        }
        error_messages = {"nom_projet": {"required": "Nommez le projet."}}

    @classmethod
    def obligatoires(cls):
        """At least one trade."""
        return super().obligatoires() | {"filieres"}


class FinancementForm(SectionForm):
    """What is asked from this call, and on which basis the plans are written."""

    demande_investissement = MontantField(label="subvention d'investissement demandée (€)", required=False)
    demande_amorcage = MontantField(label="subvention d'amorçage demandée (€)", required=False)
    demande_jours = NombreField(
        label="jours d'ingénierie demandés",
        max_digits=5,
        decimal_places=1,
        min_value=0,
        required=False,
        validators=[valider_demi_journee],
        help_text="L'accompagnement se demande en jours, par demi-journées.",
    )
    base_montants = forms.ChoiceField(
        label="montants du plan",
        choices=Dossier._meta.get_field("base_montants").choices,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Dossier
        fields = ["base_montants", "demande_investissement", "demande_amorcage", "demande_jours"]

    def clean(self):
        """Nothing typed is nothing asked."""
        donnees = super().clean()
        for nom in ("demande_investissement", "demande_amorcage", "demande_jours"):
            if nom in donnees and donnees[nom] is None:
                donnees[nom] = 0
        return donnees


class GouvernanceForm(SectionForm):
    """Who decides, who works."""

    class Meta:
        model = Dossier
        fields = ["gouvernance", "strategie_rh"]
        help_texts = {
            "gouvernance": "Qui décide, avec qui, et comment les usagers sont représentés.",
            "strategie_rh": "Les postes, leur financement, ce qui est acquis.",
        }


class CalendrierForm(SectionForm):
    """When."""

    class Meta:
        model = Dossier
        fields = ["calendrier"]
        help_texts = {"calendrier": "Les grandes étapes, avec leur date de début et de fin."}
