"""What several acts of this stage print alike."""

from instruction.compositions import personne
from instruction.models import instructeur_de
from manufactures import horloge
from manufactures.procedure import Role
from manufactures.programme.models import Delegation

COMPTABLE = "l'agent comptable de l'Agence nationale de la cohésion des territoires"


def agent(dossier, par) -> dict:
    """« Affaire suivie par »: the agent in charge, else who draws up the act."""
    return personne(instructeur_de(dossier) or par, Role.INSTRUCTEUR.label.lower())


def signataire(user, appel, genre: str) -> dict:
    """Who signs for the agency: by delegation where one is in force, else in their own capacity, and it says so."""
    delegation = Delegation.en_vigueur(user, appel, horloge.maintenant(), genre)
    return {
        "prenom": user.prenom,
        "nom": user.nom,
        "qualite": user.qualite or Role.RESPONSABLE.label.lower(),
        "est_titulaire": delegation is None,
        "delegation_ref": delegation.reference if delegation else None,
        "delegation_date": delegation.publiee_le.isoformat() if delegation else None,
        "mode": "teleservice",
        "signe_le": horloge.aujourd_hui().isoformat(),
    }


def signe(user, defaut: str) -> dict:
    """A person who certifies or orders."""
    return {"prenom": user.prenom, "nom": user.nom, "qualite": user.qualite or defaut}


def pour_cent(fraction) -> str:
    """A rate as the acts take it: a percentage."""
    return f"{fraction * 100:.2f}"


def reference(dossier, genre: str) -> str | None:
    """Number of the last act of this kind on the dossier."""
    acte = dossier.actes.filter(genre=genre).order_by("-annee", "-rang").first()
    return acte.numero if acte else None


def titulaire_du_marche(expert) -> dict:
    """The firm of the framework contract."""
    return {"nom": expert.organisation or expert.nom_complet, "siret": None}
