"""Keys that every act of a dossier freezes (actes.md §1.2): never read again from the live row."""

from calendar import monthrange
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from manufactures import horloge


def a_paris(instant: datetime | None) -> str | None:
    """ISO 8601 at the hour of Paris, to the second."""
    return instant.astimezone(horloge.PARIS).isoformat(timespec="seconds") if instant else None


def ajouter_mois(jour: date, mois: int) -> date:
    """The same day `mois` months later, or the last of that month (CRPA delays run from day to day)."""
    annees, rang = divmod(jour.month - 1 + mois, 12)
    annee, mois_vise = jour.year + annees, rang + 1
    return date(annee, mois_vise, min(jour.day, monthrange(annee, mois_vise)[1]))


def date_implicite(dossier) -> date:
    """The day on which silence becomes a refusal: receipt plus the call's delay, computed, never typed."""
    recu = dossier.depose_le.astimezone(horloge.PARIS).date()
    return ajouter_mois(recu, dossier.vague.appel.delai_silence_mois)


def _porteur(dossier) -> dict:
    forme, commune = dossier.forme_juridique, dossier.commune_siege
    departement = commune.departement if commune else None
    ville = f"{dossier.code_postal_siege} {commune.nom if commune else ''}".strip()
    return {
        "raison_sociale": dossier.raison_sociale,
        "siret": dossier.siret,
        "forme": forme.libelle if forme else "",
        "forme_article": forme.forme_article if forme else "",
        "adresse": [ligne for ligne in (dossier.adresse_siege, ville) if ligne],
        "departement": departement.nom if departement else "",
        "est_public": bool(forme and forme.est_publique),
        "outre_mer": bool(departement and departement.code.startswith(("97", "98"))),
        "etranger": False,
    }


def _appel(appel) -> dict:
    return {
        "ami": {"titre": appel.titre, "cahier_version": appel.cahier_version},
        "service": {
            "nom": appel.service_nom,
            "adresse": appel.service_adresse,
            "courriel": appel.service_courriel,
            "telephone": appel.service_telephone,
            "lieu": appel.service_ville,
        },
        "agence": {
            "nom": "Agence nationale de la cohésion des territoires",
            "adresse": appel.service_adresse,
        },
        "tribunal": {"nom": appel.tribunal_nom, "adresse": appel.tribunal_adresse},
        "dpo": {"courriel": appel.dpo_courriel},
        "autorite": {
            "titre": appel.autorite_titre,
            "titre_complet": appel.autorite_titre_complet,
            "texte_competence": appel.autorite_texte_competence,
        },
    }


def instantane_commun(dossier) -> dict:
    """The common keys: call, wave, dossier, porteur, representative, service, court, authority, links."""
    return _appel(dossier.vague.appel) | {
        "mention_demonstration": dossier.est_demonstration,
        "vague": {"libelle": dossier.vague.libelle, "cloture": a_paris(dossier.vague.cloture)},
        "dossier": {
            "numero": dossier.numero,
            "nom_projet": dossier.nom_projet,
            "version_deposee": dossier.version_deposee,
            "depose_le": a_paris(dossier.depose_le),
        }
        | ({"prolonge_jusquau": a_paris(dossier.prolonge_jusquau)} if dossier.prolonge_jusquau else {}),
        "porteur": _porteur(dossier),
        "representant": {
            "civilite": dossier.get_representant_civilite_display(),
            "nom": f"{dossier.representant_prenom} {dossier.representant_nom}".strip(),
            "qualite": dossier.representant_qualite,
        },
        "agent": None,
        "signataire": None,
        "url": {
            "notice_donnees": settings.SITE_URL + reverse("accueil:donnees_personnelles"),
            "dossier": settings.SITE_URL + dossier.get_absolute_url(),
        },
    }
