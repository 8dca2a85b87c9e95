"""Hearings: ranges of hours, slots proposed then corrected, other slots asked for, hours when a member cannot come."""

from datetime import datetime, time

from django import forms
from django.db.models import TextChoices

from candidatures.forms.pieces import RemplacerForm
from manufactures import horloge
from manufactures.francais import date_jour, heure
from selection.forms.seances import AuditionForm, InstantField
from selection.models import PlageAuditions
from selection.models.plages import BATTEMENT_MAX, DUREE_MAX, DUREE_MIN

HEURES = ["%H:%M", "%Hh%M", "%H h %M", "%Hh"]
MIDI, SOIR = time(13), time(20)


class JourField(forms.DateField):
    """A day."""

    def __init__(self, **options):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        erreurs = {"required": "Écrivez le jour.", "invalid": "Écrivez le jour, par exemple 11/12/2026."}
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], error_messages=erreurs, **options
        )


class HeureField(forms.TimeField):
    """An hour of Paris."""

    def __init__(self, **options):
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        erreurs = {"required": "Écrivez l'heure.", "invalid": "Écrivez l'heure, par exemple 14:00."}
        super().__init__(widget=widget, input_formats=HEURES, error_messages=erreurs, **options)


def a(jour, moment) -> datetime:
    """This hour of that day, in Paris."""
    return datetime.combine(jour, moment, horloge.PARIS)


class PlageForm(forms.ModelForm):
    """Some hours for hearings, with the break in the middle where there is one."""

    jour = JourField(label="Jour")
    de = HeureField(label="De", help_text="Heure de Paris.")
    jusqu_a = HeureField(label="À")
    pause_de = HeureField(label="Pause, de", required=False, help_text="Facultatif.")
    pause_a = HeureField(label="Pause, à", required=False)
    lien = forms.URLField(label="Lien de visioconférence", required=False, assume_scheme="https")
    field_order = [
        "jour",
        "de",
        "jusqu_a",
        "pause_de",
        "pause_a",
        "duree_min",
        "battement_min",
        "lieu",
        "lien",
    ]

    class Meta:
        model = PlageAuditions
        fields = ["duree_min", "battement_min", "lieu", "lien"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="plage", **kwargs)
        duree, battement = self.fields["duree_min"], self.fields["battement_min"]
        duree.help_text = f"De {DUREE_MIN} à {DUREE_MAX} minutes, présentation et questions."
        battement.help_text = f"{BATTEMENT_MAX} minutes au plus."

    def clean(self):
        """Instants, in order; somewhere."""
        donnees = super().clean()
        if not donnees.get("lieu") and not donnees.get("lien"):
            self.add_error("lieu", "Écrivez un lieu, ou un lien de visioconférence.")
        if bool(donnees.get("pause_de")) != bool(donnees.get("pause_a")):
            self.add_error("pause_a", "Écrivez le début et la fin de la pause.")
        jour, de, jusqu_a = (donnees.get(nom) for nom in ("jour", "de", "jusqu_a"))
        if de and jusqu_a and jusqu_a <= de:
            self.add_error("jusqu_a", "La fin vient après le début.")
        if jour and de and jusqu_a and not self.errors:
            donnees |= {"debut": a(jour, de), "fin": a(jour, jusqu_a), "pause": None}
            if donnees["pause_de"]:
                donnees["pause"] = (a(jour, donnees["pause_de"]), a(jour, donnees["pause_a"]))
        return donnees

    @property
    def plage(self) -> dict:
        """What opens the range."""
        noms = ("debut", "fin", "pause", "duree_min", "battement_min", "lieu", "lien")
        return {nom: self.cleaned_data[nom] for nom in noms}


