"""What a spreadsheet would write in a table: each row read by the very form of the screen, each fault beside its line.

Nothing is written here: `Importation.rangees` is what the person accepts, then reads again through the same forms.
"""

import json
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import QueryDict

from candidatures.forms.pages import Table
from candidatures.tableaux.colonnes import Colonne, colonnes
from manufactures.classeurs.lire import ClasseurRefuse, Ligne
from manufactures.programme.donnees.geographie import normaliser


@dataclass(frozen=True)
class LigneLue:
    """A row of the file: its number there, its cells under the table's columns, and what is wrong in it."""

    numero: int
    cases: list[str]
    erreurs: list[str]
    valeurs: dict | None = None

    @property
    def est_juste(self) -> bool:
        """It can be written."""
        return not self.erreurs


@dataclass
class Importation:
    """The rows of a file, or those that a person accepts, against one table of a dossier."""

    table: Table
    dossier: object
    lignes: list[LigneLue] = field(default_factory=list)
    ignorees: list[str] = field(default_factory=list)  # titles of the file that name no column
    colonnes: list[Colonne] = field(default_factory=list)

    @property
    def justes(self) -> list[LigneLue]:
        """Rows that can be written."""
        return [ligne for ligne in self.lignes if ligne.est_juste]

    @property
    def fautives(self) -> list[LigneLue]:
        """Rows to correct in the file."""
        return [ligne for ligne in self.lignes if not ligne.est_juste]

    @property
    def rangees(self) -> list[dict]:
        """What the right rows would write."""
        return [ligne.valeurs for ligne in self.justes]

    @property
    def en_json(self) -> str:
        """The right rows as text, to be sent back when accepted: nothing of the file is kept here."""
        return json.dumps([[ligne.numero, ligne.cases] for ligne in self.justes], ensure_ascii=False)

    @property
    def maximum(self) -> int:
        """How many rows the table holds."""
        return self.table.formset.max_num


def lire_le_fichier(table: Table, dossier, lignes: list[Ligne]) -> Importation:
    """The first row names the columns, the others are rows. Raises ClasseurRefuse where a column is missing."""
    if not lignes:
        raise ClasseurRefuse("Ce fichier ne contient aucune ligne. Partez du modèle, ci-dessous.")
    siennes = colonnes(table, dossier)
    par_titre = {_cle(c.titre): c for c in siennes} | {normaliser(c.nom): c for c in siennes}
    _, titres = lignes[0]
    places = {}
    for rang, titre in enumerate(titres):
        colonne = par_titre.get(_cle(titre))
        if colonne and colonne.nom not in places.values():
            places[rang] = colonne.nom
    manquantes = [c.titre for c in siennes if c.champ.required and c.nom not in places.values()]
    if manquantes:
        noms = ", ".join(f"« {titre} »" for titre in manquantes)
        raise ClasseurRefuse(
            f"La première ligne doit porter les titres du modèle. Il manque : {noms}. Partez du modèle, ci-dessous."
        )
    importation = Importation(table, dossier, colonnes=siennes)
    importation.ignorees = [t for rang, t in enumerate(titres) if t and rang not in places]
    if len(lignes) - 1 > importation.maximum:
        raise ClasseurRefuse(
            f"Ce fichier a {len(lignes) - 1} lignes : ce tableau en tient {importation.maximum} au plus."
        )
    for numero, cases in lignes[1:]:
        par_nom = {nom: cases[rang] if rang < len(cases) else "" for rang, nom in places.items()}
        if any(par_nom.values()):
            _ajouter(importation, numero, [par_nom.get(c.nom, "") for c in siennes])
    return importation


def relire(table: Table, dossier, texte: str) -> Importation:
    """The rows that a person accepts, as they came back: checked again in full. Raises ClasseurRefuse."""
    importation = Importation(table, dossier, colonnes=colonnes(table, dossier))
    try:
        lignes = json.loads(texte)
        for numero, cases in lignes[: importation.maximum]:
            if len(cases) != len(importation.colonnes):
                raise ValueError(numero)
            _ajouter(importation, int(numero), [str(case) for case in cases])
    except (ValueError, TypeError, AttributeError):
        raise ClasseurRefuse("Cet aperçu ne se lit plus. Envoyez de nouveau votre fichier.") from None
    return importation


def _cle(titre: str) -> str:
    """A title however it is written: case, accents, the unit in brackets and the star do not matter."""
    return normaliser(titre.split("(", maxsplit=1)[0].replace("*", ""))


def _ajouter(importation: Importation, numero: int, cases: list[str]) -> None:
    """Read one row through the form of the screen."""
    donnees, erreurs = QueryDict(mutable=True), []
    for colonne, case in zip(importation.colonnes, cases, strict=True):
        try:
            poste = colonne.poster(case)
        except ValidationError as faute:
            erreurs.append((colonne.nom, faute.messages[0]))
        else:
            if poste != "" or not case:
                donnees[f"ligne-{colonne.nom}"] = poste
    form = _formulaire(importation, donnees)
    if not form.is_valid():
        deja = {nom for nom, _ in erreurs}
        erreurs += [
            (nom, phrase) for nom, phrases in form.errors.items() if nom not in deja for phrase in phrases
        ]
    titres = {c.nom: c.titre for c in importation.colonnes}
    phrases = [
        f"ligne {numero}, colonne {titres[nom]} : {phrase}" if nom in titres else f"ligne {numero} : {phrase}"
        for nom, phrase in erreurs
    ]
    valeurs = None if phrases else form.valeurs()
    importation.lignes.append(LigneLue(numero, cases, phrases, valeurs))


def _formulaire(importation: Importation, donnees):
    """One row, bound: the form of the table with the pieces of this dossier."""
    table = importation.table
    options = table.options(importation.dossier).get("form_kwargs", {})
    form = table.formset.form(donnees, prefix="ligne", **options)
    for champ in form.fields.values():
        if champ.required:
            champ.error_messages["required"] = "Cette case est vide."
    return form
