"""The law, written by hand from the security study's matrix: what the code enforces is compared with it, row by row.

Columns: AN anonyme, PT porteur, PI invité (contributeur et lecteur), AI instructeur, AR responsable, CM membre,
PR présidence, EX expert, AU auditeur, TE administrateur technique. ● allowed, ◐ under a condition, · refused.
"""

import pytest
from django.contrib.auth.models import AnonymousUser

from manufactures.droits import (
    COLONNES,
    CONDITIONS,
    DROITS,
    LIGNES_DES_ETAPES,
    PUBLIC,
    Garant,
    conditions_de,
    exiger,
    peut,
)
from manufactures.procedure import CYCLES, Role
from manufactures.registres import GesteInterdit, conditions_tenues
from tests.factories.comptes import UserFactory
from tests.factories.instruction import pris_en_charge

ENTETE = "AN PT PI AI AR CM PR EX AU TE".split()
ROLES = {
    "PT": {Role.PORTEUR},
    "PI": {Role.CONTRIBUTEUR, Role.LECTEUR},
    "AI": {Role.INSTRUCTEUR},
    "AR": {Role.RESPONSABLE},
    "CM": {Role.MEMBRE},
    "PR": {Role.PRESIDENT},
    "EX": {Role.EXPERT},
    "AU": {Role.AUDITEUR},
    "TE": {Role.ADMINISTRATEUR},
}

# Row -> the study's ten marks, then the deeds and the steps (cycle:action) that do it here.
LOI = {
    1: ("● ● ● ● ● ● ● ● ● ●", "public"),
    2: ("● ● ● ● ● ● ● ● ● ●", "public"),
    3: ("· · · · ◐ · · · · ·", "regler_vague poser_modele configurer_appel"),
    4: ("● · · · · · · · · ·", ""),
    5: ("· ● · · · · · · · ·", "creer_dossier reprendre_dossier"),
    6: ("· ◐ ◐ · · · · · · ·", "lister_dossiers"),
    7: ("· ◐ ◐ · · · · · · ·", "ecrire_dossier"),
    8: ("· ◐ · · · · · · · ·", "dossier:deposer"),
    9: ("· ◐ · · ◐ · · · · ·", "dossier:retirer dossier:reprendre"),
    10: ("· ◐ · · ◐ · · · · ·", "gerer_equipe"),
    11: ("· ◐ ◐ ◐ ● ◐ ◐ ◐ ◐ ·", "lire_dossier lire_instruction lire_au_comite"),
    12: ("· ◐ ◐ · · · · · · ·", "repondre_complements dossier:completer"),
    13: ("· ◐ ◐ · · · · · · ·", "ajouter_piece"),
    14: ("· ◐ ◐ ◐ ◐ ◐ ◐ ◐ ◐ ·", "lire_piece"),
    15: ("· ◐ ◐ · · · · · · ·", "retirer_piece"),
    16: ("· ◐ ◐ ◐ ● · · ◐ ◐ ·", "lire_messages ecrire_message"),
    17: ("· · · ◐ ● · · · ◐ ·", "noter lire_instruction"),
    18: ("· · · ◐ ◐ · · · · ·", "remplir_grille demander_complements lire_en_second"),
    19: (
        "· · · ◐ ● · · · · ·",
        "conclure_grille verifier_conclusion dossier:declarer_recevable dossier:declarer_irrecevable "
        "dossier:rouvrir",
    ),
    20: ("· · · ◐ ● ◐ ◐ · ◐ ·", "lire_instruction lire_au_comite"),
    21: ("· · · ◐ ● · · · · ·", "affecter reprendre_grille dossier:prendre_en_charge"),
    22: ("· · · · ● · · · · ·", "composer_comite"),
    23: ("· · · · · ● ● · · ·", "declarer_interets"),
    24: ("· · · · ◐ · ◐ · · ·", "deporter_un_tiers"),
    25: ("· · · ● ● ● ● · ● ·", "lire_seance"),
    26: ("· · · ◐ ● · ◐ · · ·", "planifier_audition dossier:auditionner"),
    27: ("· · · · ● ◐ ● · · ·", "pointer_presence tenir_seance"),
    28: ("· · · · · · ● · · ·", "conduire_scrutin"),
    29: ("· · · · · ◐ ◐ · · ·", "voter"),
    30: ("· · · · · · · · · ·", ""),
    31: ("· · · · ● ● ● · ● ·", "lire_seance"),
    32: ("· · · · ● ◐ ◐ · ● ·", "lire_seance"),
    33: ("· · · ◐ ● · · · · ·", "rediger_decision lire_decisions"),
    34: ("· · · · ◐ · · · · ·", "signer_decision signer_irrecevabilite"),
    35: ("· ◐ ◐ ● ● ◐ ● · ● ·", "lire_acte"),
    36: (
        "· · · · ● · · · · ·",
        "diffuser_decision dossier:labelliser dossier:mettre_en_liste dossier:ajourner dossier:ne_pas_retenir "
        "dossier:attribuer",
    ),
    37: ("· · · ◐ ● · · ◐ · ·", "organiser_promotion"),
    38: ("· · · ● ● · · ◐ · ·", "noter_presence"),
    39: ("· ◐ ◐ ● ● · · ◐ ● ·", "lire_promotion"),
    40: ("· · · · ◐ · · · · ·", ""),
    41: ("· · · ◐ ● · · · · ·", "proposer_montants"),
    42: ("· · · · · ◐ ● · · ·", "voter"),
    43: ("· · · · ◐ · · · · ·", "ordonner_versement"),
    44: ("· ◐ ◐ ● ● · ● · ● ·", "lire_convention lire_iban"),
    45: ("· · · · ● · · · · ·", "accorder_credit"),
    46: ("· · · · ◐ · · ◐ · ·", "noter_journee etablir_releve"),
    47: ("· ◐ · · ● · · · · ·", "confirmer_journee trancher_journee mission:attester mission:certifier"),
    48: ("· ◐ · ◐ ● · · ◐ ● ·", "exporter_liste exporter_pilotage"),
    49: ("· · · · ● · · · ● ◐", "lire_journal"),
    50: ("· · · · ◐ · · · · ·", "gerer_roles"),
    51: ("· · · · ◐ · · · · ◐", "gerer_comptes"),
    52: ("· · · · · · · · · ●", ""),
    53: ("· ● ● ● ● ● ● ● ● ●", "connecte"),
    94: ("· · · · · ◐ ◐ · · ·", "noter_audition"),
    95: ("· · · · · ◐ ◐ · · ·", "declarer_indisponibilites"),
}

