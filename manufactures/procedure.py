"""The page: every state, every transition, who may, which act and mail follow.

Plain data, imports nothing of ours. Read aloud, the three tables are the cahier des charges of the procedure
(press kit of 8 December 2021, p. 12-13): the drawing of the README, the help page and the tests come from here.
"""

from dataclasses import dataclass, field

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may be, in general or on one dossier."""

    PORTEUR = "PORTEUR", "Titulaire du dossier"
    CONTRIBUTEUR = "CONTRIBUTEUR", "Contributeur du dossier"
    LECTEUR = "LECTEUR", "Lecteur du dossier"
    INSTRUCTEUR = "INSTRUCTEUR", "Agent instructeur"
    RESPONSABLE = "RESPONSABLE", "Responsable de l'appel"
    MEMBRE = "MEMBRE", "Membre du comité"
    PRESIDENT = "PRESIDENT", "Présidence du comité"
    EXPERT = "EXPERT", "Expert"
    AUDITEUR = "AUDITEUR", "Auditeur"
    ADMINISTRATEUR = "ADMINISTRATEUR", "Administrateur technique"


class Partie(TextChoices):
    """The four kinds of reader; each state has its label and its sentence for each of them."""

    PORTEUR = "PORTEUR", "le porteur"
    AGENT = "AGENT", "l'ANCT"
    COMITE = "COMITE", "le comité"
    EXPERT = "EXPERT", "l'expert"


PARTIE_DU_ROLE = {
    Role.PORTEUR: Partie.PORTEUR,
    Role.CONTRIBUTEUR: Partie.PORTEUR,
    Role.LECTEUR: Partie.PORTEUR,
    Role.INSTRUCTEUR: Partie.AGENT,
    Role.RESPONSABLE: Partie.AGENT,
    Role.MEMBRE: Partie.COMITE,
    Role.PRESIDENT: Partie.COMITE,
    Role.EXPERT: Partie.EXPERT,
    Role.AUDITEUR: Partie.AGENT,
    Role.ADMINISTRATEUR: Partie.AGENT,
}


class Etat(TextChoices):
    """Where a dossier stands; the label is the neutre one, `LIBELLES` has one per reader."""

    BROUILLON = "BROUILLON", "Brouillon"
    DEPOSE = "DEPOSE", "Déposé"
    EN_INSTRUCTION = "EN_INSTRUCTION", "En pré-instruction"
    A_COMPLETER = "A_COMPLETER", "À compléter"
    RECEVABLE = "RECEVABLE", "Recevable"
    IRRECEVABLE = "IRRECEVABLE", "Irrecevable"
    EN_COMITE = "EN_COMITE", "Au comité"
    A_AUDITIONNER = "A_AUDITIONNER", "En audition"
    AVIS_RENDU = "AVIS_RENDU", "Avis rendu"
    LAUREAT = "LAUREAT", "Lauréat"
    LISTE_COMPLEMENTAIRE = "LISTE_COMPLEMENTAIRE", "Liste complémentaire"
    AJOURNE = "AJOURNE", "Ajourné"
    NON_RETENU = "NON_RETENU", "Non retenu"
    EN_INCUBATION = "EN_INCUBATION", "En incubation"
    EN_ARBITRAGE = "EN_ARBITRAGE", "En arbitrage"
    EN_ACCOMPAGNEMENT = "EN_ACCOMPAGNEMENT", "En accompagnement"
    CLOS = "CLOS", "Clos"
    RETIRE = "RETIRE", "Retiré"
    ABANDONNE = "ABANDONNE", "Abandonné"


class EtatConvention(TextChoices):
    """Where the money stands."""

    EN_PROJET = "EN_PROJET", "En projet"
    SIGNEE = "SIGNEE", "Signée"
    EN_EXECUTION = "EN_EXECUTION", "En exécution"
    SOLDEE = "SOLDEE", "Soldée"
    RESILIEE = "RESILIEE", "Résiliée"


class EtatMission(TextChoices):
    """Where an expert's order of days stands."""

    PROPOSEE = "PROPOSEE", "Proposée"
    ACCEPTEE = "ACCEPTEE", "Acceptée"
    COMMANDEE = "COMMANDEE", "Commandée"
    REALISEE = "REALISEE", "Réalisée"
    ATTESTEE = "ATTESTEE", "Confirmée"
    SERVICE_FAIT = "SERVICE_FAIT", "Service fait"


