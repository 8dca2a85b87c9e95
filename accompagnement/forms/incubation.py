"""Forms of the cohort: dates, attendance, deliverables, diagnosis, report."""

from datetime import timedelta

from django import forms
from django.utils.functional import cached_property

from accompagnement.models import BilanIncubation, Diagnostic, Moment, Promotion, StatutPresence
from accompagnement.models.base import mois_apres, valider_demi_journees
from accompagnement.models.emargement import CHIFFRES
from candidatures.forms.champs import NombreField
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.procedure import Etat, Role
from manufactures.programme.models import Theme, Vague
from manufactures.programme.models.habilitation import Habilitation, appels_de

ECRIVEZ_UNE_DATE = {"required": "Écrivez une date.", "invalid": "Écrivez la date, par exemple 21/12/2026."}


class DateField(forms.DateField):
    """A day, picked or typed."""

    widget = forms.DateInput

    def __init__(self, **options):
        super().__init__(**({"error_messages": ECRIVEZ_UNE_DATE} | options))


class PersonneField(forms.ModelChoiceField):
    """A person, by name and firm."""

    def label_from_instance(self, personne):
        """« Yann Kerdoncuff, Coopérative Tour de Table »."""
        return (
            f"{personne.nom_complet}, {personne.organisation}"
            if personne.organisation
            else personne.nom_complet
        )


def experts():
    """Who may be given a session or a mission."""
    return User.objects.filter(
        pk__in=Habilitation.objects.filter(role=Role.EXPERT).values("user"), is_active=True
    )


class PromotionForm(forms.ModelForm):
    """A cohort of a wave; four months by default."""

    debut = DateField(label="Début")
    fin = DateField(label="Fin")

    class Meta:
        model = Promotion
        fields = ["vague", "nom", "debut", "fin"]

    def __init__(self, *args, par, **kwargs):
        super().__init__(*args, **kwargs)
        vagues = Vague.objects.filter(appel__in=appels_de(par, Role.INSTRUCTEUR, Role.RESPONSABLE))
        self.fields["vague"].queryset = vagues.order_by("numero")
        self.fields["vague"].empty_label = None
        self.fields["debut"].initial = horloge.aujourd_hui()
        self.fields["fin"].initial = mois_apres(horloge.aujourd_hui(), 4)

    def clean(self):
        """The end follows the beginning."""
        donnees = super().clean()
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin <= debut:
            self.add_error("fin", "La fin vient après le début.")
        return donnees


class InscrireForm(forms.Form):
    """A laureate of the wave that waits for its cohort."""

    dossier = forms.ModelChoiceField(
        label="Lauréat", queryset=Dossier.objects.none(), empty_label="Choisissez un lauréat"
    )

    def __init__(self, *args, promotion, par, **kwargs):
        super().__init__(*args, **kwargs)
        laureats = Dossier.objects.visibles_par(par).filter(vague=promotion.vague, etat=Etat.LAUREAT)
        self.fields["dossier"].queryset = laureats.order_by("nom_projet")
        self.fields["dossier"].error_messages = {"required": "Choisissez un lauréat."}


class SessionForm(forms.Form):
    """The date of a module, its host and its expert."""

    module = forms.ModelChoiceField(label="Module", queryset=None, empty_label="Choisissez un module")
    date = DateField(label="Date")
    hote = forms.ModelChoiceField(
        label="Lieu d'accueil", queryset=None, required=False, empty_label="À préciser"
    )
    expert = PersonneField(label="Intervenant", queryset=None, required=False, empty_label="À préciser")
    demi_journees = forms.TypedChoiceField(
        label="Durée", choices=[(2, "la journée"), (1, "le matin")], coerce=int, initial=2
    )

    def __init__(self, *args, promotion, **kwargs):
        super().__init__(*args, **kwargs)
        self.promotion = promotion
        self.fields["module"].queryset = promotion.vague.appel.modules.exclude(sessions__promotion=promotion)
        self.fields["module"].error_messages = {"required": "Choisissez un module."}
        laureats = Dossier.objects.filter(
            vague=promotion.vague, laureat_le__isnull=False
        ) | Dossier.objects.filter(promotions=promotion)
        self.fields["hote"].queryset = laureats.distinct().order_by("nom_projet")
        self.fields["expert"].queryset = experts()
        self.fields["date"].initial = max(promotion.debut, min(horloge.aujourd_hui(), promotion.fin))

    def clean_date(self):
        """Inside the cohort."""
        date = self.cleaned_data["date"]
        if not self.promotion.debut <= date <= self.promotion.fin:
            raise forms.ValidationError("Cette date est hors de la promotion.")
        return date