# Where the code is not the study: (row, column) -> the code's answer and the reason. Shorter is better.
ECARTS = {
    (4, "AN"): ("·", "les pages de compte sont celles d'allauth, hors de cette table"),
    (10, "AR"): ("·", "le transfert après contrôle d'identité n'a pas encore d'écran"),
    (16, "EX"): ("·", "l'expert écrit dans ses missions et ses relectures, non dans le fil du dossier"),
    (31, "AI"): ("◐", "l'instructeur lit le tableau de séance, il prépare les décisions"),
    (32, "AI"): ("◐", "l'instructeur rédige les décisions (ligne 33) : il lit le résultat qu'elles suivent"),
    (35, "EX"): ("◐", "l'expert lit ses propres lettres de mission et attestations, aucune décision"),
    (37, "EX"): ("·", "l'expert note les présences de ses sessions, il ne les organise pas"),
    (40, "AR"): ("·", "les enveloppes se règlent au chargement de l'appel, sans écran"),
    (46, "AR"): ("·", "le responsable tranche une journée contestée (ligne 47), il n'en écrit pas"),
    (48, "PT"): ("·", "le porteur lit et télécharge son dossier, sans tableau à exporter"),
    (48, "EX"): ("·", "l'expert lit ses journées, sans tableau à exporter"),
    (49, "TE"): ("·", "le journal se vérifie par commande"),
    (51, "TE"): (
        "·",
        "deux responsables y suffisent : l'administration technique ne connaît pas les personnes",
    ),
    (52, "TE"): ("·", "dans l'administration technique (Django), hors de cette table"),
}

