"""The committee itself: its rules, its colleges, the seats and the people who hold them."""

from django import forms
from django.utils.text import capfirst

from candidatures.forms.champs import CommuneField, NumeroField
from candidatures.numeros import valider_siret
from manufactures import horloge
from manufactures.comptes.models import Civilite, User
from manufactures.francais import date_longue
from selection.forms.registre import MotifForm
from selection.models import College, Membre
from selection.models.regles import FRACTIONS, MANDATS_AU_PLUS, ReglesDuComite

QUORUMS = [(f"{n}/{d}", f"{nom[:1].upper()}{nom[1:]} des membres") for (n, d), nom in FRACTIONS.items()]
OUI_NON = [(True, "Oui"), (False, "Non")]


def _oui(valeur) -> bool:
    return valeur in (True, "True")


class ReglesForm(forms.ModelForm):
    """Each rule with its default and where it comes from."""

    version = forms.CharField(
        label="Version du règlement intérieur", max_length=20, help_text="Imprimée sur les actes."
    )
    quorum = forms.ChoiceField(
        label="Quorum", choices=QUORUMS,
        help_text="Présents, à distance ou représentés. Par défaut la moitié (CRPA, R133-10).",
    )  # fmt: skip

    class Meta:
        model = ReglesDuComite
        fields = [
            "delai_convocation_jours", "seconde_sans_quorum", "majorite", "voix_preponderante", "mandats_par_membre",
            "secret_a_distance", "lectures_masquees", "presidence_rapporte",
        ]  # fmt: skip
        labels = {
            "delai_convocation_jours": "Délai de convocation, en jours",
            "seconde_sans_quorum": "Seconde convocation sans condition de quorum",
            "majorite": "Majorité",
            "voix_preponderante": "Voix prépondérante de la présidence",
            "mandats_par_membre": "Mandats qu'un membre peut détenir",
            "secret_a_distance": "Vote secret à distance",
            "lectures_masquees": "Masquer les lectures des autres",
            "presidence_rapporte": "La présidence rapporte aussi",
        }
        help_texts = {
            "delai_convocation_jours": "Par défaut 5 jours, sauf urgence motivée (CRPA, R133-8).",
            "seconde_sans_quorum": "Sur le même ordre du jour. Par défaut oui (CRPA, R133-10).",
            "majorite": "Par défaut celle des membres présents ou représentés (CRPA, R133-11).",
            "voix_preponderante": "À égalité, dans un vote à main levée. Par défaut oui (CRPA, R133-11). Sans elle, "
            "ou si le vote est secret, le comité vote une seconde fois.",
            "mandats_par_membre": f"De 0 à {MANDATS_AU_PLUS}. Par défaut 1 (CRPA, R133-9).",
            "secret_a_distance": "Par défaut non : le secret doit être garanti (ordonnance 2014-1329, article 2).",
            "lectures_masquees": "Chacun voit les lectures des autres après avoir rendu la sienne. Par défaut oui.",
            "presidence_rapporte": "Elle entre alors dans la répartition équilibrée. Par défaut non.",
        }

    ORDRE = (
        "version", "quorum", "seconde_sans_quorum", "delai_convocation_jours", "majorite", "voix_preponderante",
        "mandats_par_membre", "secret_a_distance", "lectures_masquees", "presidence_rapporte",
    )  # fmt: skip

    def __init__(self, *args, instance, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        nombres = f"{instance.quorum_numerateur}/{instance.quorum_denominateur}"
        if nombres not in dict(QUORUMS):
            self.fields["quorum"].choices = [(nombres, instance.fraction), *QUORUMS]
        self.initial |= {"version": instance.appel.reglement_version, "quorum": nombres}
        for nom in ("delai_convocation_jours", "mandats_par_membre"):
            self.fields[nom].error_messages["invalid"] = "Écrivez un nombre entier."
        self.fields["delai_convocation_jours"].widget.attrs["max"] = 60
        self.fields["mandats_par_membre"].widget.attrs["max"] = MANDATS_AU_PLUS
        for nom, champ in self.fields.items():
            if isinstance(champ, forms.BooleanField):  # « non » is an answer, as much as « oui »
                self.fields[nom] = forms.TypedChoiceField(
                    label=champ.label, help_text=champ.help_text, choices=OUI_NON, coerce=_oui,
                    widget=forms.RadioSelect,
                )  # fmt: skip
        self.order_fields(self.ORDRE)

    def clean_mandats_par_membre(self):
        """A bounded number."""
        nombre = self.cleaned_data["mandats_par_membre"]
        if nombre > MANDATS_AU_PLUS:
            raise forms.ValidationError(f"Écrivez un nombre de 0 à {MANDATS_AU_PLUS}.")
        return nombre

    def clean_delai_convocation_jours(self):
        """Two months at most."""
        jours = self.cleaned_data["delai_convocation_jours"]
        if jours > 60:  # noqa: PLR2004
            raise forms.ValidationError("Écrivez un nombre de jours, de 0 à 60.")
        return jours

    @property
    def valeurs(self) -> dict:
        """What `ReglesDuComite.regler` takes."""
        dites = {nom: self.cleaned_data[nom] for nom in self.Meta.fields}
        numerateur, denominateur = self.cleaned_data["quorum"].split("/")
        return dites | {
            "quorum_numerateur": int(numerateur), "quorum_denominateur": int(denominateur),
            "version": self.cleaned_data["version"],
        }  # fmt: skip


class PlacesForm(forms.Form):
    """One number a wave; empty, the wave has none of its own."""

    def __init__(self, *args, vagues, **kwargs):
        super().__init__(*args, **kwargs)
        for vague in vagues:
            self.fields[f"vague-{vague.numero}"] = forms.IntegerField(
                label=f"{capfirst(vague.libelle)}\u00a0: nombre de lauréats",
                required=False, initial=vague.places, min_value=1, max_value=vague.appel.objectif,
                error_messages={"invalid": "Écrivez un nombre entier."},
            )  # fmt: skip

    @property
    def places(self) -> dict[int, int | None]:
        """Wave's number -> places."""
        return {int(nom.removeprefix("vague-")): nombre for nom, nombre in self.cleaned_data.items()}


class CollegeForm(forms.ModelForm):
    """A college and its seats."""

    class Meta:
        model = College
        fields = ["libelle", "sieges", "suppleable"]
        labels = {
            "libelle": "Nom du collège",
            "sieges": "Nombre de sièges",
            "suppleable": "Ses membres peuvent être suppléés",
        }
        help_texts = {
            "sieges": "Laissez vide si le règlement intérieur ne le fixe pas.",
            "suppleable": "Décochez pour les personnalités qualifiées (CRPA, R133-3).",
        }
        error_messages = {"libelle": {"required": "Écrivez le nom du collège."}}

    def clean_sieges(self):
        """One at least, where their number is fixed."""
        sieges = self.cleaned_data["sieges"]
        if sieges == 0:
            raise forms.ValidationError("Écrivez au moins 1 siège, ou laissez vide.")
        return sieges

    def clean(self):
        """Beside its field, what the committee refuses."""
        donnees = super().clean()
        if not self.errors:
            essai = College(
                pk=self.instance.pk, appel_id=self.instance.appel_id, code=self.instance.code, **donnees
            )
            for nom, phrase in essai.obstacles().items():
                self.add_error(nom, phrase)
        return donnees


FONCTIONS = [("", "Membre"), ("PRESIDENT", "Présidence"), ("VICE_PRESIDENT", "Vice-présidence")]


class CommuneEcriteField(CommuneField):
    """The same, typed whole: this page proposes no name."""

    def widget_attrs(self, widget):
        """Nothing of the list."""
        return forms.CharField.widget_attrs(self, widget)


class SiegeForm(forms.Form):
    """What a seat is, whoever holds it; each obstacle stands beside its field."""

    college = forms.ModelChoiceField(
        label="Collège", queryset=College.objects.none(), empty_label=None,
        error_messages={"required": "Choisissez un collège."},
    )  # fmt: skip
    suppleant_de = forms.ModelChoiceField(
        label="Titulaire ou suppléant",
        queryset=Membre.objects.none(),
        required=False,
        empty_label="Titulaire",
    )
    fonction = forms.ChoiceField(label="Fonction", choices=FONCTIONS, required=False)
    qualite = forms.CharField(
        label="Qualité", max_length=120, required=False, help_text="Imprimée sur les actes."
    )
    du = forms.DateField(
        label="Début du mandat", error_messages={"required": "Écrivez la date de début du mandat."}
    )
    au = forms.DateField(
        label="Fin du mandat", required=False, help_text="Premier jour où le mandat ne court plus."
    )
    siret = NumeroField(
        label="SIRET de son organisme", required=False, validators=[valider_siret],
        help_text="Pour relever les liens avec les dossiers.",
    )  # fmt: skip
    commune = CommuneEcriteField(
        label="Commune de son mandat électif",
        required=False,
        help_text="Pour relever les liens avec les dossiers.",
    )

    def __init__(self, *args, appel, membre: Membre | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.appel, self.membre = appel, membre
        self.fields["college"].queryset = College.objects.filter(appel=appel)
        titulaires = (
            Membre.objects.de_l_appel(appel).en_exercice().titulaires().select_related("user", "college")
        )
        champ = self.fields["suppleant_de"]
        champ.queryset = titulaires.exclude(pk=membre.pk) if membre else titulaires
        champ.label_from_instance = lambda titulaire: f"Suppléant de {titulaire} ({titulaire.college})"
        for nom in ("du", "au"):
            self.fields[nom].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.fields[nom].error_messages["invalid"] = "Écrivez une date, par exemple 03/03/2027."
        if membre is not None:
            self.initial |= {
                "college": membre.college_id, "suppleant_de": membre.suppleant_de_id, "fonction": membre.fonction,
                "qualite": membre.qualite, "du": membre.du, "au": membre.au, "siret": membre.siret,
                "commune": membre.commune,
            }  # fmt: skip

    @property
    def champs(self) -> dict:
        """What `Membre.nommer` and `modifier` take."""
        dits = self.cleaned_data
        return {
            "college": dits["college"], "suppleant_de": dits["suppleant_de"],
            "preside": dits["fonction"] == "PRESIDENT", "vice_preside": dits["fonction"] == "VICE_PRESIDENT",
            "qualite": dits["qualite"], "du": dits["du"], "au": dits["au"], "siret": dits["siret"],
            "commune": dits["commune"], "suppleable": dits["college"].suppleable,
        }  # fmt: skip

    def personne(self) -> User:
        """Who would hold the seat."""
        return self.membre.user

    def clean(self):
        """What the committee refuses, as `Membre.obstacles` says it."""
        donnees = super().clean()
        if not self.errors:
            essai = Membre(pk=self.membre and self.membre.pk, user=self.personne(), **self.champs)
            for nom, phrase in essai.obstacles().items():
                self.add_error(nom if nom in self.fields else None, phrase)
        return donnees


class NominationForm(SiegeForm):
    """Somebody to seat: known by their address, or invited by it."""

    courriel = forms.EmailField(
        label="Adresse électronique", help_text="Sans compte, la personne reçoit un courriel pour se connecter.",
        error_messages={"required": "Écrivez l'adresse de la personne."},
    )  # fmt: skip
    civilite = forms.ChoiceField(
        label="Civilité", choices=[("", "Non précisée"), *Civilite.choices], required=False
    )
    prenom = forms.CharField(label="Prénom", max_length=80, required=False)
    nom = forms.CharField(label="Nom", max_length=80, required=False)
    organisation = forms.CharField(label="Organisme", max_length=160, required=False)
    field_order = (
        "courriel", "civilite", "prenom", "nom", "organisation", "college", "suppleant_de", "fonction", "qualite",
        "du", "au", "siret", "commune",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("du", horloge.aujourd_hui())

    def clean_courriel(self):
        """In lower case, as accounts are."""
        return self.cleaned_data["courriel"].lower()

    @property
    def connue(self) -> User | None:
        """The account of this address, where there is one."""
        return User.objects.filter(email=self.cleaned_data.get("courriel", "")).first()

    def personne(self) -> User:
        """The account, or the person that the page describes, not saved."""
        return self.connue or User(email=self.cleaned_data["courriel"], nom=self.cleaned_data["nom"])

    def clean(self):
        """A new person has a name."""
        if not self.errors.get("courriel") and self.connue is None:
            for nom in ("prenom", "nom"):
                if not self.cleaned_data.get(nom):
                    self.add_error(nom, "Écrivez-le : cette adresse n'a pas encore de compte.")
        return super().clean()

    @property
    def identite(self) -> dict:
        """What `personne_de` takes."""
        return {
            nom: self.cleaned_data[nom] for nom in ("courriel", "civilite", "prenom", "nom", "organisation")
        }


class FinDeMandatForm(MotifForm):
    """The first day on which a mandate no longer runs, and why."""

    le = forms.DateField(
        label="À compter du", error_messages={"required": "Écrivez la date.", "invalid": "Écrivez une date."}
    )
    field_order = ("le", "motif")

    def __init__(self, *args, membre: Membre, **kwargs):
        super().__init__(*args, **kwargs)
        self.membre = membre
        self.fields["le"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.initial.setdefault("le", horloge.aujourd_hui())

    def clean_le(self):
        """Inside the mandate."""
        le = self.cleaned_data["le"]
        if le <= self.membre.du:
            raise forms.ValidationError("Le mandat finit après son début.")
        if self.membre.au and le > self.membre.au:
            raise forms.ValidationError(f"Ce mandat finit déjà le {date_longue(self.membre.au)}.")
        return le
