"""Deeds of the pre-screening that are no transition: who may, under which condition."""

from manufactures.droits import declarer
from manufactures.procedure import Role

R = Role
MEMBRES = {R.PORTEUR: "sien", R.CONTRIBUTEUR: "sien"}
declarer(
    "lire_instruction",
    "Dossier déposé · lire, côté agence",
    {R.INSTRUCTEUR: "dossier de ses appels", R.RESPONSABLE: "", R.AUDITEUR: "dossier déposé"},
    11,
)
declarer(
    "repondre_complements",
    "Demande de compléments · répondre",
    {R.PORTEUR: "sien, jusqu'à l'échéance", R.CONTRIBUTEUR: "sien, jusqu'à l'échéance", R.LECTEUR: "lire"},
    12,
)
declarer(
    "lire_messages",
    "Messages du dossier · lire",
    {
        **MEMBRES,
        R.LECTEUR: "sien",
        R.INSTRUCTEUR: "dossier de ses appels",
        R.RESPONSABLE: "",
        R.AUDITEUR: "lire",
    },
    16,
)
declarer(
    "ecrire_message",
    "Messages du dossier · écrire",
    {**MEMBRES, R.INSTRUCTEUR: "dossier de ses appels", R.RESPONSABLE: ""},
    16,
)
declarer("noter", "Note interne · écrire", {R.INSTRUCTEUR: "dossier de ses appels", R.RESPONSABLE: ""}, 17)
declarer(
    "remplir_grille", "Grille de pré-instruction · remplir", {R.INSTRUCTEUR: "affecté", R.RESPONSABLE: ""}, 18
)
declarer(
    "demander_complements",
    "Compléments · demander, prolonger",
    {R.INSTRUCTEUR: "affecté", R.RESPONSABLE: ""},
    18,
)
declarer(
    "conclure_grille",
    "Refus · proposer, reprendre l'examen",
    {R.INSTRUCTEUR: "sa grille", R.RESPONSABLE: ""},
    19,
)
declarer(
    "signer_irrecevabilite",
    "Irrecevabilité · signer",
    {R.RESPONSABLE: "délégation en vigueur, non auteur"},
    34,
)
declarer("affecter", "Instructeur · affecter", {R.RESPONSABLE: ""}, 21)
