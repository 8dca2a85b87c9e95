"""Writing the rows that a person accepted: under the dossier's lock, in its history, never over someone else's."""

import hashlib

from candidatures.forms.pages import Table
from candidatures.models import Changement
from manufactures.francais import compter
from manufactures.registres import TransitionInterdite

CHIFFRES = 16


class TableModifiee(Exception):
    """The rows to be replaced are not those that the person saw."""


def presentes(table: Table, dossier) -> list[str]:
    """The rows that stand, one line of text each."""
    return table.formulaires(dossier).ecrites()


def empreinte_de(table: Table, dossier) -> str:
    """A short digest of the rows that stand: carried by the preview."""
    return hashlib.sha256("\n".join(presentes(table, dossier)).encode()).hexdigest()[:CHIFFRES]


def ecrire_les_lignes(
    table: Table, rangees, dossier, saisie=None, dernieres=None, *, remplacer: bool, lu: str | None = None
) -> list[Changement]:
    """Replace the rows of the table, or put these after them, on the dossier locked by the caller.

    Raises TableModifiee where the rows to replace have changed since `lu`, TransitionInterdite where the table is full.
    """
    if remplacer and lu != empreinte_de(table, dossier):
        raise TableModifiee
    avant = "\n".join(presentes(table, dossier))
    gardees = [] if remplacer else _gardees(table, dossier)
    maximum = table.formset.max_num
    if len(gardees) + len(rangees) > maximum:
        raise TransitionInterdite(
            f"Ce tableau tient {compter(maximum, 'ligne')} au plus : il en a déjà {len(gardees)}. "
            "Remplacez-les, ou raccourcissez le fichier."
        )
    table.ecrire(dossier, [*gardees, *rangees])
    apres = "\n".join(presentes(table, dossier))
    return [Changement(table.nom, table.titre, avant, apres)]


def _gardees(table: Table, dossier) -> list[dict]:
    """The rows that stand, as the form reads them: with the pieces they point at."""
    return [
        {nom: _valeur(form, nom) for nom in form.fields if nom != "DELETE"}
        for form in table.formulaires(dossier).presentes()
    ]


def _valeur(form, nom):
    """A stored value, the piece itself in place of its key."""
    champ, initiale = form.fields[nom], form.initial.get(nom)
    return champ.pieces.get(champ.prepare_value(initiale)) if hasattr(champ, "pieces") else initiale
