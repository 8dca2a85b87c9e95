"""People and dates that several acts print."""

from candidatures.instantanes import a_paris
from instruction.models import Instruction
from manufactures import horloge
from manufactures.procedure import Role
from manufactures.programme.models import Delegation, Vague


def personne(user, qualite: str = "") -> dict:
    """A person as acts print them."""
    return {
        "prenom": user.prenom,
        "nom": user.nom,
        "qualite": user.qualite or qualite,
        "courriel": user.email,
        "telephone": user.telephone or None,
    }


def agent_de(dossier) -> dict:
    """« Affaire suivie par »: the agent who examines (CRPA L111-2)."""
    return personne(
        Instruction.objects.select_related("instructeur").get(dossier=dossier).instructeur,
        Role.INSTRUCTEUR.label,
    )


def signataire(par, appel, genre: str) -> dict:
    """Who signs in the authority's name, with the delegation in force now (CRPA L212-1)."""
    delegation = Delegation.en_vigueur(par, appel, horloge.maintenant(), genre)
    return {
        "prenom": par.prenom,
        "nom": par.nom,
        "qualite": par.qualite or Role.RESPONSABLE.label,
        "est_titulaire": False,
        "delegation_ref": delegation.reference,
        "delegation_date": delegation.publiee_le.isoformat(),
        "mode": "teleservice",
        "signe_le": horloge.aujourd_hui().isoformat(),
    }


def vague_suivante(dossier) -> dict | None:
    """The first other wave of the call that is open or to come."""
    vagues = Vague.objects.filter(appel=dossier.vague.appel, cloture__gt=horloge.maintenant()).exclude(
        pk=dossier.vague_id
    )
    vague = vagues.order_by("cloture").first()
    return {"libelle": vague.libelle, "cloture": a_paris(vague.cloture)} if vague else None
