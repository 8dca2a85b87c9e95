"""The transition tables, exhaustively: each state × each action × each role, allowed exactly where the law says."""

import pytest

from manufactures import cycles
from manufactures.cycles import GesteInterdit, TransitionInterdite
from manufactures.procedure import CYCLES, ETATS_DU_CYCLE, Role, Transition

POR, CON, INS, RES, PRE, EXP = (
    Role.PORTEUR,
    Role.CONTRIBUTEUR,
    Role.INSTRUCTEUR,
    Role.RESPONSABLE,
    Role.PRESIDENT,
    Role.EXPERT,
)
AGENTS = {INS, RES}
AVANT_DECISION = "DEPOSE EN_INSTRUCTION A_COMPLETER RECEVABLE EN_COMITE A_AUDITIONNER AVIS_RENDU"
# The law in plain words: action, states it leaves, state it reaches, who may. Never computed from the code.
LOI = {
    "dossier": {
        "deposer": ("BROUILLON", "DEPOSE", {POR}),
        "reprendre": ("DEPOSE", "BROUILLON", {POR}),
        "prendre_en_charge": ("DEPOSE", "EN_INSTRUCTION", AGENTS),
        "demander_complements": ("EN_INSTRUCTION", "A_COMPLETER", AGENTS),
        "completer": ("A_COMPLETER", "EN_INSTRUCTION", {POR, CON}),
        "constater_echeance": ("A_COMPLETER", "EN_INSTRUCTION", AGENTS),
        "declarer_recevable": ("EN_INSTRUCTION", "RECEVABLE", AGENTS),
        "declarer_irrecevable": ("EN_INSTRUCTION", "IRRECEVABLE", {RES}),
        "rouvrir": ("RECEVABLE", "EN_INSTRUCTION", {RES}),
        "inscrire": ("RECEVABLE", "EN_COMITE", {RES}),
        "auditionner": ("EN_COMITE", "A_AUDITIONNER", {PRE, RES}),
        "rendre_avis": ("EN_COMITE A_AUDITIONNER", "AVIS_RENDU", {PRE}),
        "labelliser": ("AVIS_RENDU LISTE_COMPLEMENTAIRE", "LAUREAT", {RES}),
        "mettre_en_liste": ("AVIS_RENDU", "LISTE_COMPLEMENTAIRE", {RES}),
        "ajourner": ("AVIS_RENDU", "AJOURNE", {RES}),
        "ne_pas_retenir": ("AVIS_RENDU LISTE_COMPLEMENTAIRE", "NON_RETENU", {RES}),
        "ouvrir_incubation": ("LAUREAT", "EN_INCUBATION", AGENTS),
        "clore_incubation": ("EN_INCUBATION", "EN_ARBITRAGE", AGENTS),
        "attribuer": ("EN_ARBITRAGE", "EN_ACCOMPAGNEMENT", {RES}),
        "clore": ("EN_ACCOMPAGNEMENT", "CLOS", {RES}),
        "retirer": (AVANT_DECISION, "RETIRE", {POR, RES}),
        "abandonner": ("LAUREAT EN_INCUBATION EN_ARBITRAGE EN_ACCOMPAGNEMENT", "ABANDONNE", {RES}),
    },
    "convention": {
        "signer": ("EN_PROJET", "SIGNEE", {RES}),
        "executer": ("SIGNEE", "EN_EXECUTION", AGENTS),
        "solder": ("EN_EXECUTION", "SOLDEE", {RES}),
        "resilier": ("EN_PROJET SIGNEE EN_EXECUTION", "RESILIEE", {RES}),
    },
    "mission": {
        "accepter": ("PROPOSEE", "ACCEPTEE", {EXP}),
        "commander": ("ACCEPTEE", "COMMANDEE", {RES}),
        "terminer": ("COMMANDEE", "REALISEE", {EXP}),
        "attester": ("REALISEE", "ATTESTEE", {POR}),
        "certifier": ("ATTESTEE", "SERVICE_FAIT", {RES}),
    },
}
TRIPLES = [
    (cycle, etat, action)
    for cycle, actions in LOI.items()
    for etat in ETATS_DU_CYCLE[cycle].values
    for action in actions
]


def test_the_law_names_every_action():
    assert {c: set(t) for c, t in CYCLES.items()} == {c: set(actions) for c, actions in LOI.items()}


def verifier(cycle, etat, action, role, monkeypatch):
    """What the door answers to this role, in this state: the role acted under, or the refusal."""
    objet = type("Leurre", (), {"etat": etat, "CYCLE": cycle, "_verifier": cycles.Cycle._verifier})()
    monkeypatch.setattr(cycles, "roles_sur", lambda o, u: {role})
    return objet._verifier(action, CYCLES[cycle][action], par=None, motif="un motif")


@pytest.mark.parametrize(("cycle", "etat", "action"), TRIPLES)
def test_each_step_is_allowed_exactly_where_the_law_says(cycle, etat, action, monkeypatch):
    depuis, _, roles = LOI[cycle][action]
    for role in Role:
        if role in roles and etat in depuis.split():
            assert verifier(cycle, etat, action, role, monkeypatch) == role
        else:
            attendu = TransitionInterdite if role in roles else GesteInterdit
            with pytest.raises(attendu):
                verifier(cycle, etat, action, role, monkeypatch)


@pytest.mark.parametrize(("cycle", "action"), [(c, a) for c, actions in LOI.items() for a in actions])
def test_each_step_reaches_the_state_that_the_law_says(cycle, action):
    assert CYCLES[cycle][action].vers == LOI[cycle][action][1]


MOTIVEES = {"declarer_irrecevable", "rouvrir", "abandonner", "resilier"}


def test_the_steps_that_demand_a_reason(monkeypatch):
    assert {nom for table in CYCLES.values() for nom, t in table.items() if t.motivee} == MOTIVEES

    objet = type(
        "Leurre", (), {"etat": "EN_INSTRUCTION", "CYCLE": "dossier", "_verifier": cycles.Cycle._verifier}
    )()
    monkeypatch.setattr(cycles, "roles_sur", lambda o, u: {RES})
    with pytest.raises(TransitionInterdite, match="motif"):
        objet._verifier(
            "declarer_irrecevable", CYCLES["dossier"]["declarer_irrecevable"], par=None, motif="  "
        )


# Which step orders which act (the table of the acts, written again).
ACTES = {
    "deposer": ("ar_depot",),
    "demander_complements": ("demande_complements",),
    "declarer_recevable": ("rapport_instruction",),
    "declarer_irrecevable": ("irrecevabilite",),
    "auditionner": ("convocation_audition",),
    "clore_incubation": ("bilan_incubation", "attestation_incubation"),
    "clore": ("bilan_accompagnement", "fin_de_parcours"),
    "retirer": ("fin_de_parcours",),
    "abandonner": ("fin_de_parcours",),
    "commander": ("lettre_mission",),
    "attester": ("attestation_intervention",),
}


def test_each_step_orders_its_acts_and_no_other():
    trouves = {nom: t.actes for table in CYCLES.values() for nom, t in table.items() if t.actes}

    assert trouves == ACTES


def test_a_line_of_the_table_is_immutable():
    with pytest.raises(AttributeError):
        next(iter(CYCLES["dossier"].values())).vers = "CLOS"
    assert isinstance(next(iter(CYCLES["dossier"].values())), Transition)
