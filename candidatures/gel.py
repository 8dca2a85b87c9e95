"""What a deposit freezes: every answer and every piece as JSON, and the digest of the whole."""

import hashlib
import json
from datetime import date
from decimal import Decimal

from django.db.models import Model, Prefetch

from candidatures.ensemble import lire_d_un_coup

# The answers, by section and in the order of the screens.
CHAMPS: dict[str, tuple[str, ...]] = {
    "structure": (
        "raison_sociale",
        "siret",
        "forme_juridique",
        "numero_rna",
        "code_naf",
        "tranche_effectif",
        "effectif_etp",
        "regime_tva",
        "adresse_siege",
        "code_postal_siege",
        "commune_siege",
        "representant_civilite",
        "representant_prenom",
        "representant_nom",
        "representant_qualite",
        "representant_courriel",
        "representant_telephone",
    ),
    "projet": (
        "nom_projet",
        "resume_public",
        "stade",
        "besoin",
        "projet",
        "communaute",
        "mutualisation",
        "formation",
        "transitions",
    ),
    "financement": ("demande_investissement", "demande_amorcage", "demande_jours", "base_montants"),
    "gouvernance": ("gouvernance", "strategie_rh"),
    "pieces": ("calendrier",),
    "attestations": (
        "attestation_honneur",
        "attestation_fiscale",
        "attestation_pouvoir",
        "attestation_donnees",
        "attestation_cer",
    ),
}

LIGNES: dict[str, tuple[str, ...]] = {
    "membres_consortium": ("raison_sociale", "forme_juridique", "siret", "representant", "role", "mandat"),
    "sites": (
        "nom",
        "principal",
        "commune",
        "latitude",
        "longitude",
        "type_territoire",
        "qpv_relation",
        "titre_occupation",
        "surface_actuelle_m2",
        "surface_projet_m2",
        "dispositifs",
    ),
    "equipements": (
        "designation",
        "categorie",
        "quantite",
        "prix_unitaire_ht",
        "taux_tva",
        "mutualise",
        "neuf",
        "total_ht",
        "fournisseur",
        "devis",
    ),
    "partenaires": ("nom", "type", "role", "engagement"),
    "indicateurs": ("libelle", "unite", "depart", "cible", "horizon_mois"),
    "lignes_financement": (
        "volet",
        "sens",
        "libelle",
        "montant",
        "eligible",
        "type_financeur",
        "statut",
        "statut_le",
        "preuve",
        "preuve_lien",
    ),
}


def _valeur(valeur):
    """JSON of one answer: amounts and instants as text, a row of a list as its code and its words."""
    if isinstance(valeur, Decimal):
        return str(valeur)
    if isinstance(valeur, date):  # an instant too
        return valeur.isoformat()
    if isinstance(valeur, Model):
        code = getattr(valeur, "code", None) or valeur.pk
        return {"code": code, "libelle": str(valeur)}
    return valeur


def _ligne(objet, champs) -> dict:
    return {champ: _valeur(getattr(objet, champ)) for champ in champs}


# What the rows of a table name elsewhere, read with them.
AVEC = {
    "sites": ("commune__departement", "qpv_piece", "acv_piece", "pvd_piece", "ti_piece"),
    "equipements": ("devis",),
    "lignes_financement": ("preuve",),
    "pieces": ("type",),
}


LUES_AVEC = tuple(AVEC)  # tables that what freezes and what checks both look at


def a_lire_ensemble(dossiers, *noms: str):
    """The same dossiers with these tables, as `contenu_a_figer` reads them, for a page that needs them twice."""
    modele = dossiers.model
    lues = (modele._meta.get_field(nom).related_model.objects.select_related(*AVEC[nom]) for nom in noms)
    return dossiers.prefetch_related(*map(Prefetch, noms, lues))


def _lignes(dossier, nom: str):
    """The rows of one table, with what they name elsewhere."""
    lignes = getattr(dossier, nom).all()
    if nom == "membres_consortium":
        lignes = lignes.avec_leurs_mandats()
    return lignes.select_related(*AVEC[nom]) if nom in AVEC else lignes


def _lues(dossier, deja_lues) -> dict[str, list]:
    """Every table, by name, in one query, save those that were read with the dossier."""
    modele = dossier.exercices.model._meta.get_field("lignes").related_model
    comptes = modele.objects.filter(exercice__dossier=dossier).select_related("exercice")
    lectures = {nom: _lignes(dossier, nom) for nom in (*LIGNES, "pieces") if nom not in deja_lues}
    lectures["filieres"] = dossier.filieres.order_by("code")
    lectures["comptes"] = comptes.order_by("exercice__annee", *modele._meta.ordering)
    return lire_d_un_coup(lectures) | {nom: list(getattr(dossier, nom).all()) for nom in deja_lues}


def _a_figer(lignes) -> list:
    """The plan and the pieces deposited, not what came after."""
    return [x for x in lignes if not (getattr(x, "definitif", False) or getattr(x, "complement", False))]


def _exercices(comptes) -> list[dict]:
    """The years that have lines, each with them."""
    lues: dict[str, list] = {}
    for ligne in comptes:
        lues.setdefault(ligne.exercice.annee, []).append(
            _ligne(ligne, ("nature", "compte", "libelle", "montant"))
        )
    return [{"annee": annee, "lignes": lignes} for annee, lignes in lues.items()]


def contenu_a_figer(dossier, *, deja_lues=()) -> dict:
    """The whole dossier as its porteur wrote it; reads the database anew, so that nothing stale is frozen.

    `deja_lues`: tables that were read with the dossier (`a_lire_ensemble`), for a page that needs them twice.
    """
    lues = _lues(dossier, deja_lues)
    contenu = {
        "numero": dossier.numero,
        "vague": {"numero": dossier.vague.numero, "libelle": dossier.vague.libelle},
    }
    contenu |= {section: _ligne(dossier, champs) for section, champs in CHAMPS.items()}
    contenu["projet"]["filieres"] = [_valeur(f) for f in lues["filieres"]]
    for nom, champs in LIGNES.items():
        contenu[nom] = [_ligne(ligne, champs) for ligne in _a_figer(lues[nom])]
    contenu["exercices"] = _exercices(lues["comptes"])
    contenu["pieces_jointes"] = [
        {
            "nom": piece.nom,
            "libelle": piece.libelle,
            "type": piece.type.code if piece.type else "",
            "taille": piece.taille,
            "empreinte": piece.empreinte,
        }
        for piece in _a_figer(lues["pieces"])
    ]
    return contenu


def empreinte_de(contenu: dict) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no space): same content, same digest, for ever."""
    canonique = json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()
