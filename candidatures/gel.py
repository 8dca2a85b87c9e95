"""What a deposit freezes: every answer and every piece as JSON, and the digest of the whole."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal

from django.db.models import Model

# The answers, by section and in the order of the screens.
CHAMPS: dict[str, tuple[str, ...]] = {
    "structure": (
        "raison_sociale",
        "siret",
        "forme_juridique",
        "numero_rna",
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
    "attestations": ("attestation_honneur", "attestation_fiscale", "attestation_pouvoir", "attestation_cer"),
}

LIGNES: dict[str, tuple[str, ...]] = {
    "membres_consortium": ("raison_sociale", "siret", "role", "chef_de_file"),
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
    ),
    "partenaires": ("nom", "type", "role", "engagement"),
    "indicateurs": ("libelle", "unite", "depart", "cible", "horizon_mois"),
    "lignes_financement": ("volet", "sens", "libelle", "montant", "eligible", "type_financeur", "statut"),
}


def _valeur(valeur):
    """JSON of one answer: amounts and instants as text, a row of a list as its code and its words."""
    if isinstance(valeur, Decimal):
        return str(valeur)
    if isinstance(valeur, datetime):
        return valeur.isoformat()
    if isinstance(valeur, Model):
        code = getattr(valeur, "code", None) or valeur.pk
        return {"code": code, "libelle": str(valeur)}
    return valeur


def _ligne(objet, champs) -> dict:
    return {champ: _valeur(getattr(objet, champ)) for champ in champs}


def contenu_a_figer(dossier) -> dict:
    """The whole dossier as its porteur wrote it; reads the database anew, so that nothing stale is frozen."""
    contenu = {
        "numero": dossier.numero,
        "vague": {"numero": dossier.vague.numero, "libelle": dossier.vague.libelle},
    }
    contenu |= {section: _ligne(dossier, champs) for section, champs in CHAMPS.items()}
    contenu["projet"]["filieres"] = [_valeur(f) for f in dossier.filieres.order_by("code")]
    for nom, champs in LIGNES.items():
        lignes = getattr(dossier, nom).all()
        if nom == "lignes_financement":
            lignes = lignes.filter(definitif=False)
        if nom == "sites":
            lignes = lignes.select_related("commune__departement")
        contenu[nom] = [_ligne(ligne, champs) for ligne in lignes]
    contenu["exercices"] = [
        {
            "annee": exercice.annee,
            "lignes": [_ligne(x, ("nature", "compte", "libelle", "montant")) for x in exercice.lignes.all()],
        }
        for exercice in dossier.exercices.prefetch_related("lignes")
    ]
    contenu["pieces_jointes"] = [
        {
            "nom": piece.nom,
            "libelle": piece.libelle,
            "type": piece.type.code if piece.type else "",
            "taille": piece.taille,
            "empreinte": piece.empreinte,
        }
        for piece in dossier.pieces.select_related("type").filter(complement=False)
    ]
    return contenu


def empreinte_de(contenu: dict) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no space): same content, same digest, for ever."""
    canonique = json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()
