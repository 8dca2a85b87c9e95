"""What happened on a dossier, in words its porteur may read: steps and writings, never reasons nor facts."""

from dataclasses import dataclass
from datetime import datetime

from manufactures.journal.models import Entree
from manufactures.procedure import PROCEDURE, Partie, libelle_pour

LIGNES = {
    "creer": "Dossier commencé",
    "ajouter_piece": "Pièce ajoutée",
    "retirer_piece": "Pièce retirée",
    "reprendre_autotest": "Réponses au test d'éligibilité reprises",
    "ajouter_membre": "Membre ajouté à l'équipe",
    "retirer_membre": "Membre retiré de l'équipe",
}


@dataclass(frozen=True)
class Evenement:
    """One line: when, what, who. An agent's name is not told, the agency's is."""

    le: datetime
    texte: str
    qui: str


def historique(dossier) -> list[Evenement]:
    """The lines of the journal that a member may read, the last first."""
    membres = {membre.user_id for membre in dossier.membres.all()}
    lisibles = [*LIGNES, *PROCEDURE]
    entrees = (
        Entree.objects.filter(fil=dossier.fil, action__in=lisibles).select_related("acteur").order_by("-rang")
    )
    evenements = []
    for entree in entrees:
        texte = LIGNES.get(entree.action) or libelle_pour("dossier", entree.vers, Partie.PORTEUR).texte
        if entree.action.endswith("_piece"):
            texte = f"{texte} : {entree.faits.get('nom', '')}"
        qui = entree.acteur.nom_complet if entree.acteur_id in membres else "ANCT"
        evenements.append(Evenement(entree.le, texte, qui))
    return evenements
