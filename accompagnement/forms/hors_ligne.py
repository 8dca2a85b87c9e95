"""What a phone sends when the network is back: one form a record, each answered for itself."""

from django import forms

from accompagnement.models import DemiJournee, PhotoPrise, PresencePrise

REFAITES = "Écartez cette saisie et refaites-la."
INSTANT = {
    "required": f"L'instant de cette saisie manque. {REFAITES}",
    "invalid": f"L'instant de cette saisie est illisible. {REFAITES}",
}
PROJET = {"required": "Choisissez le projet.", "invalid": "Ce projet n'existe pas. Choisissez-en un autre."}


class SaisieForm(forms.Form):
    """What every record bears."""

    cle = forms.UUIDField(
        error_messages={"required": f"L'identifiant manque. {REFAITES}", "invalid": REFAITES}
    )
    dossier = forms.IntegerField(min_value=1, max_value=2**31 - 1, error_messages=PROJET)
    prise_le = forms.DateTimeField(error_messages=INSTANT)

    def phrase(self) -> str:
        """The first thing to correct."""
        return next(iter(self.errors.values()))[0]


class PresencePriseForm(SaisieForm):
    """One signature."""

    demi_journee = forms.ChoiceField(
        choices=DemiJournee,
        error_messages={
            "required": "Choisissez la demi-journée.",
            "invalid_choice": "Choisissez le matin ou l'après-midi.",
        },
    )
    signataire = forms.CharField(
        max_length=120,
        error_messages={
            "required": "Écrivez le nom de la personne présente.",
            "max_length": "Ce nom est trop long : 120 caractères au plus.",
        },
    )

    def prise(self) -> PresencePrise:
        """The record, once valid."""
        return PresencePrise(**self.cleaned_data)


class PhotoPriseForm(SaisieForm):
    """One photo."""

    photo = forms.FileField(
        error_messages={
            "required": f"La photo manque. {REFAITES}",
            "empty": f"La photo est vide. {REFAITES}",
            "missing": f"La photo manque. {REFAITES}",
        }
    )

    def prise(self) -> PhotoPrise:
        """The record, once valid."""
        donnees = dict(self.cleaned_data)
        return PhotoPrise(fichier=donnees.pop("photo"), **donnees)
