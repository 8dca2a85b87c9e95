"""When the date of a request passes without a full answer: the three things that an agent may then do (CRPA L114-5).

Examine the dossier as it is; give more time; close it as incomplete, where what is missing is indispensable (L114-5-1:
a missing piece stops the examination only then). The last one answers « non » to the rules that can't be verified, and
leads to the proposal of a refusal, which another person signs.
"""

from django.db import transaction

from instruction.models import DemandeComplements, Instruction, PieceReclamee, Reponse
from manufactures.francais import date_longue
from manufactures.registres import TransitionInterdite


def indispensables_manquants(demande: DemandeComplements) -> list[PieceReclamee]:
    """The points without which the dossier cannot be examined, and that nothing answers."""
    return [point for point in demande.manquants if point.indispensable]


def clore_comme_incomplet(dossier, *, par, codes: list[str]) -> Instruction:
    """The examination goes on with « non » to these rules, each with what did not come as its reason.

    Raises TransitionInterdite before the date, without an indispensable point left unanswered, or without a rule.
    """
    with transaction.atomic():
        demande = DemandeComplements.ouverte_de(dossier)
        if demande is None:
            raise TransitionInterdite("Aucune demande de compléments n'est ouverte sur ce dossier.")
        manquants = indispensables_manquants(demande)
        if not manquants:
            raise TransitionInterdite(
                "Rien d'indispensable ne manque : examinez le dossier en l'état (CRPA, article L114-5-1)."
            )
        if not codes:
            raise TransitionInterdite("Choisissez la règle qui ne peut pas être vérifiée.")
        dossier.passer("constater_echeance", par=par)
        grille = Instruction.objects.get(dossier=dossier)
        grille.enregistrer(
            par=par,
            verdicts={
                code: {"reponse": Reponse.NON, "motif": motif_du_manque(demande, manquants)} for code in codes
            },
        )
    return grille


def motif_du_manque(demande: DemandeComplements, manquants: list[PieceReclamee]) -> str:
    """What was asked, when, and did not come."""
    elements = " ; ".join(point.libelle for point in manquants)
    return f"Demandé le {date_longue(demande.envoyee_le)}, non reçu au {date_longue(demande.echeance)} : {elements}"
