"""Invoices from a spreadsheet: its rows fill the very form of the screen, which is read again before it is sent."""

from datetime import date, timedelta

from accompagnement.forms.argent import FACTURES_MAX, FacturesFormSet
from manufactures.classeurs import ClasseurRefuse
from manufactures.programme.donnees.geographie import normaliser

PREFIXE = "factures"
# Titles of the columns, as one types them: case, accents and the unit in brackets do not matter.
TITRES = {
    "numero": "numéro",
    "fournisseur": "fournisseur",
    "objet": "objet",
    "date": "date",
    "montant_ht": "montant HT",
    "montant_ttc": "montant TTC",
}
ORIGINE = date(1899, 12, 30)  # day 0 of the spreadsheets
RANG_D_UN_JOUR = 5  # digits of a day counted from there, between 1927 and 2173


def _cle(titre: str) -> str:
    return normaliser(titre.split("(", maxsplit=1)[0].replace("_", " "))


def _jour(case: str) -> str:
    """A day as typed, or as a workbook counts it."""
    if case.isdecimal() and len(case) == RANG_D_UN_JOUR:
        return (ORIGINE + timedelta(days=int(case))).isoformat()
    return case


def factures_du_tableur(lignes) -> FacturesFormSet:
    """The formset filled with the rows of a file, faults beside each. Raises ClasseurRefuse without its columns."""
    titres = [_cle(titre) for titre in lignes[0][1]] if lignes else []
    manquantes = [titre for titre in TITRES.values() if _cle(titre) not in titres]
    if manquantes:
        noms = ", ".join(f"« {titre} »" for titre in manquantes)
        raise ClasseurRefuse(f"La première ligne doit porter les titres des colonnes. Il manque : {noms}.")
    rangees = lignes[1:]
    if not 0 < len(rangees) <= FACTURES_MAX:
        raise ClasseurRefuse(
            f"Ce fichier porte {len(rangees)} factures : une demande en tient {FACTURES_MAX}."
        )
    places = {nom: titres.index(_cle(titre)) for nom, titre in TITRES.items()}
    donnees = {f"{PREFIXE}-TOTAL_FORMS": str(len(rangees)), f"{PREFIXE}-INITIAL_FORMS": "0"}
    for rang, (_, cases) in enumerate(rangees):
        for nom, place in places.items():
            case = cases[place] if place < len(cases) else ""
            donnees[f"{PREFIXE}-{rang}-{nom}"] = _jour(case) if nom == "date" else case
    return FacturesFormSet(donnees, prefix=PREFIXE)
