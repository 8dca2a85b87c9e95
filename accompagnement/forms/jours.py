"""Forms of the days: the mission, the expert's log, the porteur's answer, the end."""

from django import forms

from accompagnement.forms.incubation import DateField, PersonneField, experts
from accompagnement.models import (
    BilanAccompagnement,
    Creneau,
    Journee,
    Lieu,
    Mission,
    StatutRecommandation,
    engages_par_theme,
)
from accompagnement.models.base import mois_apres, valider_demi_journees
from candidatures.forms.champs import NombreField
from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.francais import jours as en_jours
from manufactures.programme.models import Theme


class ThemeField(forms.ModelChoiceField):
    """A theme with what is left of it."""

    restants: dict = {}

    def label_from_instance(self, theme):
        """« Communication (reste 3 jours) »."""
        return f"{theme.libelle} (reste {en_jours(self.restants[theme.pk])})"


class MissionForm(forms.Form):
    """An order to propose, within what is left on its theme."""

    theme = ThemeField(label="Thème", queryset=Theme.objects.none(), empty_label="Choisissez un thème")
    expert = PersonneField(label="Expert", queryset=None, empty_label="Choisissez un expert")
    objet = forms.CharField(label="Besoin", max_length=300)
    livrables = forms.CharField(
        label="Résultats attendus",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Un résultat par ligne.",
    )
    jours = NombreField(
        label="Jours", min_value=0, max_digits=5, decimal_places=1, validators=[valider_demi_journees]
    )
    debut = DateField(label="Début")
    fin = DateField(label="Fin")

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        engages = engages_par_theme(dossier.missions.prefetch_related("journees"))
        besoins = {b.theme_id: b.jours for b in dossier.besoins.all()}
        restants = {theme: jours - engages.get(theme, 0) for theme, jours in besoins.items()}
        champ = self.fields["theme"]
        champ.restants = restants
        champ.queryset = Theme.objects.filter(
            pk__in=[theme for theme, reste in restants.items() if reste > 0]
        )
        self.fields["expert"].queryset = experts()
        self.fields["debut"].initial = horloge.aujourd_hui()
        self.fields["fin"].initial = min(mois_apres(horloge.aujourd_hui(), 3), dossier.credit_jours.fin)

    def clean(self):
        """Some days, an end after the beginning."""
        donnees = super().clean()
        if donnees.get("jours") == 0:
            self.add_error("jours", "Commandez au moins une demi-journée.")
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", "La fin vient après le début.")
        return donnees


