"""What several acts of the committee say the same way."""

from manufactures.comptes.models import User
from manufactures.procedure import Role
from selection.models import Seance, TypeSeance

CIVILITE_INCONNUE = "Madame, Monsieur"
TYPES = {
    TypeSeance.PRE_SELECTION: "de pré-sélection",
    TypeSeance.SELECTION: "de sélection après auditions",
    TypeSeance.ARBITRAGE: "d'arbitrage",
}
MODE_SECRET, MODE_PUBLIC = "secret", "public"


def commun_de_la_seance(seance: Seance) -> dict:
    """Common keys of the acts that belong to no dossier: call, wave, service, authority; no porteur in them."""
    dossiers = [p.dossier for p in seance.points.select_related("dossier__vague__appel")]
    commun = dossiers[0].instantane()
    return commun | {
        "mention_demonstration": any(d.est_demonstration for d in dossiers),
        "dossier": None,
        "porteur": None,
        "representant": None,
        "url": commun["url"] | {"dossier": None},
        "president": president_de(seance),
    }


def personne_brute(user: User, qualite: str = "") -> dict:
    """First name, name, capacity, as a signature block prints them."""
    return {
        "prenom": user.prenom,
        "nom": user.nom,
        "qualite": qualite or user.qualite or Role.MEMBRE.label.lower(),
    }


def president_de(seance: Seance) -> dict:
    """Who chairs."""
    membre = seance.president()
    return personne_brute(membre.user, membre.qualite_imprimee or "présidence du comité")


def mode_scrutin(seance: Seance) -> str:
    """« secret » or « public »."""
    return MODE_SECRET if seance.scrutin_secret else MODE_PUBLIC


def regles(seance: Seance, debut: str) -> dict:
    """The sitting as every act of its own prints it."""
    return {
        "debut": debut,
        "type": TYPES[TypeSeance(seance.type)],
        "lieu": seance.lieu,
        "mode_scrutin": mode_scrutin(seance),
        "reglement_version": seance.reglement_version,
        "a_distance": seance.a_distance,
        "mandats": seance.mandats_par_membre,
        "sans_quorum": seance.seconde_sans_quorum,
        "premiere_date": seance.premiere.debut.date().isoformat() if seance.premiere_id else None,
    }