# The deeds that the study does not number: who may, in full.
NOTRES = {
    "creer_seance": "AR PR",
    "lire_comite": "AI AR CM PR AU",
    "refaire_controles": "AI AR",
    "juger_doublon": "AI AR",
    "declarer_lien": "AI AR",
    "lever_lien": "AR",
    "lire_son_audition": "PT PI",
    "lire_arbitrage": "AI AR CM PR AU",
    "adopter_scenario": "AR",
    "lire_equipe": "PT PI",
    "quitter_equipe": "PI",
    "repondre_passation": "PI",
    "rendre_lecture": "CM PR",
    "lire_classement": "AI AR CM PR AU",
    "relancer_acte": "AI AR",
    "suivre_actes": "AI AR AU",
    "corriger_acte": "AR",
    "poster_acte": "AI AR",
    "classer_signes": "AI AR",
    "poser_signature": "AR",
    "relire_decision": "AI AR",
    "lire_textes": "AI AR AU",
    "exporter_archive": "AR AU",
    "adapter_textes": "AR",
    "suivre_projet": "PT PI AI AR AU",
    "lire_livrable": "PT PI AI AR EX AU",
    "remettre_livrable": "PT PI",
    "photographier_livrable": "AI AR EX",
    "relire_livrable": "AI AR EX",
    "tenir_diagnostic": "AI AR",
    "rediger_bilan": "AI AR",
    "observer_bilan": "PT PI",
    "geler_bilan": "AI AR",
    "declarer_compte": "PT",
    "preparer_convention": "AI AR",
    "signer_convention": "PT",
    "demander_versement": "PT",
    "certifier_versement": "AI AR",
    "constater_paiement": "AI AR",
    "changer_compte": "PT",
    "verifier_compte": "AI AR",
    "confirmer_compte": "AR",
    "exporter_versements": "AR",
    "ouvrir_recouvrement": "AR",
    "observer_recouvrement": "PT",
    "decider_recouvrement": "AR",
    "voir_ma_semaine": "EX",
    "lire_mission": "PT PI AI AR EX AU",
    "proposer_mission": "AI AR",
    "agreer_mission": "PT",
    "emarger": "PT PI",
    "lire_releve": "AI AR EX",
    "payer_releve": "AI AR",
    "recommander": "AI AR EX",
    "suivre_recommandation": "PT PI AI AR EX",
    "relancer_projet": "AI AR",
    "rediger_cloture": "AI AR",
    "lire_pilotage": "AR AU",
    "passer_dossier": "PT PI AI AR CM PR EX AU",
    "demander_avis": "AI AR",
    "lire_modeles_de_messages": "AI AR AU",
    "ecrire_modeles_de_messages": "AR",
    "lire_historique": "PT PI AI AR AU",
    "commenter": "PT PI",
    "poser_question": "PT PI AI AR CM PR EX AU",
    "lire_questions": "AI AR AU",
    "repondre_question": "AI AR",
}
# Steps of the procedure that are no row of the study: who may, in full.
ETAPES = {
    "dossier:demander_complements": "AI AR",
    "dossier:constater_echeance": "AI AR",
    "dossier:inscrire": "AR",
    "dossier:rendre_avis": "PR",
    "dossier:ouvrir_incubation": "AI AR",
    "dossier:clore_incubation": "AI AR",
    "dossier:clore": "AR",
    "dossier:abandonner": "AR",
    "convention:signer": "AR",
    "convention:executer": "AI AR",
    "convention:solder": "AR",
    "convention:resilier": "AR",
    "mission:accepter": "EX",
    "mission:commander": "AR",
    "mission:terminer": "EX",
}


def roles_de(nom: str) -> dict:
    """Role -> names of conditions, for a deed or a step."""
    if ":" in nom:
        cycle, action = nom.split(":")
        return dict.fromkeys(CYCLES[cycle][action].roles, ["ligne du tableau"])
    return {role: conditions_de(cellule) for role, cellule in DROITS[nom].roles.items()}


def marque(noms: list[str], colonne: str) -> str:
    """What the code answers in this column for these deeds together."""
    if colonne == "AN":
        return "●" if PUBLIC in noms else "·"
    cellules = [c for nom in noms for role, c in roles_de(nom).items() if role in ROLES[colonne]]
    if not cellules:
        return "·"
    return "◐" if all(cellules) else "●"


