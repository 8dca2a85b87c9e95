"""What happened on a dossier, in words its porteur may read: steps and writings, never reasons nor facts."""

from dataclasses import dataclass
from datetime import datetime

from manufactures.journal.models import Entree
from manufactures.procedure import PROCEDURE, Partie, libelle_pour
from manufactures.registres import DES_PORTEURS

LIGNES = {
    "creer": "Dossier commencé",
    "ajouter_piece": "Pièce ajoutée",
    "remplacer_piece": "Pièce remplacée",
    "retirer_piece": "Pièce retirée",
    "ecarter_piece": "Pièce écartée par l'antivirus",
    "reprendre_autotest": "Réponses au test d'éligibilité reprises",
    "prolonger_depot": "Délai de dépôt prolongé",
    "reprendre_dossier": "Repris d'un dossier d'une vague précédente",
    "ajouter_membre": "Membre ajouté à l'équipe",
    "retirer_membre": "Membre retiré de l'équipe",
    "inviter": "Invitation envoyée",
    "retirer_invitation": "Invitation retirée",
    "rejoindre": "Invitation acceptée",
    "quitter_equipe": "Départ de l'équipe",
    "proposer_passation": "Titularité proposée à un autre membre",
    "annuler_passation": "Proposition de titularité annulée",
    "refuser_passation": "Proposition de titularité refusée",
    "accepter_passation": "Nouveau titulaire",
    "ajouter_partenaire": "Partenaire ajouté au groupement",
    "modifier_partenaire": "Partenaire du groupement modifié",
    "retirer_partenaire": "Partenaire retiré du groupement",
    "demander_mandat": "Mandat demandé",
    "retirer_mandat": "Mandat retiré",
    "donner_mandat": "Mandat donné",
    "refuser_mandat": "Mandat refusé",
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
        if entree.action.endswith(("_partenaire", "_mandat")):
            texte = f"{texte} : {entree.faits.get('partenaire', '')}"
        du_porteur = entree.action in LIGNES or entree.acteur_id in membres or entree.role in DES_PORTEURS
        qui = entree.faits.get("signataire") or "ANCT"
        if entree.acteur and du_porteur:
            qui = entree.acteur.nom_complet
        evenements.append(Evenement(entree.le, texte, qui))
    return evenements
