"""The request for completion, and the messages that go with it."""

from django.urls import reverse

from candidatures.instantanes import a_paris
from instruction.compositions.commun import agent_de, personne
from instruction.delais import date_implicite
from instruction.models import DemandeComplements, Instruction
from manufactures.courrier.models import Message
from manufactures.procedure import Role
from manufactures.programme.models import Clauses
from manufactures.registres import composition, contexte, effet


def piece_reclamee(piece, clauses: Clauses, vague: int) -> dict:
    """A point of the letter: its reference and its reason are never empty."""
    regle = piece.regle
    reference = piece.reference or (
        f"cahier des charges, article {clauses.reference(regle.article, vague)}"
        if regle and regle.article
        else ""
    )
    raison = piece.raison or (
        f"la règle « {regle.libelle} » ne peut pas être vérifiée sans cet élément"
        if regle
        else "le dossier ne contient pas cet élément"
    )
    return {
        "libelle": piece.libelle,
        "reference": " ; ".join(dit for dit in (reference, _dans_le_dossier(piece)) if dit),
        "raison": raison,
        "indispensable": piece.indispensable,
    }


def _dans_le_dossier(piece) -> str:
    """Where the porteur finds the passage."""
    return f"dans votre dossier : {piece.endroit}" if piece.endroit else ""


@composition("demande_complements")
def composer_demande(dossier, *, evenement, par, demande, **faits) -> dict:
    """What is asked, on which ground, why, until when (CRPA L114-5)."""
    ligne = DemandeComplements.objects.get(pk=demande)
    clauses, vague = Clauses.de(dossier.vague.appel_id), dossier.vague.numero
    return dossier.instantane() | {
        "objet_acte": f"Demande de compléments, dossier {dossier.numero}",
        "agent": agent_de(dossier),
        "signataire": personne(par, Role.INSTRUCTEUR.label)
        | {
            "est_titulaire": True,
            "delegation_ref": None,
            "delegation_date": None,
            "mode": "teleservice",
            "signe_le": None,
        },
        "pieces": [piece_reclamee(p, clauses, vague) for p in ligne.pieces.select_related("regle")],
        "echeance": a_paris(ligne.echeance),
    }


@contexte("complements_demandes")
def dire_l_echeance(dossier, *, evenement, par, demande, **faits) -> dict:
    """Until when, and the page where one answers."""
    ligne = DemandeComplements.objects.get(pk=demande)
    return {
        "echeance": a_paris(ligne.echeance),
        "chemin": reverse("instruction:repondre", args=[dossier.numero]),
    }


def recapitulatif(dossier) -> dict:
    """What was just received, and what it does to the implicit decision."""
    demande = dossier.demandes_complements.exclude(close_le=None).order_by("-close_le", "-pk").first()
    recus = [piece.libelle for reponse in demande.reponses.all() for piece in reponse.pieces.all()]
    suspendue = bool(demande.duree_suspendue())
    return {
        "recu_le": a_paris(demande.close_le),
        "liste_courte": recus or ["une réponse écrite"],
        "date_implicite": date_implicite(dossier).isoformat() if suspendue else None,
        "chemin": reverse("instruction:repondre", args=[dossier.numero]),
    }


@contexte("complements_recus")
def dire_ce_qui_est_recu(dossier, *, evenement, par, **faits) -> dict:
    """To the porteur: what was received and when."""
    return recapitulatif(dossier) | {"pour_agent": False}


@effet("dossier", "completer")
def prevenir_l_agent(dossier, *, par, evenement, **faits) -> None:
    """The same message to the agent who waits for the answer, with the link to the grid."""
    grille = Instruction.objects.select_related("instructeur").get(dossier=dossier)
    chemin = reverse("instruction:dossier", args=[dossier.numero])
    Message.preparer(
        "complements_recus",
        a=[grille.instructeur] if grille.instructeur else [],
        contexte={"n": dossier.numero, "nom_projet": dossier.nom_projet, "pour_agent": True}
        | recapitulatif(dossier),
        evenement=f"{dossier.fil}#{evenement.rang}",
        fil=dossier.fil,
        lien=chemin,
    )


@contexte("pris_en_charge")
def dire_qui_suit(dossier, *, evenement, par, **faits) -> dict:
    """The agent to whom the porteur may write."""
    return {"agent": agent_de(dossier), "chemin": reverse("instruction:messages", args=[dossier.numero])}
