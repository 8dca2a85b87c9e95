"""What is no transition: deed × role × named condition (transitions are in procedure.py).

One table, read like the rights matrix of the security study: a row's number, what is done to what, and a column a role.
Each view and each deed names its row by its key; `matrice_droits` prints this table and the procedure's, and
`tests/noyau/test_droits.py` writes the law out again. Rows 1 to 53 are the study's, those from 54 on are ours.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from manufactures.procedure import Role
from manufactures.registres import GesteInterdit, condition_de, roles_sur

PUBLIC = "public"  # anybody, without an account
CONNECTE = "connecte"  # any signed-in person, about themselves

R = Role
# The columns, as the study abbreviates them; whoever is nobody yet (AN) has the row `public` alone.
COLONNES: dict[str, Role] = {
    "PT": R.PORTEUR,
    "PI": R.CONTRIBUTEUR,
    "LE": R.LECTEUR,
    "AI": R.INSTRUCTEUR,
    "AR": R.RESPONSABLE,
    "CM": R.MEMBRE,
    "PR": R.PRESIDENT,
    "EX": R.EXPERT,
    "AU": R.AUDITEUR,
    "TE": R.ADMINISTRATEUR,
}
TOUS = tuple(Role)
OUI = ""  # no condition but the role itself


class Garant(StrEnum):
    """What holds a condition, hence what who does not meet it reads."""

    REGARD = "regard"  # the look of that role: the object does not exist for the others (404)
    FONCTION = "fonction"  # a function registered under the condition's name: somebody else's deed (403)
    GESTE = "geste"  # the deed itself, under its lock: not now, not so, with the sentence that says why (409)


@dataclass(frozen=True)
class Condition:
    """The name that the table's cells say, in one sentence, and what holds it."""

    garant: Garant
    phrase: str


_R, _F, _G = Garant.REGARD, Garant.FONCTION, Garant.GESTE
CONDITIONS: dict[str, Condition] = {
    # Whose it is: the looks
    "soi-même": Condition(_R, "pour ce qui concerne cette personne, et personne d'autre"),
    "sien": Condition(_R, "sur un dossier dont on est titulaire ou membre, et ce qui en dépend"),
    "invité": Condition(_R, "sur un dossier où l'on a été invité"),
    "diffusé": Condition(_R, "une fois diffusé ou notifié, jamais sous embargo"),
    "déposé": Condition(_R, "sur les dossiers déposés, jamais un brouillon"),
    "ses appels": Condition(_R, "sur les appels où l'on est habilité, hors des vagues où l'on candidate"),
    "ordre du jour": Condition(_R, "sur les dossiers d'une séance où l'on est convoqué"),
    "intérêts déclarés": Condition(_R, "après avoir déclaré ses intérêts sur ce dossier"),
    "sans déport": Condition(_R, "sauf les dossiers dont on s'est déporté"),
    "convoqué": Condition(_R, "aux séances où l'on est convoqué"),
    "préside": Condition(_R, "aux séances du comité que l'on préside"),
    "mission": Condition(_R, "sur les projets de ses missions, de ses sessions et de ses relectures"),
    "lecture rendue": Condition(_R, "sur les dossiers dont on a rendu sa propre lecture"),
    "demande remise": Condition(_R, "une fois la grille remise"),
    # Whose deed it is: functions
    "affecté": Condition(_F, "l'agent à qui ce dossier est affecté"),
    # When and how: the deeds
    "vague ouverte": Condition(_G, "dans une vague ouverte"),
    "brouillon": Condition(_G, "tant que le dossier est un brouillon"),
    "version lue": Condition(_G, "si personne n'a écrit entre-temps"),
    "quota": Condition(_G, "dans la limite de taille et de nombre"),
    "demande ouverte": Condition(_G, "jusqu'à l'échéance d'une demande de compléments"),
    "ligne du tableau": Condition(_G, "selon l'état et le rôle écrits au tableau des étapes"),
    "avant remise": Condition(_G, "avant que la grille soit remise"),
    "délégation en vigueur": Condition(_G, "avec une délégation de signature en vigueur pour cet acte"),
    "non auteur": Condition(_G, "par une autre personne que celle qui a rédigé"),
    "non présidence": Condition(_G, "jamais par la présidence du comité : l'avis n'est pas la décision"),
    "motivé": Condition(_G, "avec un motif écrit ; la personne est prévenue"),
    "avant l'avis": Condition(_G, "avant que le comité rende son avis"),
    "quorum": Condition(_G, "si le quorum est atteint"),
    "liste des votants": Condition(_G, "inscrit sur la liste figée à l'ouverture, une seule fois"),
    "compte rendu": Condition(_G, "pour le compte rendu, non pour le créneau"),
    "lauréat": Condition(_G, "une fois l'attribution publiée"),
    "avant signature": Condition(_G, "avant la signature de la convention"),
    "trois personnes": Condition(_G, "certifier, ordonner et contresigner : trois personnes différentes"),
    "code affiché": Condition(_G, "le jour même, avec le code affiché à la porte"),
    "sept jours": Condition(_G, "sa propre session, dans les sept jours"),
    "ses dates": Condition(_G, "dans les deux ans, pas à venir, une journée par date tous projets confondus"),
    "consigné": Condition(_G, "chaque consultation est écrite au journal"),
}


