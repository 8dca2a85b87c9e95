"""Whoever holds the ball: exactly one party in every state that is not final, one sentence per reader."""

import pytest

from manufactures.procedure import (
    CYCLES,
    ETATS_DU_CYCLE,
    JAUNE,
    LIBELLES,
    Etat,
    EtatConvention,
    EtatMission,
    Partie,
    balle,
    est_final,
    libelle_pour,
)

P, A, K, X = Partie.PORTEUR, Partie.AGENT, Partie.COMITE, Partie.EXPERT
# The law, in words of its own.
TENANTS = {
    "dossier": {
        "BROUILLON": P,
        "DEPOSE": A,
        "EN_INSTRUCTION": A,
        "A_COMPLETER": P,
        "RECEVABLE": A,
        "IRRECEVABLE": None,
        "EN_COMITE": K,
        "A_AUDITIONNER": K,
        "AVIS_RENDU": A,
        "LAUREAT": A,
        "LISTE_COMPLEMENTAIRE": A,
        "AJOURNE": None,
        "NON_RETENU": None,
        "EN_INCUBATION": P,
        "EN_ARBITRAGE": K,
        "EN_ACCOMPAGNEMENT": P,
        "CLOS": None,
        "RETIRE": None,
        "ABANDONNE": None,
    },
    "convention": {"EN_PROJET": P, "SIGNEE": A, "EN_EXECUTION": P, "SOLDEE": None, "RESILIEE": None},
    "mission": {
        "PROPOSEE": X,
        "ACCEPTEE": A,
        "COMMANDEE": X,
        "REALISEE": P,
        "ATTESTEE": A,
        "SERVICE_FAIT": None,
    },
}
CAS = [(cycle, etat) for cycle, etats in TENANTS.items() for etat in etats]


def test_the_law_names_every_state():
    assert {c: set(e) for c, e in TENANTS.items()} == {
        "dossier": set(Etat.values),
        "convention": set(EtatConvention.values),
        "mission": set(EtatMission.values),
    }


@pytest.mark.parametrize(("cycle", "etat"), CAS)
def test_one_holder_and_one_sentence_per_reader(cycle, etat):
    b = balle(cycle, etat, avant="lundi 21 décembre 2026")

    assert b.tenant == TENANTS[cycle][etat]
    assert (b.tenant is None) == est_final(cycle, etat)
    assert set(b.phrases) == set(Partie)
    for phrase in b.phrases.values():
        assert phrase.endswith(".")
        assert "{" not in phrase


@pytest.mark.parametrize(("cycle", "etat"), CAS)
def test_only_the_holder_reads_yellow(cycle, etat):
    tenant = TENANTS[cycle][etat]
    jaunes = {p for p in LIBELLES[cycle][etat] if libelle_pour(cycle, etat, p).couleur == JAUNE}

    assert jaunes <= {tenant}


def test_a_signed_draft_convention_waits_for_the_agency():
    assert balle("convention", "EN_PROJET", signee_par_le_beneficiaire=True).tenant == A


def test_the_sentences_of_the_porteur_never_tell_an_opinion():
    mots = ("favorable", "lauréat", "refus", "retenu")
    for etat in ("EN_COMITE", "A_AUDITIONNER", "AVIS_RENDU"):
        phrase = balle("dossier", etat).phrase(P).lower()
        assert not any(mot in phrase for mot in mots)


@pytest.mark.parametrize("cycle", CYCLES)
def test_rows_leave_and_reach_known_states(cycle):
    etats = set(ETATS_DU_CYCLE[cycle].values)
    for transition in CYCLES[cycle].values():
        assert set(transition.depuis) <= etats
        assert transition.vers in etats
        assert transition.roles
        assert not set(transition.depuis) & {transition.vers}