@pytest.mark.parametrize("ligne", LOI)
def test_the_code_is_the_study_s_row(ligne):
    """Nobody more than the study says; a condition of the study is a condition here; each difference is named."""
    marques, gestes = LOI[ligne]
    for colonne, voulue in zip(ENTETE, marques.split(), strict=True):
        trouvee = marque(gestes.split(), colonne)
        attendue, _raison = ECARTS.get((ligne, colonne), (voulue, ""))
        if attendue == "●":
            assert trouvee in "●◐", (ligne, colonne)  # "of one's call" is a condition by name
        else:
            assert trouvee == attendue, (ligne, colonne)


def test_each_difference_is_still_one():
    for (ligne, colonne), (attendue, raison) in ECARTS.items():
        voulue = LOI[ligne][0].split()[ENTETE.index(colonne)]
        assert attendue != voulue, (ligne, colonne)
        assert raison


@pytest.mark.parametrize("geste", NOTRES)
def test_the_deeds_of_our_own_rows(geste):
    permis = {c for c in ENTETE[1:] if marque([geste], c) != "·"}
    assert permis == set(NOTRES[geste].split())


@pytest.mark.parametrize("etape", ETAPES)
def test_the_steps_of_our_own(etape):
    permis = {c for c in ENTETE[1:] if marque([etape], c) != "·"}
    assert permis == set(ETAPES[etape].split())


def test_every_deed_and_every_step_is_in_the_law():
    ecrits = {nom for _, noms in LOI.values() for nom in noms.split()} | set(NOTRES) | set(ETAPES)
    etapes = {f"{cycle}:{action}" for cycle, table in CYCLES.items() for action in table}
    assert ecrits == set(DROITS) | etapes


def test_the_row_that_a_deed_bears_is_the_law_s():
    """`lister_urls` prints this number: it must be one of the rows where the law puts the deed."""
    for geste, droit in DROITS.items():
        lignes = [ligne for ligne, (_, noms) in LOI.items() if geste in noms.split()]
        assert droit.ligne in lignes if lignes else droit.ligne is not None, geste
    for (cycle, action), ligne in LIGNES_DES_ETAPES.items():
        assert f"{cycle}:{action}" in LOI[ligne][1].split()


def test_nobody_reads_a_ballot():
    assert not [geste for geste in DROITS if "bulletin" in geste]
    assert all(Role.ADMINISTRATEUR not in d.roles for g, d in DROITS.items() if g not in (PUBLIC, "connecte"))


# -- Conditions --------------------------------------------------------------------------------------------------
def test_each_condition_of_the_table_is_named_and_held():
    dites = {
        nom for droit in DROITS.values() for cellule in droit.roles.values() for nom in conditions_de(cellule)
    }
    assert dites <= set(CONDITIONS)
    assert set(CONDITIONS) - dites <= {"quorum", "demande remise"}
    assert {nom for nom, c in CONDITIONS.items() if c.garant == Garant.FONCTION} == conditions_tenues()


@pytest.mark.django_db
def test_a_condition_held_by_a_function_closes_the_deed():
    """« affecté »: two agents see the dossier, the one who holds it writes in its grid."""
    grille = pris_en_charge()
    tient, dossier = grille.instructeur, grille.dossier
    autre = UserFactory(role=Role.INSTRUCTEUR)

    assert peut("lire_instruction", autre, dossier)
    assert peut("remplir_grille", tient, dossier)
    assert not peut("remplir_grille", autre, dossier)
    with pytest.raises(GesteInterdit, match="agent instructeur"):
        exiger("remplir_grille", autre, dossier)


# -- Who asks ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("geste", sorted(DROITS))
def test_without_an_account_only_public_pages(geste):
    assert peut(geste, AnonymousUser()) == (geste == PUBLIC)


@pytest.mark.django_db
def test_anybody_may_become_a_porteur_but_the_technical_administrator():
    """Incompatibilities of the study: the technical administrator holds no role of the procedure."""
    assert peut("creer_dossier", UserFactory())
    assert peut("creer_dossier", UserFactory(role=Role.AUDITEUR))  # for a project of one's own
    assert not peut("creer_dossier", UserFactory(role=Role.ADMINISTRATEUR))


def test_the_columns_are_the_roles():
    assert set(COLONNES.values()) == set(Role)