@dataclass(frozen=True)
class Droit:
    """One row: who may do this deed, each role with its conditions by name, separated by commas ("" for none)."""

    libelle: str
    roles: dict[Role, str] = field(default_factory=dict)
    ligne: int | None = None  # row of the rights matrix


def _(ligne: int, libelle: str, **colonnes: str) -> Droit:
    return Droit(libelle, {COLONNES[nom]: cellule for nom, cellule in colonnes.items()}, ligne)


_AGENTS = {"AI": "ses appels", "AR": "ses appels"}
_MEMBRES = {"PT": "sien", "PI": "invité"}
_SUIVI = {**_MEMBRES, "LE": "invité", **_AGENTS, "AU": "ses appels"}
_AU_COMITE = "ordre du jour, intérêts déclarés, sans déport"

DROITS: dict[str, Droit] = {
    # -- The wave -----------------------------------------------------------------------------------------------
    "poser_modele": _(3, "Pièces demandées · publier un modèle", AR="ses appels"),
    "configurer_appel": _(3, "Cahier des charges et grille · ouvrir une version", AR="ses appels, motivé"),
    "regler_vague": _(3, "Vague · prolonger un dépôt, publier un incident", AR="ses appels, motivé"),
    # -- Everybody ----------------------------------------------------------------------------------------------
    PUBLIC: Droit("Pages publiques · lire", dict.fromkeys(TOUS, OUI), 1),
    CONNECTE: Droit("Son accueil, son compte", dict.fromkeys(TOUS, "soi-même"), 53),
    # -- The dossier --------------------------------------------------------------------------------------------
    "creer_dossier": _(5, "Dossier · créer un brouillon", PT="vague ouverte"),
    "reprendre_dossier": _(5, "Dossier · reprendre dans la vague suivante", PT="sien, vague ouverte"),
    "lister_dossiers": _(6, "Dossiers · lister les siens", PT="sien", PI="invité", LE="invité"),
    "ecrire_dossier": _(7, "Brouillon · écrire", PT="sien, brouillon, version lue",
        PI="invité, brouillon, version lue"),
    "lire_equipe": _(10, "Équipe du dossier, dépôt · lire", PT="sien", PI="invité", LE="invité"),
    "gerer_equipe": _(10, "Équipe du dossier · inviter, retirer", PT="sien"),
    "quitter_equipe": _(10, "Équipe du dossier · quitter", PI="invité", LE="invité"),
    "repondre_passation": _(10, "Titularité proposée · accepter, refuser", PI="invité", LE="invité"),
    "lire_dossier": _(11, "Dossier · lire", PT="sien", PI="invité", LE="invité", AI="ses appels, déposé",
        AR="ses appels, déposé", CM=_AU_COMITE, PR=_AU_COMITE, EX="mission", AU="ses appels, déposé"),
    "lire_historique": _(72, "Réponses · lire ce qui a changé", PT="sien", PI="invité", LE="invité",
        AI="ses appels, déposé", AR="ses appels, déposé", AU="ses appels, déposé"),
    "commenter": _(73, "Commentaire entre membres · lire, écrire, régler", PT="sien", PI="invité", LE="invité"),
    "lire_instruction": _(11, "Dossier déposé · lire, côté agence", AI="ses appels, déposé", AR="ses appels, déposé",
        AU="ses appels, déposé"),
    "lire_au_comite": _(11, "Dossier déposé · lire, au comité", AI="ses appels, déposé", AR="ses appels, déposé",
        CM=_AU_COMITE, PR=_AU_COMITE, AU="ses appels, déposé"),
    "repondre_complements": _(12, "Demande de compléments · lire, répondre", PT="sien, demande ouverte",
        PI="invité, demande ouverte", LE="invité"),
    "ajouter_piece": _(13, "Pièce · ajouter", PT="sien, brouillon, quota", PI="invité, brouillon, quota"),
    "lire_piece": _(14, "Pièce · télécharger", PT="sien", PI="invité", LE="invité", AI="ses appels, déposé",
        AR="ses appels, déposé", CM=_AU_COMITE, PR=_AU_COMITE, EX="mission", AU="ses appels, déposé"),
    "retirer_piece": _(15, "Pièce · retirer", PT="sien, brouillon", PI="invité, brouillon"),
    "lire_messages": _(16, "Messages du dossier · lire", **_SUIVI),
    "ecrire_message": _(16, "Messages du dossier · écrire", **_MEMBRES, **_AGENTS),
    "noter": _(17, "Note interne · écrire", **_AGENTS),
    # -- Pre-screening ------------------------------------------------------------------------------------------
    "remplir_grille": _(18, "Grille de pré-instruction · remplir", AI="affecté, avant remise",
        AR="ses appels, avant remise"),
    "demander_complements": _(18, "Compléments · demander, prolonger, juger les réponses", AI="affecté, avant remise",
        AR="ses appels, avant remise"),
    "demander_avis": _(80, "Avis d'un tiers · demander, relancer, retirer", AI="affecté, avant remise",
        AR="ses appels, avant remise"),
    "lire_modeles_de_messages": _(81, "Modèles de messages · lire", **_AGENTS, AU="ses appels"),
    "ecrire_modeles_de_messages": _(81, "Modèles de messages · écrire, retirer", AR="ses appels"),
    "lire_en_second": _(18, "Seconde lecture · confier, remplir, remettre, concilier", AI="ses appels",
        AR="ses appels"),
    "conclure_grille": _(19, "Refus · proposer, reprendre l'examen", AI="affecté", AR="ses appels"),
    "verifier_conclusion": _(19, "Conclusion · vérifier, renvoyer, régler la part tirée au sort",
        AR="ses appels, non auteur"),
    "affecter": _(21, "Instructeur · affecter", AR="ses appels"),
    "reprendre_grille": _(21, "Grille sans agent · reprendre pour soi", **_AGENTS),
    "refaire_controles": _(76, "Vérifications automatiques · refaire", **_AGENTS),
    "juger_doublon": _(77, "Doublon probable · dire distinct ou doublon", AI="ses appels, motivé",
        AR="ses appels, motivé"),
    "declarer_lien": _(78, "Lien d'un agent avec un dossier · déclarer, enregistrer", **_AGENTS),
    "lever_lien": _(78, "Lien d'un agent avec un dossier · lever", AR="ses appels, motivé"),
    "signer_irrecevabilite": _(34, "Irrecevabilité · signer", AR="ses appels, délégation en vigueur, non auteur"),
    # -- Committee ----------------------------------------------------------------------------------------------
    "composer_comite": _(22, "Comité, collèges, règles · régler", AR="ses appels"),
    "lire_comite": _(86, "Comité, collèges, règles · lire", AI="ses appels", AR="ses appels", CM=OUI, PR=OUI,
        AU="ses appels"),
    "declarer_interets": _(23, "Déport · déclarer pour soi", CM="convoqué", PR="convoqué"),
    "deporter_un_tiers": _(24, "Déport · déclarer pour un autre", AR="ses appels, motivé", PR="préside, motivé"),
    "lire_seance": _(25, "Séance, registre des déports · lire", AI="ses appels", AR="ses appels", CM="convoqué",
        PR="préside", AU="ses appels"),
    "planifier_audition": _(26, "Audition · planifier, compte rendu", AI="ses appels, compte rendu", AR="ses appels",
        PR="sans déport"),
    "noter_audition": _(94, "Audition · lire le créneau et les supports, prendre ses notes", CM=_AU_COMITE,
        PR=_AU_COMITE),
    "declarer_indisponibilites": _(95, "Indisponibilités d'un membre · déclarer les siennes", CM="soi-même",
        PR="soi-même"),
    "lire_son_audition": _(26, "Audition · lire son créneau, confirmer", PT="sien", PI="invité", LE="invité"),
    "pointer_presence": _(27, "Présence en séance · pointer", AR="ses appels", CM="convoqué, soi-même", PR="préside"),
    "tenir_seance": _(27, "Séance · tenir le tableau, clore", AR="ses appels", PR="préside"),
    "conduire_scrutin": _(28, "Scrutin · ouvrir, suspendre, clore", PR="préside, sans déport, quorum"),
    "voter": _(29, "Bulletin · déposer", CM="convoqué, liste des votants", PR="convoqué, liste des votants"),
    # -- Decisions and acts -------------------------------------------------------------------------------------
    "lire_decisions": _(33, "Décision · lire avant publication", **_AGENTS),
    "rediger_decision": _(33, "Décision · rédiger", **_AGENTS),
    "signer_decision": _(34, "Décision · signer", AR="ses appels, délégation en vigueur, non auteur, non présidence"),
    "lire_acte": _(35, "Acte · lire", PT="sien, diffusé", PI="invité, diffusé", LE="invité, diffusé", AI="ses appels",
        AR="ses appels", CM="ordre du jour, sans déport, diffusé", PR="ordre du jour, sans déport, diffusé",
        EX="mission, diffusé", AU="ses appels"),
    "diffuser_decision": _(36, "Décision · programmer la diffusion", AR="ses appels"),
    # -- Incubation ---------------------------------------------------------------------------------------------
    "organiser_promotion": _(37, "Promotion, sessions · organiser", **_AGENTS),
    "noter_presence": _(38, "Présence · noter", **_AGENTS, EX="mission, sept jours"),
    "lire_promotion": _(39, "Promotion, présences · lire", **_SUIVI, EX="mission"),
    # -- Money --------------------------------------------------------------------------------------------------
    "proposer_montants": _(41, "Arbitrage · proposer les montants", **_AGENTS),
    "adopter_scenario": _(41, "Arbitrage · adopter un scénario", AR="ses appels"),
    "lire_arbitrage": _(42, "Arbitrage · lire les montants proposés", AI="ses appels", AR="ses appels",
        CM="convoqué, sans déport", PR="préside", AU="ses appels"),
    "ordonner_versement": _(43, "Tranche · ordonner, contresigner", AR="ses appels, trois personnes"),
    "lire_convention": _(44, "Convention, tranches · lire", **_SUIVI, PR="préside"),
    "lire_iban": _(44, "Coordonnées bancaires · lire en entier", AR="ses appels, consigné"),
    # -- Days ---------------------------------------------------------------------------------------------------
    "accorder_credit": _(45, "Crédit de jours · ouvrir", AR="ses appels, lauréat"),
    "voir_ma_semaine": _(46, "Expert · sa semaine", EX="soi-même"),
    "etablir_releve": _(46, "Relevé mensuel · établir, facturer", EX="soi-même"),
    "lire_releve": _(113, "Relevé mensuel · lire", EX="soi-même", **_AGENTS),
    "payer_releve": _(114, "Relevé mensuel · noter le paiement", **_AGENTS),
    "noter_journee": _(46, "Journée · noter, corriger", EX="mission, ses dates"),
    "confirmer_journee": _(47, "Journée · confirmer, contester", PT="sien", AR="ses appels"),
    "trancher_journee": _(47, "Journée contestée · trancher", AR="ses appels, motivé"),
    # -- What the study does not number -------------------------------------------------------------------------
    "creer_seance": _(54, "Séance · créer, inscrire, convoquer", AR="ses appels", PR="préside"),
    "rendre_lecture": _(55, "Lecture du comité · noter, rendre", CM=f"{_AU_COMITE}, avant l'avis",
        PR=f"{_AU_COMITE}, avant l'avis"),
    "lire_classement": _(55, "Lectures d'une séance · comparer, classer", **_AGENTS,
        CM=f"{_AU_COMITE}, lecture rendue", PR=f"{_AU_COMITE}, lecture rendue", AU="ses appels"),
    "relancer_acte": _(56, "Acte en échec · refaire", **_AGENTS),
    "suivre_actes": _(90, "Actes · suivre, voir ceux qui sont retenus", **_AGENTS, AU="ses appels"),
    "exporter_archive": _(93, "Dossier terminé · exporter l'archive", AR="ses appels, déposé", AU="ses appels, déposé"),
    "poster_acte": _(94, "Acte · imprimer un lot postal, noter l'envoi, renvoyer le message", **_AGENTS),
    "classer_signes": _(115, "Lettres signées à la main · déposer une numérisation, la classer", **_AGENTS),
    "poser_signature": _(116, "Image de sa signature · poser, retirer", AR="délégation en vigueur"),
    "relire_decision": _(95, "Projet de décision · vérifier, renvoyer avec une note", AI="ses appels, non auteur",
        AR="ses appels, non auteur"),
    "lire_textes": _(92, "Textes des actes · lire", **_AGENTS, AU="ses appels"),
    "adapter_textes": _(92, "Textes des actes · adapter", AR="ses appels, motivé"),
    "corriger_acte": _(91, "Acte · corriger, annuler", AR="ses appels, motivé"),
    "suivre_projet": _(57, "Accompagnement d'un projet · lire", **_SUIVI),
    "lire_livrable": _(58, "Livrable · lire", **_SUIVI, EX="mission"),
    "remettre_livrable": _(58, "Livrable · remettre", **_MEMBRES),
    "photographier_livrable": _(58, "Livrable · photographier en session", **_AGENTS, EX="mission, sept jours"),
    "relire_livrable": _(58, "Livrable · relire", **_AGENTS, EX="mission"),
    "tenir_diagnostic": _(59, "Diagnostic · tenir", **_AGENTS),
    "rediger_bilan": _(59, "Bilan d'incubation · rédiger", **_AGENTS),
    "observer_bilan": _(59, "Bilan d'incubation · observer", **_MEMBRES),
    "geler_bilan": _(59, "Bilan d'incubation · geler", **_AGENTS),
    "declarer_compte": _(60, "Coordonnées bancaires · déclarer", PT="sien, avant signature"),
    "preparer_convention": _(61, "Convention · préparer", **_AGENTS),
    "signer_convention": _(61, "Convention · signer comme bénéficiaire", PT="sien"),
    "demander_versement": _(62, "Tranche · demander", PT="sien"),
    "certifier_versement": _(62, "Tranche · contrôler, certifier le service fait", AI="ses appels, trois personnes",
        AR="ses appels, trois personnes"),
    "changer_compte": _(111, "Coordonnées bancaires · demander un changement", PT="sien"),
    "verifier_compte": _(111, "Changement de compte · vérifier, refuser", AI="ses appels, trois personnes",
        AR="ses appels, trois personnes"),
    "confirmer_compte": _(111, "Changement de compte · confirmer", AR="ses appels, trois personnes"),
    "exporter_versements": _(112, "Versements · établir et télécharger un bordereau", AR="ses appels, consigné"),
    "ouvrir_recouvrement": _(110, "Recouvrement · envoyer la lettre", AR="ses appels, motivé"),
    "observer_recouvrement": _(110, "Recouvrement · répondre à la lettre", PT="sien"),
    "decider_recouvrement": _(110, "Recouvrement · décider, ordonner le reversement", AR="ses appels, motivé"),
    "constater_paiement": _(62, "Tranche · noter le paiement", **_AGENTS),
    "lire_mission": _(63, "Mission, journées · lire", **_SUIVI, EX="mission"),
    "proposer_mission": _(63, "Mission · proposer", **_AGENTS),
    "emarger": _(69, "Présence · émarger à la porte", PT="sien, code affiché", PI="invité, code affiché"),
    "agreer_mission": _(63, "Mission · donner son accord", PT="sien"),
    "recommander": _(64, "Recommandation · écrire", **_AGENTS, EX="mission"),
    "suivre_recommandation": _(64, "Recommandation · lire, dire où elle en est", **_MEMBRES, **_AGENTS, EX="mission"),
    "relancer_projet": _(64, "Projets silencieux · voir, relancer, mettre en veille", **_AGENTS),
    "rediger_cloture": _(65, "Bilan d'accompagnement · rédiger", **_AGENTS),
    # -- Steering -----------------------------------------------------------------------------------------------
    "lire_journal": _(49, "Journal · lire, vérifier la chaîne", AR="ses appels", AU="ses appels"),
    "gerer_roles": _(50, "Rôles · donner, confirmer, reprendre, départ d'un agent", AR="ses appels, motivé"),
    "gerer_comptes": _(51, "Second facteur perdu, effacement d'une personne · demander, confirmer",
        AR="ses appels, motivé"),
    "lire_pilotage": _(67, "Pilotage · lire les chiffres", AR="ses appels", AU="ses appels"),
    "exporter_liste": _(48, "Liste des dossiers · exporter", AI="ses appels, déposé", AR="ses appels, déposé",
        AU="ses appels, déposé"),
    "exporter_pilotage": _(48, "Pilotage · exporter les dossiers", AR="ses appels", AU="ses appels"),
    # Questions on the call: anybody with an account asks, the agents answer, everybody reads what is published.
    "poser_question": Droit("Question sur l'appel · poser", dict.fromkeys(TOUS[:-1], OUI), 68),
    "lire_questions": _(68, "Questions reçues · lire", **_AGENTS, AU="ses appels"),
    "repondre_question": _(68, "Question sur l'appel · répondre, publier, corriger, clore", **_AGENTS),
    "passer_dossier": Droit("Dossier · franchir une étape", dict.fromkeys(TOUS[:-1], "ligne du tableau"), 66),
}  # fmt: skip