class JourneeForm(forms.ModelForm):
    """Half a day or a day: four answers, and only one to type."""

    date = DateField(label="Date")
    creneau = forms.ChoiceField(
        label="Durée", choices=Creneau.choices, widget=forms.RadioSelect, initial=Creneau.MATIN
    )
    lieu = forms.ChoiceField(
        label="Lieu", choices=Lieu.choices, widget=forms.RadioSelect, initial=Lieu.SUR_PLACE
    )

    class Meta:
        model = Journee
        fields = ["date", "creneau", "lieu", "texte"]
        widgets = {"texte": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"texte": {"required": "Écrivez en une phrase ce qui a été fait."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = horloge.aujourd_hui()
        self.instance.validate_constraints = lambda exclude=None: None  # the deed says it in words


class MissionField(forms.ModelChoiceField):
    """One's orders in hand, with what may still be logged."""

    def label_from_instance(self, mission):
        """« La Cabane, gouvernance partagée (reste 2,5 jours) »."""
        return f"{mission} (reste {en_jours(mission.jours_restants)})"


class SaisieForm(forms.Form):
    """The day in one tap: every answer is already there, the three buttons say how long it was."""

    mission = MissionField(
        label="Mission", queryset=Mission.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    date = DateField(label="Date")
    lieu = forms.ChoiceField(
        label="Lieu", choices=Lieu.choices, widget=forms.RadioSelect, initial=Lieu.SUR_PLACE
    )
    texte = forms.CharField(
        label="Ce qui a été fait",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Vide, la journée reprend l'objet de la mission.",
    )

    def __init__(self, *args, missions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = horloge.aujourd_hui()
        champ = self.fields["mission"]
        champ.queryset = missions

    def clean(self):
        """Nothing typed: the order's own words."""
        donnees = super().clean()
        if (mission := donnees.get("mission")) and not donnees.get("texte", "").strip():
            donnees["texte"] = mission.objet
        return donnees


class MotifForm(forms.Form):
    """A reason."""

    motif = forms.CharField(
        label="Motif",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Écrivez le motif."},
    )


class TrancherForm(MotifForm):
    """The agency's answer to a contest."""

    field_order = ["retenue", "motif"]

    retenue = forms.TypedChoiceField(
        label="Décision",
        widget=forms.RadioSelect,
        coerce=lambda v: v == "oui",
        choices=[("oui", "La journée est retenue et décomptée"), ("non", "La journée est écartée")],
        error_messages={"required": "Choisissez."},
    )


class RecommandationForm(forms.Form):
    """Advice to the project: what, who, by when."""

    texte = forms.CharField(
        label="Recommandation", max_length=500, error_messages={"required": "Écrivez la recommandation."}
    )
    responsable = PersonneField(
        label="Qui s'en charge",
        queryset=User.objects.none(),
        required=False,
        empty_label="Le titulaire du dossier",
    )
    echeance = DateField(label="À faire avant le", required=False)

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsable"].queryset = User.objects.filter(
            pk__in=dossier.membres.values("user"), is_active=True
        )


class AvancerForm(forms.Form):
    """Where a piece of advice stands."""

    statut = forms.ChoiceField(
        label="Où en est-elle ?", choices=StatutRecommandation.choices, widget=forms.RadioSelect
    )
    precision = forms.CharField(
        label="Précision",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Obligatoire si elle est bloquée ou écartée.",
    )

    def clean(self):
        """Blocked or declined: why."""
        donnees = super().clean()
        motivee = donnees.get("statut") in (StatutRecommandation.BLOQUEE, StatutRecommandation.ECARTEE)
        if motivee and not donnees.get("precision", "").strip():
            self.add_error("precision", "Écrivez pourquoi.")
        return donnees


class ClotureForm(forms.ModelForm):
    """The closing report, and what each indicator has become."""

    class Meta:
        model = BilanAccompagnement
        fields = ["avancement", "appreciation_porteur", "appreciation_agence", "suites"]
        widgets = {nom: forms.Textarea(attrs={"rows": 4}) for nom in fields}

    def __init__(self, *args, indicateurs, **kwargs):
        super().__init__(*args, **kwargs)
        self.indicateurs = list(indicateurs)
        connus = {a.indicateur_id: a.valeur for a in self.instance.atteints.all()} if self.instance.pk else {}
        for indicateur in self.indicateurs:
            self.fields[f"atteint_{indicateur.pk}"] = forms.CharField(
                label=f"{indicateur.libelle} : valeur atteinte",
                required=False,
                max_length=40,
                initial=connus.get(indicateur.pk, ""),
                help_text=f"Départ {indicateur.depart}, cible {indicateur.cible} ({indicateur.unite}).",
            )

    def atteints(self) -> list[tuple]:
        """[(indicator, value, source)] of those that are known."""
        valeurs = [(i, self.cleaned_data[f"atteint_{i.pk}"]) for i in self.indicateurs]
        return [(i, valeur, "déclaration du porteur") for i, valeur in valeurs if valeur]


class FactureReleveForm(forms.Form):
    """The invoice sent for a statement."""

    numero = forms.CharField(
        label="Numéro de votre facture",
        max_length=60,
        error_messages={"required": "Écrivez le numéro de la facture."},
    )


class PaiementReleveForm(forms.Form):
    """Its payment."""

    reference = forms.CharField(
        label="Référence du paiement", max_length=60, error_messages={"required": "Écrivez la référence."}
    )
    le = DateField(label="Payé le")