@dataclass(frozen=True)
class Transition:
    """One line of the procedure: who may move what from where to where, and what that produces.

    `ecran` names the address of the page on which the step is taken, where it needs more than a button
    (a form, a ballot, a signature): then no generic button is shown for it.
    """

    libelle: str
    depuis: tuple[str, ...]
    vers: str
    roles: tuple[Role, ...]  # held on this very object: `roles_sur(objet, par)`
    motivee: bool = False  # a written reason is required, journalled and printed where an act follows
    actes: tuple[str, ...] = ()  # kinds of official documents ordered
    courrier: str = ""  # message sent to the dossier's people
    ecran: str = ""
    confirmation: str = ""  # sentence shown before what can't be undone


E, C, M, R, T = Etat, EtatConvention, EtatMission, Role, Transition
AGENTS = (R.INSTRUCTEUR, R.RESPONSABLE)

# -- Dossier: from the draft to the end of the two years ---------------------------------------------------------
PROCEDURE: dict[str, Transition] = {
    "deposer": T("Déposer le dossier", (E.BROUILLON,), E.DEPOSE, (R.PORTEUR,),
                 actes=("ar_depot",), courrier="depot_recu", ecran="candidatures:depot"),
    "reprendre": T("Reprendre le dossier", (E.DEPOSE,), E.BROUILLON, (R.PORTEUR,), courrier="depot_repris",
                   confirmation="Repris, ce dossier n'est plus déposé : il faudra le déposer de nouveau avant la "
                                "clôture. Ce dépôt et son accusé sont gardés."),
    "prendre_en_charge": T("Prendre en charge", (E.DEPOSE,), E.EN_INSTRUCTION, AGENTS, courrier="pris_en_charge"),
    "demander_complements": T("Envoyer la demande", (E.EN_INSTRUCTION,), E.A_COMPLETER, AGENTS,
                              actes=("demande_complements",), courrier="complements_demandes",
                              ecran="instruction:complements"),
    "completer": T("Répondre à la demande", (E.A_COMPLETER,), E.EN_INSTRUCTION, (R.PORTEUR, R.CONTRIBUTEUR),
                   courrier="complements_recus", ecran="instruction:repondre"),
    "constater_echeance": T("Reprendre l'examen en l'état", (E.A_COMPLETER,), E.EN_INSTRUCTION, AGENTS),
    "declarer_recevable": T("Déclarer recevable", (E.EN_INSTRUCTION,), E.RECEVABLE, AGENTS,
                            actes=("rapport_instruction",), courrier="recevable"),
    "declarer_irrecevable": T("Déclarer irrecevable", (E.EN_INSTRUCTION,), E.IRRECEVABLE, (R.RESPONSABLE,),
                              motivee=True, actes=("irrecevabilite",), courrier="decision_disponible",
                              ecran="instruction:irrecevabilite"),
    "rouvrir": T("Rouvrir la pré-instruction", (E.RECEVABLE,), E.EN_INSTRUCTION, (R.RESPONSABLE,), motivee=True),
    "inscrire": T("Inscrire en séance", (E.RECEVABLE,), E.EN_COMITE, (R.RESPONSABLE,), ecran="selection:ordre_du_jour"),
    "auditionner": T("Auditionner", (E.EN_COMITE,), E.A_AUDITIONNER, (R.PRESIDENT, R.RESPONSABLE),
                     actes=("convocation_audition",), courrier="audition_convocation", ecran="selection:audition"),
    "rendre_avis": T("Rendre l'avis", (E.EN_COMITE, E.A_AUDITIONNER), E.AVIS_RENDU, (R.PRESIDENT,),
                     ecran="selection:seance"),
    # The opinion is the committee's, the decision a signatory's: signed first (its act waits, hidden), these
    # four rows are its publication, done by a task in the name of the responsable who set the instant.
    "labelliser": T("Publier la labellisation", (E.AVIS_RENDU, E.LISTE_COMPLEMENTAIRE), E.LAUREAT,
                    (R.RESPONSABLE,), courrier="decision_disponible", ecran="selection:decisions"),
    "mettre_en_liste": T("Publier l'inscription sur liste complémentaire", (E.AVIS_RENDU,), E.LISTE_COMPLEMENTAIRE,
                         (R.RESPONSABLE,), courrier="decision_disponible", ecran="selection:decisions"),
    "ajourner": T("Publier l'ajournement", (E.AVIS_RENDU,), E.AJOURNE, (R.RESPONSABLE,),
                  courrier="decision_disponible", ecran="selection:decisions"),
    "ne_pas_retenir": T("Publier la non-sélection", (E.AVIS_RENDU, E.LISTE_COMPLEMENTAIRE), E.NON_RETENU,
                        (R.RESPONSABLE,), courrier="decision_disponible", ecran="selection:decisions"),
    "ouvrir_incubation": T("Ouvrir l'incubation", (E.LAUREAT,), E.EN_INCUBATION, AGENTS,
                           ecran="accompagnement:promotions"),
    "clore_incubation": T("Clore l'incubation", (E.EN_INCUBATION,), E.EN_ARBITRAGE, AGENTS,
                          actes=("bilan_incubation", "attestation_incubation"), courrier="document_disponible",
                          ecran="accompagnement:bilan"),
    # Publication of the award (or of the label without subsidy), signed after the arbitration sitting.
    "attribuer": T("Publier l'attribution", (E.EN_ARBITRAGE,), E.EN_ACCOMPAGNEMENT, (R.RESPONSABLE,),
                   courrier="decision_disponible", ecran="selection:decisions"),
    "clore": T("Clore le dossier", (E.EN_ACCOMPAGNEMENT,), E.CLOS, (R.RESPONSABLE,),
               actes=("bilan_accompagnement", "fin_de_parcours"), courrier="document_disponible",
               ecran="accompagnement:cloture"),
    "retirer": T("Retirer le dossier",
                 (E.DEPOSE, E.EN_INSTRUCTION, E.A_COMPLETER, E.RECEVABLE, E.EN_COMITE, E.A_AUDITIONNER, E.AVIS_RENDU),
                 E.RETIRE, (R.PORTEUR, R.RESPONSABLE), actes=("fin_de_parcours",), courrier="dossier_retire",
                 confirmation="Retirer ce dossier ? Il ne sera pas examiné."),
    "abandonner": T("Arrêter le parcours", (E.LAUREAT, E.EN_INCUBATION, E.EN_ARBITRAGE, E.EN_ACCOMPAGNEMENT),
                    E.ABANDONNE, (R.RESPONSABLE,), motivee=True, actes=("fin_de_parcours",),
                    courrier="decision_disponible",
                    confirmation="Arrêter ce parcours ? Le label et l'accompagnement prennent fin."),
}  # fmt: skip