# The steps of the procedure that are rows of the study too: (cycle, action) -> row.
LIGNES_DES_ETAPES: dict[tuple[str, str], int] = {
    ("dossier", "deposer"): 8,
    ("dossier", "reprendre"): 9,
    ("dossier", "retirer"): 9,
    ("dossier", "completer"): 12,
    ("dossier", "declarer_recevable"): 19,
    ("dossier", "declarer_irrecevable"): 19,
    ("dossier", "rouvrir"): 19,
    ("dossier", "prendre_en_charge"): 21,
    ("dossier", "auditionner"): 26,
    ("dossier", "labelliser"): 36,
    ("dossier", "mettre_en_liste"): 36,
    ("dossier", "ajourner"): 36,
    ("dossier", "ne_pas_retenir"): 36,
    ("dossier", "attribuer"): 36,
    ("mission", "attester"): 47,
    ("mission", "certifier"): 47,
}


def conditions_de(cellule: str) -> list[str]:
    """The names in one cell of the table."""
    return [nom for nom in cellule.split(", ") if nom]


def liste_des_roles(geste: str) -> str:
    """The roles of a row, in words."""
    return ", ".join(role.label.lower() for role in DROITS[geste].roles)


def peut(geste: str, user, objet=None, roles: set[Role] | None = None) -> bool:
    """`user` holds one of the deed's roles: on `objet` where there is one, in general otherwise.

    `roles`: those already read on this object. Looks have chosen the object before; what a function holds is asked
    here; what the deed holds, it says itself.
    """
    if geste == PUBLIC:
        return True
    if not user.is_authenticated:
        return False
    if geste == CONNECTE:
        return True
    if roles is None:
        roles = roles_sur(objet, user) if objet is not None else user.roles | roles_de_membre(user)
    cellules = DROITS[geste].roles
    return any(_tient(cellules[role], objet, user) for role in cellules if role in roles)


def _tient(cellule: str, objet, user) -> bool:
    """Every condition of this cell that a function holds, on this very object; without an object, none is asked."""
    if objet is None:
        return True
    fonctions = (condition_de(nom, objet) for nom in conditions_de(cellule))
    return all(fonction(objet, user) for fonction in fonctions if fonction)


def roles_de_membre(user) -> set[Role]:
    """Roles that come from a dossier rather than from a habilitation: whoever is on one may be its porteur.

    The technical administrator holds no other role (the study's incompatibilities).
    """
    return set() if R.ADMINISTRATEUR in user.roles else {R.PORTEUR, R.CONTRIBUTEUR, R.LECTEUR}


def exiger(geste: str, user, objet=None, roles: set[Role] | None = None) -> None:
    """Raise GesteInterdit, with the sentence that says whose deed it is, unless `user` may do it."""
    if not peut(geste, user, objet, roles):
        raise GesteInterdit(f"Ce geste revient à : {liste_des_roles(geste)}.")