class FeuilleForm(forms.Form):
    """The paper sheet, typed: one choice a project and a half day."""

    motif = forms.CharField(
        label="Motif de la saisie après coup",
        required=False,
        max_length=300,
        help_text="Demandé sept jours après la session.",
    )

    def __init__(self, *args, session, dossiers, presences, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = {}
        for dossier in dossiers:
            for moment in session.moments():
                nom = f"presence_{dossier.pk}_{moment}"
                self.cases[nom] = (dossier, moment)
                self.fields[nom] = forms.ChoiceField(
                    label=f"{dossier.nom_projet}, {moment.label}",
                    required=False,
                    choices=[("", "Non noté"), *StatutPresence.choices],
                    initial=presences.get((dossier.pk, moment), ""),
                )

    def feuille(self) -> dict:
        """{(dossier, half day): status}, without what is left empty."""
        return {case: self.cleaned_data[nom] for nom, case in self.cases.items() if self.cleaned_data[nom]}

    def lignes(self) -> list[tuple]:
        """(dossier, its cells) for the table."""
        lignes: dict = {}
        for nom, (dossier, _) in self.cases.items():
            lignes.setdefault(dossier, []).append(self[nom])
        return list(lignes.items())


class ChiffresForm(forms.Form):
    """The four figures read at the door, with or without spaces."""

    INCOMPLETS = "Tapez les 4 chiffres affichés par l'intervenant."

    chiffres = forms.CharField(
        label="Code à taper",
        max_length=12,
        help_text="Les 4 chiffres affichés à la porte. Ils changent toutes les 2 minutes.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": INCOMPLETS, "max_length": INCOMPLETS},
    )

    def clean_chiffres(self):
        """Four figures."""
        chiffres = "".join(self.cleaned_data["chiffres"].split())
        if len(chiffres) != CHIFFRES or not (chiffres.isascii() and chiffres.isdigit()):
            raise forms.ValidationError(self.INCOMPLETS)
        return chiffres


class RemettreForm(forms.Form):
    """A deliverable: a file, a text, or both."""

    fichier = forms.FileField(
        label="Fichier", required=False, help_text="PDF, ODT, DOCX, ODS, XLSX, JPG ou PNG, 20 Mo au plus."
    )
    texte = forms.CharField(
        label="Ce que nous avons fait",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean(self):
        """One of the two."""
        donnees = super().clean()
        if not donnees.get("fichier") and not (donnees.get("texte") or "").strip() and not self.errors:
            self.add_error("fichier", "Joignez un fichier ou écrivez ce que vous avez fait.")
        return donnees


class RelireForm(forms.Form):
    """The expert's answer."""

    commentaire = forms.CharField(
        label="Remarques",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Une remarque par ligne. Demandées pour une reprise.",
    )
    echeance = DateField(label="Nouvelle échéance", required=False)

    def __init__(self, *args, livrable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["echeance"].initial = max(livrable.echeance, horloge.aujourd_hui() + timedelta(days=10))


class DiagnosticForm(forms.Form):
    """The eight axes at one end, from 0 to 4."""

    def __init__(self, *args, modules, moment, poses, **kwargs):
        super().__init__(*args, prefix=moment.lower(), **kwargs)
        self.modules, self.moment = list(modules), moment
        for module in self.modules:
            pose: Diagnostic | None = poses.get((module.pk, moment))
            self.fields[module.code] = forms.TypedChoiceField(
                label=module.libelle,
                choices=[("", "Choisissez"), *((n, str(n)) for n in range(5))],
                coerce=int,
                initial=pose.valeur if pose else "",
                error_messages={"required": "Choisissez une valeur de 0 à 4."},
            )

    @property
    def titre(self) -> str:
        """« À l'entrée »."""
        return Moment(self.moment).label

    def valeurs(self) -> dict:
        """{module: value}."""
        return {module: self.cleaned_data[module.code] for module in self.modules}


class BilanForm(forms.ModelForm):
    """The report: the expert's opinion and where the project stands."""

    expert = PersonneField(label="Expert référent", queryset=None, required=False, empty_label="Aucun")

    class Meta:
        model = BilanIncubation
        fields = ["texte", "expert", *BilanIncubation.AVANCEMENT]
        widgets = {"texte": forms.Textarea(attrs={"rows": 6})}
        error_messages = {"texte": {"required": "Écrivez l'avis de l'expert référent."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["expert"].queryset = experts()


class ObservationsForm(forms.Form):
    """The porteur's remarks on the report."""

    observations = forms.CharField(
        label="Vos observations",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez vos observations, ou « Sans observation »."},
    )


class BesoinForm(forms.Form):
    """One flagged need."""

    theme = forms.ModelChoiceField(
        label="Thème", queryset=Theme.objects.all(), required=False, empty_label="Choisissez"
    )
    jours = NombreField(
        label="Jours",
        required=False,
        min_value=0,
        max_digits=5,
        decimal_places=1,
        validators=[valider_demi_journees],
    )
    raison = forms.CharField(label="Raison", required=False, max_length=300)

    def __init__(self, *args, themes=None, **kwargs):
        super().__init__(*args, **kwargs)
        if themes is not None:
            self.fields["theme"].choices = themes

    def clean(self):
        """A theme with its days, or nothing."""
        donnees = super().clean()
        if bool(donnees.get("theme")) != bool(donnees.get("jours")) and not self.errors:
            self.add_error("jours" if donnees.get("theme") else "theme", "Écrivez le thème et ses jours.")
        return donnees


class BesoinsDeBase(forms.BaseFormSet):
    """The table of needs; its lines share one reading of the themes."""

    @cached_property
    def themes(self) -> list[tuple]:
        """The choices of each line."""
        return [("", "Choisissez"), *((theme.pk, str(theme)) for theme in Theme.objects.all())]

    def get_form_kwargs(self, index):
        """The same choices for every line."""
        return super().get_form_kwargs(index) | {"themes": self.themes}

    def besoins(self) -> list[tuple]:
        """[(theme, days, reason)] of the lines that are filled."""
        lignes = [f.cleaned_data for f in self.forms if f.cleaned_data.get("theme")]
        return [(ligne["theme"], ligne["jours"], ligne["raison"]) for ligne in lignes]


BesoinsFormSet = forms.formset_factory(BesoinForm, formset=BesoinsDeBase, extra=3, max_num=20)
