"""A dossier as one reads it: labels and words in place of codes, from the frozen JSON of `gel.py`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from candidatures.gel import CHAMPS, LIGNES
from candidatures.models import (
    Annee,
    Dossier,
    Equipement,
    Indicateur,
    LigneExercice,
    LigneFinancement,
    MembreConsortium,
    NatureExploitation,
    Partenaire,
    Section,
    Sens,
    Site,
    Volet,
)
from manufactures.francais import date_courte, euros_cents, nombre, octets
from manufactures.francais import siret as ecrire_siret

MODELES = {
    "membres_consortium": MembreConsortium,
    "sites": Site,
    "equipements": Equipement,
    "partenaires": Partenaire,
    "indicateurs": Indicateur,
    "lignes_financement": LigneFinancement,
}
TITRES = {
    "sites": "Lieux",
    "equipements": "Équipements",
    "partenaires": "Partenaires",
    "membres_consortium": "Groupement",
    "indicateurs": "Indicateurs",
}
SECTION_DES_LIGNES = {
    Section.LIEU: ("sites",),
    Section.PROJET: ("indicateurs",),
    Section.EQUIPEMENTS: ("equipements",),
    Section.GOUVERNANCE: ("partenaires", "membres_consortium"),
}
ARGENT = {"montant", "prix_unitaire_ht", "total_ht", "demande_investissement", "demande_amorcage"}
CACHEES = {"latitude", "longitude"}
CONTACT = {"representant_courriel", "representant_telephone"}


@dataclass(frozen=True)
class ReponseLue:
    """One answer; `nom` is its field's, so that another page can point at it."""

    nom: str
    libelle: str
    texte: str
    est_longue: bool = False


@dataclass(frozen=True)
class TableLue:
    """Rows of one table; `chiffres` are the ranks of its right-aligned columns."""

    nom: str
    titre: str
    entetes: list[str]
    lignes: list[list[str]]
    chiffres: frozenset[int] = frozenset()


@dataclass(frozen=True)
class SectionLue:
    """A section of the form, read."""

    slug: str
    titre: str
    reponses: list[ReponseLue]
    tables: list[TableLue]


def _texte(modele, nom, valeur) -> str:
    """A stored value in words."""
    if valeur is None or valeur == "":
        return ""
    if isinstance(valeur, bool | dict | list):
        return _compose(valeur)
    if nom in ARGENT:
        return euros_cents(Decimal(valeur))
    if nom in CALCULES:
        return valeur
    return (
        ecrire_siret(valeur) if nom == "siret" else _texte_du_champ(modele._meta.get_field(nom), str(valeur))
    )


def _compose(valeur: bool | dict | list) -> str:
    """A box, a row of a list by its words, or the policies of the State."""
    if isinstance(valeur, bool):
        return "Oui" if valeur else "Non"
    if isinstance(valeur, dict):
        return valeur["libelle"]
    return "\u00a0; ".join(_dispositif(fait) for fait in valeur)


def _dispositif(fait: dict) -> str:
    """A policy of the State that a place belongs to, and what proves it."""
    libelle = f"{fait['libelle']} {fait.get('precision', '')}".strip()
    return f"{libelle} ({fait['lien'] or fait['piece'] or 'sans preuve'})"


def _texte_du_champ(champ, valeur: str) -> str:
    """The label of a choice, a figure as one writes it, or the text itself."""
    if champ.choices:
        return str({str(cle): libelle for cle, libelle in champ.flatchoices}.get(valeur, valeur))
    if champ.get_internal_type() == "DateField":
        return date_courte(date.fromisoformat(valeur))
    return nombre(Decimal(valeur)) if champ.get_internal_type() == "DecimalField" else valeur


# Columns that are no field: computed before the freezing, and frozen as they read.
CALCULES = {"total_ht": "Total HT", "dispositifs": "Dispositifs de l'État", "mandat": "Mandat"}


def _libelle(modele, nom) -> str:
    if nom in CALCULES:
        return CALCULES[nom]
    libelle = modele._meta.get_field(nom).verbose_name
    return libelle[:1].upper() + libelle[1:]


def _reponses(contenu, section, avec_contacts) -> list[ReponseLue]:
    lues = []
    for nom in CHAMPS.get(section, ()):
        if nom in CONTACT and not avec_contacts:
            continue
        champ = Dossier._meta.get_field(nom)
        lues.append(
            ReponseLue(
                nom,
                _libelle(Dossier, nom),
                _texte(Dossier, nom, contenu[section].get(nom)),
                champ.get_internal_type() == "TextField",
            )
        )
        if nom == "stade":
            filieres = ", ".join(f["libelle"] for f in contenu[section].get("filieres", []))
            lues.append(ReponseLue("filieres", "Filières", filieres))
    return lues