# -- Convention: the money ---------------------------------------------------------------------------------------
PROCEDURE_CONVENTION: dict[str, Transition] = {
    "signer": T("Signer pour l'agence", (C.EN_PROJET,), C.SIGNEE, (R.RESPONSABLE,), courrier="document_disponible",
                confirmation="Signer cette convention ? Elle engage l'agence."),
    "executer": T("Constater le premier versement", (C.SIGNEE,), C.EN_EXECUTION, AGENTS,
                  ecran="accompagnement:convention"),
    "solder": T("Solder la convention", (C.EN_EXECUTION,), C.SOLDEE, (R.RESPONSABLE,)),
    "resilier": T("Résilier la convention", (C.EN_PROJET, C.SIGNEE, C.EN_EXECUTION), C.RESILIEE, (R.RESPONSABLE,), motivee=True,
                  confirmation="Résilier cette convention ? Aucun versement ne suivra."),
}  # fmt: skip

# -- Mission: the days -------------------------------------------------------------------------------------------
PROCEDURE_MISSION: dict[str, Transition] = {
    "accepter": T("Accepter la mission", (M.PROPOSEE,), M.ACCEPTEE, (R.EXPERT,)),
    "commander": T("Commander la mission", (M.ACCEPTEE,), M.COMMANDEE, (R.RESPONSABLE,), actes=("lettre_mission",),
                   courrier="mission_commandee"),
    "terminer": T("Déclarer la mission réalisée", (M.COMMANDEE,), M.REALISEE, (R.EXPERT,)),
    "attester": T("Confirmer la mission", (M.REALISEE,), M.ATTESTEE, (R.PORTEUR,), actes=("attestation_intervention",),
                  courrier="document_disponible"),
    "certifier": T("Certifier le service fait", (M.ATTESTEE,), M.SERVICE_FAIT, (R.RESPONSABLE,)),
}  # fmt: skip

CYCLES: dict[str, dict[str, Transition]] = {
    "dossier": PROCEDURE,
    "convention": PROCEDURE_CONVENTION,
    "mission": PROCEDURE_MISSION,
}
ETATS_DU_CYCLE = {"dossier": Etat, "convention": EtatConvention, "mission": EtatMission}


