"""The order of days and the porteur's attestation."""

from accompagnement.compositions.commun import agent, signataire, titulaire_du_marche
from accompagnement.models import CreditJours, EtatJournee
from accompagnement.models.base import jour_de
from manufactures.registres import composition

SANS_MARCHE = "à préciser"
CRENEAUX = {"MATIN": "matin", "APRES_MIDI": "après-midi", "JOURNEE": "journée"}


@composition("lettre_mission")
def composer_lettre(mission, *, evenement, par, **faits) -> dict:
    """Order form: need, days, dates, price, and the credit that is left after it."""
    dossier, appel = mission.dossier, mission.dossier.appel
    credit = CreditJours.objects.get(dossier=dossier)
    ttc = mission.ttc(mission.jours_commandes)
    return dossier.instantane() | {
        "objet_acte": f"Lettre de mission, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "signataire": signataire(par, appel, "lettre_mission"),
        "expert": {"prenom": mission.expert.prenom, "nom": mission.expert.nom},
        "titulaire": titulaire_du_marche(mission.expert),
        "marche_ref": appel.marche_reference or SANS_MARCHE,
        "lot": f"« {mission.theme.libelle.lower()} »",
        "besoin": mission.objet,
        "livrables": [ligne.strip() for ligne in mission.livrables.splitlines() if ligne.strip()],
        "jours": str(mission.jours_commandes),
        "jours_distance": str(mission.jours_distance),
        "debut": mission.debut.isoformat(),
        "fin": mission.fin.isoformat(),
        "prix_jour_ht": str(mission.prix_jour_ht),
        "total_ht": str(mission.total_ht),
        "tva": str(mission.tva),
        "montant_tva": str(ttc - mission.total_ht),
        "total_ttc": str(ttc),
        "frais": "compris",
        "accord_porteur_le": jour_de(mission.agreee_par_le_porteur_le),
        "declaration_le": jour_de(mission.acceptee_le),
        "engagement_ref": mission.bon_de_commande,
        "credit": {
            "accorde": str(credit.accordes),
            "commande": str(credit.commandes),
            "disponible": str(credit.disponibles),
        },
    }


@composition("attestation_intervention")
def composer_attestation(mission, *, evenement, par, **faits) -> dict:
    """Presence and work done, day by day; what was set aside is out of the total, with its reason."""
    dossier = mission.dossier
    journees = list(mission.journees.all())
    ecartees = [j for j in journees if j.etat == EtatJournee.ECARTE]
    qualite = par.qualite or dossier.representant_qualite
    return dossier.instantane() | {
        "objet_acte": f"Attestation d'intervention, dossier {dossier.numero}",
        "agent": agent(dossier, par),
        "mission_ref": mission.lettre.numero,
        "expert": {"prenom": mission.expert.prenom, "nom": mission.expert.nom},
        "titulaire": titulaire_du_marche(mission.expert),
        "interventions": [
            {
                "date": j.date.isoformat(),
                "demi_journee": CRENEAUX[j.creneau],
                "jours": str(j.duree),
                "lieu": j.get_lieu_display(),
                "objet": j.texte,
            }
            for j in journees
            if j.est_valide
        ],
        "total_jours": str(mission.jours_valides),
        "confirmation": {
            "le": jour_de(mission.attestee_le),
            "expresse": True,
            "qualite": f"{par.nom_complet}, {qualite}" if qualite else par.nom_complet,
        },
        "invitation_le": jour_de(mission.realisee_le),
        "reserves": " ; ".join(j.motif_ecart.rstrip(".") for j in ecartees) or None,
        "jours_reserves": str(sum(j.duree for j in ecartees)) if ecartees else None,
    }