def _table(contenu, nom) -> TableLue:
    champs = [champ for champ in LIGNES[nom] if champ not in CACHEES]
    modele = MODELES[nom]
    return TableLue(
        nom,
        TITRES[nom],
        [_libelle(modele, champ) for champ in champs],
        [[_texte(modele, champ, ligne.get(champ)) for champ in champs] for ligne in contenu[nom]],
        frozenset(
            rang
            for rang, champ in enumerate(champs)
            if champ in ARGENT or champ in ("quantite", "depart", "cible", "horizon_mois")
        ),
    )


def _plans(contenu) -> list[TableLue]:
    tables = []
    for volet in Volet:
        for sens in Sens:
            lignes = [x for x in contenu["lignes_financement"] if x["volet"] == volet and x["sens"] == sens]
            champs = ("libelle", "montant", "eligible") if sens == Sens.DEPENSE else (
                "libelle", "montant", "type_financeur", "statut", "statut_le", "preuve", "preuve_lien"
            )  # fmt: skip
            rangees = [
                [_texte(LigneFinancement, champ, ligne.get(champ)) for champ in champs] for ligne in lignes
            ]
            if rangees:
                total = sum((Decimal(ligne["montant"]) for ligne in lignes), Decimal(0))
                rangees.append(["Total", euros_cents(total), *[""] * (len(champs) - 2)])
            titre = f"{volet.label} : {'dépenses' if sens == Sens.DEPENSE else 'ressources'}"
            tables.append(
                TableLue(
                    f"{sens.lower()}s_{volet.lower()}",
                    titre,
                    [_libelle(LigneFinancement, champ) for champ in champs],
                    rangees,
                    frozenset({1}),
                )
            )
    return tables


def _exploitation(contenu) -> TableLue:
    """The three years side by side; an account of the same name stands on one row."""
    annees = [annee.value for annee in Annee]
    rangees: dict[tuple, dict] = {}
    totaux = {nature.value: dict.fromkeys(annees, Decimal(0)) for nature in NatureExploitation}
    for exercice in contenu["exercices"]:
        for ligne in exercice["lignes"]:
            cle = (ligne["nature"], ligne["compte"], ligne["libelle"])
            montants = rangees.setdefault(cle, dict.fromkeys(annees, Decimal(0)))
            montants[exercice["annee"]] += Decimal(ligne["montant"])
            totaux[ligne["nature"]][exercice["annee"]] += Decimal(ligne["montant"])
    lignes = []
    for nature in NatureExploitation:
        for (sienne, compte, libelle), montants in rangees.items():
            if sienne == nature:
                lignes.append([nature.label, compte, libelle, *(euros_cents(montants[a]) for a in annees)])
        if rangees:
            total = totaux[nature.value]
            lignes.append([nature.label, "", "Total", *(euros_cents(total[a]) for a in annees)])
    if rangees:
        resultats = [totaux["PRODUIT"][a] - totaux["CHARGE"][a] for a in annees]
        lignes.append(["Résultat", "", "", *(euros_cents(r) for r in resultats)])
    entetes = [_libelle(LigneExercice, "nature"), "Compte", "Libellé", *(annee.label for annee in Annee)]
    return TableLue("exercices", "Produits et charges sur trois ans", entetes, lignes, frozenset({3, 4, 5}))


def _pieces(contenu) -> TableLue:
    lignes = [[p["libelle"], p["nom"], octets(p["taille"])] for p in contenu["pieces_jointes"]]
    return TableLue("pieces_jointes", "Pièces", ["Pièce", "Fichier", "Taille"], lignes, frozenset({2}))


def lire(contenu: dict, *, avec_contacts: bool = True) -> list[SectionLue]:
    """The eight sections of a frozen version, or of a draft frozen for the reading (`gel.contenu_a_figer`).

    `avec_contacts` off leaves out the representative's address and telephone (committee, experts).
    """
    sections = []
    for section in Section:
        tables = [_table(contenu, nom) for nom in SECTION_DES_LIGNES.get(section, ())]
        if section == Section.FINANCEMENT:
            tables = _plans(contenu)
        elif section == Section.MODELE:
            tables = [_exploitation(contenu)]
        elif section == Section.PIECES:
            tables = [_pieces(contenu)]
        reponses = _reponses(contenu, section.value, avec_contacts)
        sections.append(SectionLue(section.value, section.label, reponses, tables))
    return sections