def est_final(cycle: str, etat: str) -> bool:
    """A state that no row leaves: the ball is nobody's."""
    return not any(etat in t.depuis for t in CYCLES[cycle].values())


# -- Labels and colours by reader --------------------------------------------------------------------------------
JAUNE, BLEU, VERT, GRIS = (
    "yellow-tournesol",
    "info",
    "success",
    "",
)  # your turn, someone else's, acquired, over


@dataclass(frozen=True)
class Libelle:
    """The badge of a state for one reader."""

    texte: str
    couleur: str  # DSFR badge modifier


def _l(porteur=None, agent=None, comite=None, expert=None) -> dict[Partie, Libelle]:
    trouves = {Partie.PORTEUR: porteur, Partie.AGENT: agent, Partie.COMITE: comite, Partie.EXPERT: expert}
    return {partie: Libelle(*paire) for partie, paire in trouves.items() if paire}


LIBELLES: dict[str, dict[str, dict[Partie, Libelle]]] = {
    "dossier": {
        E.BROUILLON: _l(("Pas encore déposé", JAUNE), ("Brouillon", BLEU)),
        E.DEPOSE: _l(("Déposé", BLEU), ("À prendre en charge", JAUNE)),
        E.EN_INSTRUCTION: _l(("En pré-instruction", BLEU), ("À instruire", JAUNE)),
        E.A_COMPLETER: _l(("À compléter", JAUNE), ("Complément attendu", BLEU)),
        E.RECEVABLE: _l(("Recevable", BLEU), ("À inscrire en séance", JAUNE)),
        E.IRRECEVABLE: _l(("Irrecevable", GRIS), ("Irrecevable", GRIS)),
        E.EN_COMITE: _l(("Examiné par le comité", BLEU), ("Au comité", BLEU), ("À examiner", JAUNE)),
        E.A_AUDITIONNER: _l(("Convoqué en audition", BLEU), ("En audition", BLEU), ("À entendre", JAUNE)),
        E.AVIS_RENDU: _l(("Décision en préparation", BLEU), ("Décision à préparer", JAUNE), ("Avis rendu", BLEU)),
        E.LAUREAT: _l(("Lauréat", VERT), ("Lauréat, incubation à ouvrir", JAUNE), ("Lauréat", VERT)),
        E.LISTE_COMPLEMENTAIRE: _l(("Sur liste complémentaire", BLEU), ("Liste complémentaire", BLEU),
                                   ("Liste complémentaire", BLEU)),
        E.AJOURNE: _l(("Ajourné", GRIS), ("Ajourné", GRIS), ("Ajourné", GRIS)),
        E.NON_RETENU: _l(("Non retenu", GRIS), ("Non retenu", GRIS), ("Non retenu", GRIS)),
        E.EN_INCUBATION: _l(("En incubation", BLEU), ("En incubation", BLEU), ("En incubation", BLEU),
                            ("En incubation", BLEU)),
        E.EN_ARBITRAGE: _l(("Subvention à l'étude", BLEU), ("En arbitrage", BLEU), ("À arbitrer", JAUNE),
                           ("Incubation terminée", GRIS)),
        E.EN_ACCOMPAGNEMENT: _l(("Accompagné", VERT), ("Accompagné", VERT), ("Accompagné", VERT), ("Accompagné", VERT)),
        E.CLOS: _l(("Terminé", GRIS), ("Clos", GRIS), ("Clos", GRIS), ("Terminé", GRIS)),
        E.RETIRE: _l(("Retiré", GRIS), ("Retiré", GRIS), ("Retiré", GRIS), ("Terminé", GRIS)),
        E.ABANDONNE: _l(("Parcours arrêté", GRIS), ("Abandonné", GRIS), ("Abandonné", GRIS), ("Terminé", GRIS)),
    },
    "convention": {
        C.EN_PROJET: _l(("Convention à signer", JAUNE), ("Signature attendue", BLEU)),
        C.SIGNEE: _l(("Signée", BLEU), ("Avance à verser", JAUNE)),
        C.EN_EXECUTION: _l(("Justificatifs à envoyer", JAUNE), ("En exécution", BLEU)),
        C.SOLDEE: _l(("Soldée", VERT), ("Soldée", VERT)),
        C.RESILIEE: _l(("Résiliée", GRIS), ("Résiliée", GRIS)),
    },
    "mission": {
        M.PROPOSEE: _l(("Expert pressenti", BLEU), ("Réponse attendue", BLEU), None, ("À accepter", JAUNE)),
        M.ACCEPTEE: _l(("Commande en cours", BLEU), ("À commander", JAUNE), None, ("Acceptée", BLEU)),
        M.COMMANDEE: _l(("En cours", BLEU), ("Commandée", BLEU), None, ("Commandée", JAUNE)),
        M.REALISEE: _l(("À confirmer", JAUNE), ("À confirmer", BLEU), None, ("À confirmer", BLEU)),
        M.ATTESTEE: _l(("Confirmée", VERT), ("Service fait à certifier", JAUNE), None, ("Confirmée", BLEU)),
        M.SERVICE_FAIT: _l(("Terminée", GRIS), ("Service fait", VERT), None, ("Payable", VERT)),
    },
}  # fmt: skip


