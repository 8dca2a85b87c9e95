"""The deposited version, as it is read: sections, answers and tables made from the frozen JSON, never from live rows.

Each passage has an anchor (`champ-…`), so that a verdict can be pinned on it and the reader taken to it.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import FieldDoesNotExist

from candidatures.gel import CHAMPS
from candidatures.models import (
    Annee,
    Dossier,
    Equipement,
    Indicateur,
    LigneExercice,
    LigneFinancement,
    MembreConsortium,
    Partenaire,
    Section,
    Site,
)
from manufactures.francais import euros_cents, nombre, octets, siret, telephone

MONTANTS = {"demande_investissement", "demande_amorcage", "montant", "prix_unitaire_ht", "total_ht"}
NOMBRES = {"surface_actuelle_m2", "surface_projet_m2", "depart", "cible", "taux_tva", "effectif_etp", "demande_jours"}
FORMATS = {"siret": siret, "representant_telephone": telephone}
CACHES = {"latitude", "longitude"}

# Tables of each section: key of the JSON, title, model of the rows, columns (7 at most).
TABLES = {
    "structure": [("membres_consortium", "Groupement", MembreConsortium, ("raison_sociale", "siret", "role", "chef_de_file"))],
    "projet": [("indicateurs", "Indicateurs", Indicateur, ("libelle", "unite", "depart", "cible", "horizon_mois"))],
    "equipements": [
        (
            "equipements",
            "Équipements",
            Equipement,
            ("designation", "categorie", "quantite", "prix_unitaire_ht", "total_ht", "mutualise", "neuf"),
        )
    ],
    "financement": [
        (
            "lignes_financement",
            "Plans de financement",
            LigneFinancement,
            ("libelle", "volet", "sens", "montant", "eligible", "type_financeur", "statut"),
        )
    ],
    "gouvernance": [("partenaires", "Partenaires", Partenaire, ("nom", "type", "role", "engagement"))],
}


@dataclass(frozen=True)
class Passage:
    """One answer, with its anchor."""

    ancre: str
    libelle: str
    valeur: str
    est_long: bool = False
    montant: bool = False
    lien: str = ""


@dataclass(frozen=True)
class Tableau:
    """Rows of the dossier, with the anchor of the whole."""

    ancre: str
    titre: str
    colonnes: list[str]
    lignes: list[list[Passage]]


@dataclass
class SectionLue:
    """A section as it was deposited."""

    code: str
    titre: str
    passages: list[Passage] = field(default_factory=list)
    tableaux: list[Tableau] = field(default_factory=list)
    fiches: list[tuple[str, list[Passage]]] = field(default_factory=list)


def _libelle(modele, nom: str) -> str:
    try:
        texte = str(modele._meta.get_field(nom).verbose_name)
    except FieldDoesNotExist:  # a property, frozen beside the fields
        texte = nom.replace("_ht", " HT").replace("_", " ")
    return texte[:1].upper() + texte[1:]


def _valeur(modele, nom: str, brute) -> str:
    """One frozen answer in words."""
    if brute is None or brute == "":
        return ""
    if isinstance(brute, bool):
        return "Oui" if brute else "Non"
    if isinstance(brute, dict):
        return brute.get("libelle", "")
    if nom in MONTANTS:
        return euros_cents(Decimal(brute))
    if nom in NOMBRES:
        return nombre(Decimal(brute))
    if nom in FORMATS:
        return FORMATS[nom](brute)
    champs = {f.name: f for f in modele._meta.get_fields() if getattr(f, "choices", None)}
    if nom in champs:
        return str(dict(champs[nom].flatchoices).get(brute, brute))
    return str(brute)


def _passage(modele, prefixe: str, nom: str, brute) -> Passage:
    valeur = _valeur(modele, nom, brute)
    return Passage(
        ancre=f"champ-{prefixe}-{nom}",
        libelle=_libelle(modele, nom),
        valeur=valeur,
        est_long="\n" in valeur or len(valeur) > 90,
        montant=nom in MONTANTS,
    )


def _tableau(contenu, cle, titre, modele, colonnes) -> Tableau | None:
    lignes = contenu.get(cle) or []
    if not lignes:
        return None
    return Tableau(
        ancre=f"champ-{cle}",
        titre=titre,
        colonnes=[_libelle(modele, nom) for nom in colonnes],
        lignes=[[_passage(modele, cle, nom, ligne.get(nom)) for nom in colonnes] for ligne in lignes],
    )


def _sites(contenu) -> list[tuple[str, list[Passage]]]:
    fiches = []
    for rang, site in enumerate(contenu.get("sites", [])):
        passages = [
            _passage(Site, f"site{rang}", nom, valeur)
            for nom, valeur in site.items()
            if nom not in CACHES and nom not in ("nom", "principal")
        ]
        titre = site["nom"] + (" (lieu principal)" if site.get("principal") else "")
        fiches.append((titre, passages))
    return fiches


def _exercices(contenu) -> Tableau | None:
    lignes = []
    for exercice in contenu.get("exercices", []):
        annee = Passage("champ-exercices-annee", "Année", str(dict(Annee.choices).get(exercice["annee"], exercice["annee"])))
        for ligne in exercice["lignes"]:
            noms = ("nature", "compte", "libelle", "montant")
            lignes.append([annee, *(_passage(LigneExercice, "exercices", nom, ligne.get(nom)) for nom in noms)])
    if not lignes:
        return None
    return Tableau("champ-exercices", "Plan à trois ans", ["Année", "Nature", "Compte", "Libellé", "Montant"], lignes)


def _pieces(contenu, liens) -> Tableau | None:
    pieces = contenu.get("pieces_jointes", [])
    if not pieces:
        return None
    lignes = [
        [
            Passage(f"piece-{p['empreinte'][:12]}", "Pièce", p["libelle"] or p["nom"]),
            Passage("champ-pieces-nom", "Fichier", p["nom"], lien=liens.get(p["empreinte"], "")),
            Passage("champ-pieces-taille", "Taille", octets(p["taille"])),
        ]
        for p in pieces
    ]
    return Tableau("champ-pieces_jointes", "Pièces déposées", ["Pièce", "Fichier", "Taille"], lignes)


def sections_de(contenu: dict, liens: dict[str, str] | None = None) -> list[SectionLue]:
    """The frozen version in the order of the form; `liens` gives the address of each piece by its digest."""
    sections = []
    for section in Section:
        lue = SectionLue(section.value, section.label)
        for nom in CHAMPS.get(section.value, ()):
            lue.passages.append(_passage(Dossier, section.value, nom, contenu.get(section.value, {}).get(nom)))
        if section == Section.PROJET:
            filieres = ", ".join(f["libelle"] for f in contenu.get("projet", {}).get("filieres", []))
            lue.passages.append(Passage("champ-projet-filieres", "Filières", filieres))
        if section == Section.LIEU:
            lue.fiches = _sites(contenu)
        tableaux = [_tableau(contenu, *table) for table in TABLES.get(section.value, [])]
        if section == Section.MODELE:
            tableaux.append(_exercices(contenu))
        if section == Section.PIECES:
            tableaux.append(_pieces(contenu, liens or {}))
            for nom in CHAMPS["attestations"]:
                lue.passages.append(_passage(Dossier, "attestations", nom, contenu.get("attestations", {}).get(nom)))
        lue.tableaux = [t for t in tableaux if t is not None]
        sections.append(lue)
    return sections


def passages_epinglables(sections: list[SectionLue]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Where a proof may be pinned, grouped by section, for a list of choices."""
    groupes = [("Dépôt", [("champ-depot", "Instant du dépôt")])]
    for section in sections:
        choix = [(p.ancre, p.libelle) for p in section.passages]
        for titre, passages in section.fiches:
            choix += [(p.ancre, f"{titre} : {p.libelle.lower()}") for p in passages]
        for tableau in section.tableaux:
            choix.append((tableau.ancre, tableau.titre))
            if tableau.ancre == "champ-pieces_jointes":
                choix += [(ligne[0].ancre, ligne[0].valeur) for ligne in tableau.lignes]
        if choix:
            groupes.append((section.titre, choix))
    return groupes