class CreneauForm(forms.Form):
    """The slot of one dossier in the preview: kept, corrected, or left out when empty."""

    debut = InstantField(required=False)

    def __init__(self, *args, proposition, **kwargs):
        self.dossier = proposition.dossier
        super().__init__(*args, prefix=self.dossier.numero, **kwargs)
        self.fields["debut"].label = self.dossier.nom_projet
        self.fields["debut"].help_text = f"Heure de Paris. {proposition.phrase}"


class DeplacerForm(AuditionForm):
    """The slot again, with the reason that the porteur reads."""

    motif = forms.CharField(
        label="Raison du changement", max_length=300, help_text="Le porteur la lira.",
        error_messages={"required": "Écrivez la raison du changement."},
    )  # fmt: skip


class ChangementDeSeanceForm(forms.Form):
    """Another hour or another place for a sitting, with the reason that everybody reads."""

    debut = InstantField(label="Nouveau début", help_text="Heure de Paris.")
    lieu = forms.CharField(label="Lieu", max_length=200)
    motif = forms.CharField(
        label="Raison", max_length=250, help_text="Les membres et les porteurs convoqués la liront.",
        error_messages={"required": "Écrivez la raison."},
    )  # fmt: skip


class SouhaitForm(forms.Form):
    """Another slot among the free ones, or none of them."""

    AUCUN = "aucun"
    creneau = forms.ChoiceField(
        label="Créneau souhaité", widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez un créneau, ou « Aucun ne me convient ».",
            "invalid_choice": "Ce créneau vient d'être pris : choisissez-en un autre.",
        },
    )  # fmt: skip
    motif = forms.CharField(
        label="Pourquoi", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Écrivez pourquoi le créneau prévu ne vous convient pas."},
    )  # fmt: skip

    def __init__(self, *args, creneaux, **kwargs):
        super().__init__(*args, prefix="souhait", **kwargs)
        self.fields["creneau"].choices = [
            *((c.debut.isoformat(), dire(c)) for c in creneaux), (self.AUCUN, "Aucun ne me convient"),
        ]  # fmt: skip

    @property
    def debut(self) -> datetime | None:
        """The instant chosen."""
        choisi = self.cleaned_data["creneau"]
        return None if choisi == self.AUCUN else datetime.fromisoformat(choisi)


def dire(creneau) -> str:
    """« jeudi 26 novembre 2026 à 10 h 40 », in Paris."""
    return f"{date_jour(creneau.debut)} à {heure(creneau.debut)}"


class SupportForm(RemplacerForm):
    """What will be shown at the hearing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fichier"].label = "Support de présentation"


class Moment(TextChoices):
    """Half a day, a day, or hours."""

    MATIN = "MATIN", "Le matin"
    APRES_MIDI = "APRES_MIDI", "L'après-midi"
    JOURNEE = "JOURNEE", "Toute la journée"
    HEURES = "HEURES", "À certaines heures"


class IndisponibiliteForm(forms.Form):
    """When one cannot come."""

    jour = JourField(label="Jour")
    moment = forms.ChoiceField(
        label="Moment", choices=Moment.choices, initial=Moment.JOURNEE, widget=forms.RadioSelect
    )
    de = HeureField(label="De", required=False, help_text="Pour certaines heures seulement.")
    jusqu_a = HeureField(label="À", required=False)

    def clean(self):
        """Two instants."""
        donnees = super().clean()
        jour, moment = donnees.get("jour"), donnees.get("moment")
        bornes = {
            Moment.MATIN: (time(0), MIDI),
            Moment.APRES_MIDI: (MIDI, SOIR),
            Moment.JOURNEE: (time(0), time(23, 59)),
            Moment.HEURES: (donnees.get("de"), donnees.get("jusqu_a")),
        }.get(moment, (None, None))
        if moment == Moment.HEURES and (None in bornes or bornes[1] <= bornes[0]):
            self.add_error("jusqu_a", "Écrivez de quelle heure à quelle heure.")
        elif jour and None not in bornes:
            donnees |= {"debut": a(jour, bornes[0]), "fin": a(jour, bornes[1])}
        return donnees