def libelle_pour(cycle: str, etat: str, partie: Partie) -> Libelle:
    """The badge that this reader sees; a reader without one of their own gets the neutral label, grey."""
    trouve = LIBELLES[cycle][etat].get(partie)
    return trouve or Libelle(ETATS_DU_CYCLE[cycle](etat).label, GRIS)


# -- Who has the ball --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Balle:
    """Who must play now, and the sentence for each reader. `tenant` is None in a final state."""

    tenant: Partie | None
    phrases: dict[Partie, str] = field(default_factory=dict)

    def phrase(self, partie: Partie) -> str:
        """The sentence for this reader (French, complete)."""
        return self.phrases[partie]


P, A, K, X = Partie.PORTEUR, Partie.AGENT, Partie.COMITE, Partie.EXPERT
TERMINE = "Terminé : plus personne n'a rien à faire."

# Holder, then the sentence of the porteur, the agent, the committee member and the expert. `{avant}` is the due
# date of the step, written out (" avant le lundi 21 décembre 2026 à 12 h 00 (heure de Paris)"), or nothing.
_BALLES: dict[str, dict[str, tuple[Partie, str, str, str, str]]] = {
    "dossier": {
        E.BROUILLON: (P, "À vous de terminer et de déposer ce dossier{avant}.",
                      "Au porteur de déposer{avant}.", "Au porteur de déposer.", "Au porteur de déposer."),
        E.DEPOSE: (A, "Rien à faire pour vous : l'ANCT examine les dossiers après la clôture et vous écrit.",
                   "À un agent de prendre ce dossier en charge{avant}.", "À l'ANCT d'examiner ce dossier.",
                   "À l'ANCT d'examiner ce dossier."),
        E.EN_INSTRUCTION: (A, "Rien à faire pour vous : l'ANCT vérifie votre dossier et vous répond{avant}.",
                           "À l'agent de terminer la grille{avant}.", "À l'ANCT de terminer la pré-instruction.",
                           "À l'ANCT de terminer la pré-instruction."),
        E.A_COMPLETER: (P, "À vous de répondre à la demande de compléments{avant}.",
                        "Au porteur de répondre à la demande de compléments{avant}.",
                        "Au porteur de compléter son dossier.", "Au porteur de compléter son dossier."),
        E.RECEVABLE: (A, "Rien à faire pour vous : votre dossier sera présenté au comité.",
                      "À un responsable d'inscrire ce dossier en séance.",
                      "À l'ANCT d'inscrire ce dossier en séance.", "À l'ANCT d'inscrire ce dossier en séance."),
        E.EN_COMITE: (K, "Rien à faire pour vous : le comité examine votre dossier.",
                      "Au comité de rendre son avis{avant}.", "Au comité d'examiner ce dossier et de rendre son avis{avant}.",
                      "Au comité de rendre son avis."),
        E.A_AUDITIONNER: (K, "Le comité vous entendra{avant} : préparez cette audition.",
                          "Au comité d'entendre le porteur{avant}.", "Au comité d'entendre le porteur{avant}.",
                          "Au comité d'entendre le porteur."),
        E.AVIS_RENDU: (A, "Rien à faire pour vous : la décision est en préparation.",
                       "À l'ANCT de préparer, signer et publier la décision{avant}.",
                       "À l'ANCT de préparer la décision.", "À l'ANCT de préparer la décision."),
        E.LAUREAT: (A, "Rien à faire pour vous : l'ANCT ouvre votre incubation et vous écrit.",
                    "À l'agent d'ouvrir l'incubation.", "À l'ANCT d'ouvrir l'incubation.",
                    "À l'ANCT d'ouvrir l'incubation."),
        E.LISTE_COMPLEMENTAIRE: (A, "Rien à faire pour vous : l'ANCT vous écrit si une place se libère{avant}.",
                                 "À un responsable d'appeler ce dossier si une place se libère{avant}.",
                                 "À l'ANCT d'appeler la liste si une place se libère.",
                                 "À l'ANCT d'appeler la liste si une place se libère."),
        E.EN_INCUBATION: (P, "À vous de suivre les modules et de remettre les livrables{avant}.",
                          "Au porteur de suivre son incubation{avant}.", "Au porteur de suivre son incubation.",
                          "Au porteur de suivre son incubation{avant}."),
        E.EN_ARBITRAGE: (K, "Rien à faire pour vous : le comité étudie votre demande de subvention.",
                         "Au comité d'arbitrer la subvention{avant}.", "Au comité d'arbitrer la subvention{avant}.",
                         "Au comité d'arbitrer la subvention."),
        E.EN_ACCOMPAGNEMENT: (P, "À vous d'avancer : vos jours d'accompagnement sont ouverts{avant}.",
                              "Au porteur d'utiliser son accompagnement{avant}.",
                              "Au porteur d'utiliser son accompagnement.",
                              "Au porteur d'utiliser son accompagnement{avant}."),
    },
    "convention": {
        C.EN_PROJET: (P, "À vous de relire et de signer la convention{avant}.", "Au porteur de signer la convention{avant}.",
                      "Au porteur de signer la convention.", "Au porteur de signer la convention."),
        C.SIGNEE: (A, "Rien à faire pour vous : l'ANCT prépare le premier versement.", "À l'agent de faire verser l'avance.",
                   "À l'ANCT de faire verser l'avance.", "À l'ANCT de faire verser l'avance."),
        C.EN_EXECUTION: (P, "À vous d'envoyer les justificatifs de la tranche suivante{avant}.",
                         "Au porteur d'envoyer ses justificatifs{avant}.", "Au porteur d'envoyer ses justificatifs.",
                         "Au porteur d'envoyer ses justificatifs."),
    },
    "mission": {
        M.PROPOSEE: (X, "À l'expert de répondre à la proposition.", "À l'expert de répondre à la proposition.",
                     "À l'expert de répondre.", "À vous d'accepter cette mission."),
        M.ACCEPTEE: (A, "À l'ANCT de commander la mission.", "À un responsable de commander la mission.",
                     "À l'ANCT de commander la mission.", "À l'ANCT de commander la mission."),
        M.COMMANDEE: (X, "À l'expert d'intervenir et de noter ses journées{avant}.",
                      "À l'expert d'intervenir et de noter ses journées{avant}.", "À l'expert d'intervenir.",
                      "À vous d'intervenir et de noter vos journées{avant}."),
        M.REALISEE: (P, "À vous de confirmer la mission{avant}.", "Au porteur de confirmer la mission{avant}.",
                     "Au porteur de confirmer la mission.", "Au porteur de confirmer la mission{avant}."),
        M.ATTESTEE: (A, "Rien à faire pour vous : l'ANCT certifie le service fait.",
                     "À un responsable de certifier le service fait.", "À l'ANCT de certifier le service fait.",
                     "À l'ANCT de certifier le service fait."),
    },
}  # fmt: skip


def balle(cycle: str, etat: str, *, avant: str = "", signee_par_le_beneficiaire: bool = False) -> Balle:
    """Who must do what by when, for each reader; pure.

    `avant` is the due date already written in French ("lundi 21 décembre 2026 à 12 h 00 (heure de Paris)"), or "".
    Exactly one party holds the ball in every state that is not final; no sentence says what its reader may not know.
    """
    if est_final(cycle, etat):
        return Balle(None, dict.fromkeys(Partie, TERMINE))
    tenant, *phrases = _BALLES[cycle][etat]
    if cycle == "convention" and etat == C.EN_PROJET and signee_par_le_beneficiaire:
        tenant = A
        phrases = [
            "Vous avez signé : à l'ANCT de signer à son tour.",
            "À un signataire de l'ANCT de signer la convention.",
            "À l'ANCT de signer la convention.",
            "À l'ANCT de signer la convention.",
        ]
    suite = f" avant le {avant}" if avant else ""
    return Balle(
        tenant, {p: texte.replace("{avant}", suite) for p, texte in zip((P, A, K, X), phrases, strict=True)}
    )
