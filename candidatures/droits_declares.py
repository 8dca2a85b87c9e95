"""Rows of the rights matrix (guarantees.md (b)) that this stage serves; transitions are in procedure.py."""

from manufactures.droits import declarer
from manufactures.procedure import Role as R

LECTEURS = {
    R.PORTEUR: "sien",
    R.CONTRIBUTEUR: "invité",
    R.LECTEUR: "invité",
    R.INSTRUCTEUR: "déposé",
    R.RESPONSABLE: "déposé",
    R.MEMBRE: "ordre du jour, sans déport",
    R.PRESIDENT: "ordre du jour, sans déport",
    R.EXPERT: "mission",
    R.AUDITEUR: "déposé",
}
ECRIVAINS = {R.PORTEUR: "sien", R.CONTRIBUTEUR: "invité à écrire"}
TITULAIRE = {R.PORTEUR: "titulaire"}

LISTER = "lister_dossiers"
CREER = "creer_dossier"
LIRE = "lire_dossier"
ECRIRE = "ecrire_dossier"
DEPOSER = "deposer_dossier"
PASSER = "passer_dossier"
GERER_EQUIPE = "gerer_equipe"
LIRE_EQUIPE = "lire_equipe"
LIRE_PIECE = "lire_piece"
AJOUTER_PIECE = "ajouter_piece"
RETIRER_PIECE = "retirer_piece"

declarer(LISTER, "Dossiers · lister les siens", {R.PORTEUR: "", R.CONTRIBUTEUR: "", R.LECTEUR: ""}, 6)
declarer(CREER, "Dossier · créer un brouillon", {R.PORTEUR: "vague ouverte"}, 5)
declarer(LIRE, "Dossier · lire", LECTEURS, 11)
declarer(ECRIRE, "Brouillon · écrire", ECRIVAINS, 7)
declarer(DEPOSER, "Dossier · déposer", {R.PORTEUR: "titulaire, complet, avant la clôture"}, 8)
declarer(PASSER, "Dossier · franchir une étape", dict.fromkeys(LECTEURS, "ligne du tableau des étapes"))
declarer(
    LIRE_EQUIPE,
    "Équipe du dossier · lire",
    {R.PORTEUR: "sien", R.CONTRIBUTEUR: "invité", R.LECTEUR: "invité"},
    10,
)
declarer(GERER_EQUIPE, "Équipe du dossier · inviter, retirer", TITULAIRE, 10)
declarer(LIRE_PIECE, "Pièce · télécharger", LECTEURS, 14)
declarer(AJOUTER_PIECE, "Pièce · ajouter", ECRIVAINS, 13)
declarer(RETIRER_PIECE, "Pièce · retirer", {R.PORTEUR: "brouillon", R.CONTRIBUTEUR: "brouillon"}, 15)
