"""Deeds of the committee's stage that are no transition: row of the rights matrix, roles, condition."""

from manufactures.droits import declarer
from manufactures.procedure import Role

R = Role
declarer(
    "lire_seance",
    "Séances du comité · lire",
    {R.MEMBRE: "convoqué", R.PRESIDENT: "", R.RESPONSABLE: "", R.INSTRUCTEUR: "", R.AUDITEUR: ""},
    25,
)
declarer("creer_seance", "Séance · créer, inscrire, convoquer", {R.RESPONSABLE: "", R.PRESIDENT: ""}, 22)
declarer(
    "declarer_interets", "Déport · déclarer pour soi", {R.MEMBRE: "convoqué", R.PRESIDENT: "convoqué"}, 23
)
declarer(
    "deporter_un_tiers",
    "Déport · déclarer pour un autre",
    {R.RESPONSABLE: "motivé", R.PRESIDENT: "motivé"},
    24,
)
declarer(
    "lire_au_comite",
    "Dossier déposé · lire au comité",
    {
        R.MEMBRE: "ordre du jour, intérêts déclarés, sans déport",
        R.PRESIDENT: "ordre du jour, intérêts déclarés, sans déport",
        R.RESPONSABLE: "",
        R.INSTRUCTEUR: "dossier de ses appels",
        R.AUDITEUR: "dossier déposé",
    },
    11,
)
declarer(
    "rendre_lecture",
    "Lecture · noter, rendre",
    {R.MEMBRE: "sien, avant l'avis", R.PRESIDENT: "sien, avant l'avis"},
    20,
)
declarer(
    "planifier_audition",
    "Audition · planifier, compte rendu",
    {R.RESPONSABLE: "", R.PRESIDENT: "sans déport", R.INSTRUCTEUR: "compte rendu"},
    26,
)
declarer(
    "lire_son_audition",
    "Audition · lire son créneau, confirmer",
    {R.PORTEUR: "sien", R.CONTRIBUTEUR: "sien", R.LECTEUR: "sien, lire"},
    26,
)
declarer(
    "pointer_presence",
    "Présence en séance · pointer",
    {R.RESPONSABLE: "", R.PRESIDENT: "", R.MEMBRE: "soi-même"},
    27,
)
declarer("conduire_scrutin", "Scrutin · ouvrir, suspendre, clore", {R.PRESIDENT: "sans déport, quorum"}, 28)
declarer(
    "voter",
    "Bulletin · déposer",
    {R.MEMBRE: "sur la liste des votants, une fois", R.PRESIDENT: "sur la liste des votants, une fois"},
    29,
)
declarer(
    "lire_decisions",
    "Décision · lire avant publication",
    {R.INSTRUCTEUR: "dossier de ses appels", R.RESPONSABLE: ""},
    33,
)
declarer(
    "rediger_decision", "Décision · rédiger", {R.INSTRUCTEUR: "dossier de ses appels", R.RESPONSABLE: ""}, 33
)
declarer(
    "signer_decision",
    "Décision · signer",
    {R.RESPONSABLE: "délégation en vigueur, non auteur, non présidence"},
    34,
)
declarer("diffuser_decision", "Décision · programmer la diffusion", {R.RESPONSABLE: ""}, 36)
declarer(
    "lire_arbitrage",
    "Arbitrage · lire les montants proposés",
    {
        R.MEMBRE: "convoqué, sans déport",
        R.PRESIDENT: "",
        R.RESPONSABLE: "",
        R.INSTRUCTEUR: "",
        R.AUDITEUR: "",
    },
    42,
)
declarer("proposer_montants", "Arbitrage · proposer les montants", {R.INSTRUCTEUR: "", R.RESPONSABLE: ""}, 41)
declarer("tenir_seance", "Séance · tenir le tableau, clore", {R.RESPONSABLE: "", R.PRESIDENT: ""}, 27)
