"""What a responsable writes about people."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib.auth import get_user_model

from manufactures import horloge
from manufactures.personnes.models import DONNES_ICI
from manufactures.procedure import Role
from manufactures.programme.models import Appel
from manufactures.programme.models.habilitation import appels_de

TOUS = "Tous les appels"


class JourField(forms.DateField):
    """A day of Paris."""

    def __init__(self, **options):
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": "Écrivez une date, par exemple 11/12/2026."},
            **options,
        )


def debut(jour) -> datetime:
    """Midnight in Paris, or now for today and the days before."""
    minuit = datetime.combine(jour, time.min, tzinfo=horloge.PARIS)
    return max(minuit, horloge.maintenant())


def fin(jour) -> datetime | None:
    """The day's end: the last day is whole."""
    return jour and datetime.combine(jour + timedelta(days=1), time.min, tzinfo=horloge.PARIS)


class MotifField(forms.CharField):
    """Why, for the journal."""

    def __init__(self, **options):
        super().__init__(
            label="Motif",
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="Il est gardé au journal.",
            error_messages={"required": "Écrivez pourquoi."},
            **options,
        )


class RoleForm(forms.Form):
    """A role for somebody, who may have no account yet."""

    use_required_attribute = False
    courriel = forms.EmailField(label="Adresse de courriel", max_length=254)
    prenom = forms.CharField(
        label="Prénom", max_length=80, required=False, help_text="Pour un nouveau compte."
    )
    nom = forms.CharField(label="Nom", max_length=80, required=False)
    role = forms.ChoiceField(label="Rôle", choices=[(r.value, r.label) for r in DONNES_ICI])
    appel = forms.ModelChoiceField(Appel.objects.none(), label="Sur", required=False, empty_label=TOUS)
    du = JourField(label="À partir du", required=False, help_text="Vide\u00a0: tout de suite.")
    au = JourField(
        label="Jusqu'au", required=False, help_text="Dernier jour compris. Vide\u00a0: sans fin prévue."
    )
    motif = MotifField()

    def __init__(self, *args, par, **kwargs):
        super().__init__(*args, **kwargs)
        tous = any(role == Role.RESPONSABLE and appel is None for role, appel in par.tenues)
        champ = self.fields["appel"]
        champ.queryset = Appel.objects.filter(pk__in=appels_de(par, Role.RESPONSABLE)).order_by("pk")
        if not tous:
            champ.required, champ.empty_label = True, "Choisissez un appel"

    def clean_courriel(self):
        """As accounts keep it."""
        return self.cleaned_data["courriel"].strip().lower()

    def clean(self):
        """A new account has a name; an end follows its start."""
        donnees = super().clean()
        self.connue = get_user_model().objects.filter(email=donnees.get("courriel", "")).first()
        if donnees.get("courriel") and self.connue is None:
            for champ in ("prenom", "nom"):
                if not donnees.get(champ):
                    self.add_error(champ, "Aucun compte ne porte cette adresse\u00a0: écrivez aussi le nom.")
        du, au = donnees.get("du") or horloge.aujourd_hui(), donnees.get("au")
        if au and au < du:
            self.add_error("au", "La fin suit le début.")
        donnees["du"], donnees["au"] = debut(du), fin(au)
        return donnees


class RepriseForm(forms.Form):
    """When a role ends, and why."""

    use_required_attribute = False
    le = JourField(label="Dernier jour", required=False, help_text="Vide\u00a0: tout de suite.")
    motif = MotifField()


class DemandeForm(forms.Form):
    """Why something is asked about somebody's account."""

    use_required_attribute = False
    motif = MotifField()


class DepartForm(forms.Form):
    """Who takes over, and why."""

    use_required_attribute = False
    remplacant = forms.ModelChoiceField(
        get_user_model().objects.none(),
        label="Ses dossiers vont à",
        required=False,
        empty_label="Personne\u00a0: ils reviennent dans la file",
    )
    motif = MotifField()

    def __init__(self, *args, remplacants, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["remplacant"].queryset = remplacants
