"""Deeds of the support that are no transition: who may, under which condition (rights matrix, rows 37 to 47)."""

from manufactures.droits import declarer
from manufactures.procedure import Role

R = Role
AGENTS = {R.INSTRUCTEUR: "même appel", R.RESPONSABLE: ""}
MEMBRES = {R.PORTEUR: "sien", R.CONTRIBUTEUR: "sien"}
LECTEURS = MEMBRES | {R.LECTEUR: "sien"} | AGENTS | {R.AUDITEUR: ""}

# Incubation
declarer("organiser_promotion", "Promotion, sessions · organiser", AGENTS, 37)
declarer("lire_promotion", "Promotion, présences · lire", LECTEURS | {R.EXPERT: "la sienne"}, 39)
declarer("noter_presence", "Présence · noter", AGENTS | {R.EXPERT: "sa session, sept jours"}, 38)
declarer("remettre_livrable", "Livrable · remettre", MEMBRES, 37)
declarer("relire_livrable", "Livrable · relire", AGENTS | {R.EXPERT: "ses projets"}, 37)
declarer("lire_livrable", "Livrable · lire", LECTEURS | {R.EXPERT: "ses projets"}, 37)
declarer("tenir_diagnostic", "Diagnostic · tenir", AGENTS, 37)
declarer("rediger_bilan", "Bilan d'incubation · rédiger", AGENTS, 37)
declarer("observer_bilan", "Bilan d'incubation · observer", MEMBRES, 37)
declarer("geler_bilan", "Bilan d'incubation · geler", AGENTS, 37)
declarer("suivre_projet", "Accompagnement d'un projet · lire", LECTEURS, 39)
declarer("recommander", "Recommandation · écrire", AGENTS, 16)

# Money
declarer("declarer_compte", "Coordonnées bancaires · déclarer", {R.PORTEUR: "sien, avant signature"}, 44)
declarer("lire_iban", "Coordonnées bancaires · lire en entier", {R.RESPONSABLE: ""}, 44)
declarer("preparer_convention", "Convention · préparer", AGENTS, 43)
declarer("signer_convention", "Convention · signer comme bénéficiaire", {R.PORTEUR: "sienne"}, 43)
declarer("lire_convention", "Convention, tranches · lire", LECTEURS | {R.PRESIDENT: ""}, 44)
declarer("demander_versement", "Tranche · demander", {R.PORTEUR: "sienne"}, 43)
declarer("certifier_versement", "Tranche · contrôler, certifier le service fait", AGENTS, 43)
declarer(
    "ordonner_versement",
    "Tranche · ordonner, contresigner",
    {R.RESPONSABLE: "trois personnes, pièces acceptées"},
    43,
)
declarer("constater_paiement", "Tranche · noter le paiement", AGENTS, 43)

# Days
declarer("accorder_credit", "Crédit de jours · ouvrir", {R.RESPONSABLE: "lauréat, attribution publiée"}, 45)
declarer("proposer_mission", "Mission · proposer", AGENTS, 45)
declarer("agreer_mission", "Mission · donner son accord", {R.PORTEUR: "sienne"}, 45)
declarer("lire_mission", "Mission, journées · lire", LECTEURS | {R.EXPERT: "sienne"}, 47)
declarer("voir_ma_semaine", "Expert · sa semaine", {R.EXPERT: "soi-même"}, 46)
declarer(
    "noter_journee",
    "Journée · noter, corriger",
    {R.EXPERT: "sa mission, ses dates, une journée par date"},
    46,
)
declarer("confirmer_journee", "Journée · confirmer, contester", MEMBRES | {R.RESPONSABLE: ""}, 47)
declarer("trancher_journee", "Journée contestée · trancher", {R.RESPONSABLE: ""}, 47)

# End
declarer("rediger_cloture", "Bilan d'accompagnement · rédiger", AGENTS, 37)
