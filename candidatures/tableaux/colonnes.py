"""The columns of a table as a spreadsheet shows them: the labels of the form, its words in place of codes."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError

from candidatures.forms.champs import CommuneField, NombreField
from candidatures.forms.lignes import PieceDuDossierField
from candidatures.forms.pages import PAGES, Table
from candidatures.models import Section
from manufactures.programme.donnees.geographie import normaliser

OUI, NON = ("oui", "o", "x", "1", "vrai", "true"), ("non", "n", "0", "faux", "false", "")
ORIGINE_DES_JOURS = date(1899, 12, 30)  # day zero of spreadsheets
JOURS_PLAUSIBLES = range(20_000, 80_000)  # 1954 to 2119: a date that a spreadsheet wrote as a number


@dataclass(frozen=True)
class Colonne:
    """One field of the row, under its title."""

    nom: str
    titre: str
    champ: forms.Field

    @property
    def consigne(self) -> str:
        """What may be written in its cells, in words."""
        champ = self.champ
        necessaire = "Nécessaire. " if champ.required else ""
        if isinstance(champ, forms.BooleanField):
            return "oui ou non"
        if isinstance(champ, PieceDuDossierField):
            return "Le nom d'un fichier déjà ajouté au dossier."
        if isinstance(champ, forms.ChoiceField):
            return (
                necessaire
                + "Au choix : "
                + ", ".join(str(libelle) for cle, libelle in champ.choices if cle != "")
            )
        if isinstance(champ, forms.DateField):
            return necessaire + "Une date, par exemple 21/12/2026."
        if isinstance(champ, NombreField):
            return necessaire + (
                "Un montant, par exemple 12400,50." if champ.decimal_places else "Un nombre entier."
            )
        return necessaire + "Du texte."

    def poster(self, texte: str) -> object:
        """The cell as a browser would post it. Raises ValidationError where no choice is so called."""
        if isinstance(self.champ, forms.BooleanField):
            return self._oui_ou_non(texte)
        if isinstance(self.champ, forms.ChoiceField):
            return self._choix(texte)
        if isinstance(self.champ, forms.DateField) and texte.isdigit() and int(texte) in JOURS_PLAUSIBLES:
            return (ORIGINE_DES_JOURS + timedelta(days=int(texte))).isoformat()
        return texte

    def _oui_ou_non(self, texte):
        mot = normaliser(texte)
        if mot in OUI:
            return "on"
        if mot in NON:
            return ""
        raise ValidationError("Écrivez oui ou non.")

    def _choix(self, texte):
        if not texte:
            return ""
        mot = normaliser(texte)
        for cle, libelle in self.champ.choices:
            if cle != "" and mot in (normaliser(str(libelle)), normaliser(str(cle))):
                return str(cle)
        if (taux := self._taux(texte)) is not None:
            return taux
        permis = ", ".join(f"« {libelle} »" for cle, libelle in self.champ.choices if cle != "")
        raise ValidationError(
            f"« {texte} » n'est pas dans la liste : {permis}."
            if permis
            else f"« {texte} » n'est pas dans la liste."
        )

    def _taux(self, texte) -> str | None:
        """A rate written 20, 20 %, 0.2 or 20,0."""
        try:
            lu = Decimal(texte.replace("%", "").replace(",", ".").strip())
        except InvalidOperation:
            return None
        taux = [cle for cle, _ in self.champ.choices if isinstance(cle, Decimal)]
        return next((str(cle) for cle in taux if lu in (cle, cle / 100)), None)

    def ecrire(self, valeur) -> object:
        """A stored value as the exported cell: numbers stay numbers, codes become words."""
        if isinstance(self.champ, forms.BooleanField):
            return bool(valeur)
        if isinstance(self.champ, CommuneField):
            return self.champ.prepare_value(valeur)
        if isinstance(self.champ, forms.ChoiceField):
            mots = {str(cle): str(libelle) for cle, libelle in self.champ.choices if cle != ""}
            return mots.get(str(self.champ.prepare_value(valeur)), "")
        return valeur


def tableau(nom: str) -> tuple[Section, Table] | None:
    """A table that comes from and goes to a spreadsheet, and the section it stands in; None for any other name."""
    return next(
        (
            (section, table)
            for section, (_, tables) in PAGES.items()
            for table in tables
            if table.nom == nom and table.importable
        ),
        None,
    )


def colonnes(table: Table, dossier) -> list[Colonne]:
    """The columns in the order of the screen; choices are those of this dossier."""
    vide = table.formulaires(dossier).empty_form
    return [Colonne(nom, str(champ.label), champ) for nom, champ in vide.fields.items() if nom != "DELETE"]
