"""The deeds of the pre-screening: each happy path, and each refusal with nothing changed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from instruction.models import (
    DemandeComplements,
    EtatDemande,
    GrilleModifiee,
    Instruction,
    NoteInstruction,
    Reponse,
    Verdict,
)
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories.comptes import UserFactory
from tests.factories.instruction import (
    MOTIF_DE_REFUS,
    REGLES,
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    refus_propose,
    remplir,
    responsable,
    signataire,
    vague_close,
)
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db


def recharger(objet):
    return type(objet).objects.get(pk=objet.pk)


def etat_de(dossier):
    return recharger(dossier).etat


def genres(dossier):
    return list(dossier.actes.values_list("genre", flat=True))


def pdf(nom="titre.pdf"):
    import io

    import pikepdf

    tampon = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tampon)
    return SimpleUploadedFile(nom, tampon.getvalue(), content_type="application/pdf")


# -- Taking in charge --------------------------------------------------------------------------------------------
def test_an_agent_takes_a_dossier_and_the_delay_rule_is_prefilled():
    dossier, par = dossier_depose(), agent()

    instruction = Instruction.prendre_en_charge(dossier, par=par)

    assert (instruction.instructeur, etat_de(dossier)) == (par, Etat.EN_INSTRUCTION)
    assert [(v.critere.code, v.reponse) for v in instruction.verdicts.all()] == [("E1", Reponse.OUI)]
    message = Message.objects.get(cle="pris_en_charge")
    assert (message.destinataire, par.nom in message.corps_texte) == (dossier.titulaire, True)


def test_nothing_is_taken_before_the_wave_closes():
    dossier = dossier_depose(vague=VagueFactory())

    with pytest.raises(TransitionInterdite, match="La vague ferme le"):
        Instruction.prendre_en_charge(dossier, par=agent())

    assert (etat_de(dossier), Instruction.objects.count()) == (Etat.DEPOSE, 0)


def test_a_dossier_is_taken_once():
    instruction = pris_en_charge()

    with pytest.raises(TransitionInterdite):
        Instruction.prendre_en_charge(instruction.dossier, par=agent())

    assert Instruction.objects.get().instructeur == instruction.instructeur


def test_a_responsable_gives_a_dossier_to_an_agent_and_an_agent_does_not():
    dossier, collegue = dossier_depose(), agent()
    with pytest.raises(GesteInterdit, match="revient à un responsable"):
        Instruction.prendre_en_charge(dossier, par=agent(), instructeur=collegue)
    assert etat_de(dossier) == Etat.DEPOSE

    instruction = Instruction.prendre_en_charge(dossier, par=responsable(), instructeur=collegue)

    assert instruction.instructeur == collegue


def test_a_dossier_goes_only_to_someone_who_examines_this_call():
    dossier = dossier_depose()

    with pytest.raises(TransitionInterdite, match="n'instruit pas"):
        Instruction.prendre_en_charge(dossier, par=responsable(), instructeur=UserFactory())

    assert etat_de(dossier) == Etat.DEPOSE


def test_a_responsable_hands_a_grid_over():
    instruction, autre = pris_en_charge(), agent()
    with pytest.raises(GesteInterdit):
        instruction.affecter(autre, par=instruction.instructeur)

    instruction.affecter(autre, par=responsable())

    assert recharger(instruction).instructeur == autre
    assert Entree.objects.filter(fil=instruction.dossier.fil, action="affecter").count() == 1


# -- Grid --------------------------------------------------------------------------------------------------------
def test_lines_are_written_together_and_only_those_that_changed():
    instruction = pris_en_charge()

    codes = instruction.enregistrer(
        par=instruction.instructeur,
        verdicts={
            "E2": {"reponse": Reponse.OUI, "motif": "SIRET vérifié"},
            "E3": {"reponse": "", "motif": ""},
        },
        notes={"C1": {"note": 4, "commentaire": "Trente usagers."}},
        avis="Solide.",
    )

    assert codes == ["E2", "C1", "avis"]
    assert (NoteInstruction.objects.get().note, instruction.version, instruction.avis) == (4, 1, "Solide.")


@pytest.mark.parametrize("reponse", [Reponse.NON, Reponse.A_DEMANDER])
def test_a_no_or_a_question_without_words_is_refused(reponse):
    instruction = pris_en_charge()

    with pytest.raises(TransitionInterdite, match="E4"):
        instruction.enregistrer(
            par=instruction.instructeur,
            verdicts={"E2": {"reponse": Reponse.OUI}, "E4": {"reponse": reponse, "motif": " "}},
        )

    assert (Verdict.objects.count(), recharger(instruction).version) == (1, 0)


def test_the_database_refuses_a_no_without_reason():
    instruction = pris_en_charge()

    with pytest.raises(IntegrityError, match="verdict_non_motive"), transaction.atomic():
        instruction.verdicts.update(reponse=Reponse.NON, motif="")


def test_a_colleague_reads_the_grid_and_writes_nothing():
    instruction = pris_en_charge()

    with pytest.raises(GesteInterdit, match="remplit cette grille"):
        instruction.enregistrer(par=agent(), verdicts={"E2": {"reponse": Reponse.OUI}})

    assert Verdict.objects.count() == 1


def test_two_writers_of_one_line_see_both_versions():
    instruction, chef = pris_en_charge(), responsable()
    lue = instruction.version
    instruction.enregistrer(
        par=chef, verdicts={"E4": {"reponse": Reponse.NON, "motif": "Aucun titre"}}, version=lue
    )

    with pytest.raises(GrilleModifiee) as conflit:
        instruction.enregistrer(
            par=instruction.instructeur,
            verdicts={"E4": {"reponse": Reponse.OUI, "motif": "Promesse"}},
            version=lue,
        )

    ligne = conflit.value.lignes[0]
    assert (ligne["code"], "Aucun titre" in ligne["actuelle"], "Promesse" in ligne["saisie"]) == (
        "E4",
        True,
        True,
    )
    assert Verdict.objects.get(critere__code="E4").reponse == Reponse.NON


def test_two_writers_of_two_lines_do_not_meet():
    instruction = pris_en_charge()
    instruction.enregistrer(par=responsable(), verdicts={"E4": {"reponse": Reponse.OUI}}, version=0)

    instruction.enregistrer(par=instruction.instructeur, verdicts={"E5": {"reponse": Reponse.OUI}}, version=0)

    assert instruction.codes(Reponse.OUI) == ["E1", "E4", "E5"]


# -- Conclusion --------------------------------------------------------------------------------------------------
def test_ten_yes_and_an_opinion_make_an_admissible_dossier_with_its_report():
    instruction = remplir(pris_en_charge())

    instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)

    instruction.refresh_from_db()
    rapport = instruction.dossier.actes.get(genre="rapport_instruction")
    assert (etat_de(instruction.dossier), instruction.sens) == (Etat.RECEVABLE, "RECEVABLE")
    assert [r["code"] for r in rapport.instantane["regles"]] == REGLES
    assert Message.objects.filter(cle="recevable").count() == 1


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"sauf": ("E8", "E9")}, "Il reste 2 règles sans réponse : E8, E9."),
        ({"refus": ("E2",)}, "proposez un refus"),
        ({"avis": ""}, "Écrivez l'avis"),
    ],
)
def test_an_unfinished_grid_is_not_admissible(options, phrase):
    instruction = remplir(pris_en_charge(), **options)

    with pytest.raises(TransitionInterdite) as refus:
        instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)

    assert phrase in str(refus.value).replace("\u00a0", " ")
    assert (etat_de(instruction.dossier), recharger(instruction).sens) == (Etat.EN_INSTRUCTION, "")
    assert genres(instruction.dossier) == ["ar_depot"]


def test_a_concluded_grid_does_not_change_until_reopened():
    instruction, chef = remplir(pris_en_charge()), responsable()
    dossier = instruction.dossier
    dossier.passer("declarer_recevable", par=instruction.instructeur)
    with pytest.raises(TransitionInterdite, match="conclue"):
        instruction.enregistrer(par=instruction.instructeur, avis="Autre chose")
    with pytest.raises(TransitionInterdite, match="motif"):
        dossier.passer("rouvrir", par=chef)
    with pytest.raises(GesteInterdit):
        dossier.passer("rouvrir", par=instruction.instructeur, motif="Une pièce nouvelle.")

    dossier.passer("rouvrir", par=chef, motif="Une pièce nouvelle.")
    instruction.enregistrer(par=instruction.instructeur, avis="Autre chose")
    dossier.passer("declarer_recevable", par=chef)

    versions = [a.instantane["version"] for a in dossier.actes.filter(genre="rapport_instruction")]
    assert versions == [1, 2]


def test_a_refusal_is_proposed_by_one_and_signed_by_another():
    instruction, signe = refus_propose(), signataire()
    dossier = instruction.dossier

    dossier.passer("declarer_irrecevable", par=signe, motif="Aucune structure déclarée à la clôture.")

    acte = dossier.actes.get(genre="irrecevabilite")
    assert etat_de(dossier) == Etat.IRRECEVABLE
    assert [r["code"] for r in acte.instantane["regles"]] == ["E2"]
    assert acte.instantane["signataire"]["nom"] == "Montferrand"
    assert "irrecevable" not in Message.objects.get(cle="decision_disponible").corps_texte


def test_a_refusal_needs_a_no_and_eighty_characters():
    instruction = remplir(pris_en_charge(), refus=("E2",))
    with pytest.raises(TransitionInterdite, match="80"):
        instruction.proposer_refus("Trop court.", par=instruction.instructeur)
    remplir(instruction)
    with pytest.raises(TransitionInterdite, match="Aucune règle"):
        instruction.proposer_refus(MOTIF_DE_REFUS, par=instruction.instructeur)
    assert recharger(instruction).sens == ""


@pytest.mark.parametrize(
    "qui", ["agent", "responsable sans délégation", "responsable qui a proposé", "sans proposition"]
)
def test_who_may_not_sign_a_refusal(qui):
    chef = signataire()
    if qui == "responsable qui a proposé":
        instruction = remplir(pris_en_charge(), refus=("E2",))
        instruction.proposer_refus(MOTIF_DE_REFUS, par=chef)
    elif qui == "sans proposition":
        instruction = remplir(pris_en_charge(), refus=("E2",))
    else:
        instruction = refus_propose()
    par = {"agent": instruction.instructeur, "responsable sans délégation": responsable()}.get(qui, chef)

    with pytest.raises((GesteInterdit, TransitionInterdite)):
        instruction.dossier.passer("declarer_irrecevable", par=par, motif=MOTIF_DE_REFUS)

    assert etat_de(instruction.dossier) == Etat.EN_INSTRUCTION
    assert genres(instruction.dossier) == ["ar_depot"]


def test_a_refusal_without_written_reason_is_not_signed():
    instruction = refus_propose()

    with pytest.raises(TransitionInterdite, match="motif"):
        instruction.dossier.passer("declarer_irrecevable", par=signataire())

    assert etat_de(instruction.dossier) == Etat.EN_INSTRUCTION


def test_a_proposed_refusal_is_sent_back():
    instruction = refus_propose()
    with pytest.raises(GesteInterdit):
        instruction.reprendre_examen("Je ne suis pas chargé.", par=agent())
    with pytest.raises(TransitionInterdite):
        instruction.dossier.passer("declarer_recevable", par=instruction.instructeur)

    instruction.reprendre_examen("Le SIRET vient d'arriver.", par=responsable())

    assert (recharger(instruction).sens, recharger(instruction).proposition_refus) == ("", "")


# -- Completions -------------------------------------------------------------------------------------------------
def test_a_request_gives_the_ball_to_the_porteur_with_a_letter():
    instruction = pris_en_charge()

    demande = demande_envoyee(instruction)

    dossier = instruction.dossier
    acte = dossier.actes.get(genre="demande_complements")
    assert (etat_de(dossier), demande.etat) == (Etat.A_COMPLETER, EtatDemande.OUVERTE)
    assert acte.instantane["pieces"][0]["libelle"] == "Titre d'occupation"
    message = Message.objects.get(cle="complements_demandes")
    assert message.lien == f"/dossiers/{dossier.numero}/complements/"


def test_ten_days_at_least_are_given():
    instruction = pris_en_charge()

    with pytest.raises(TransitionInterdite, match="10 jours"):
        demande_envoyee(instruction, jours=9)

    assert (etat_de(instruction.dossier), DemandeComplements.objects.count()) == (Etat.EN_INSTRUCTION, 0)
    assert demande_envoyee(instruction, jours=10).est_ouverte


def test_a_second_request_waits_for_the_first():
    demande = demande_envoyee()

    with pytest.raises(TransitionInterdite, match="déjà ouverte"):
        demande_envoyee(demande.dossier.instruction)

    assert DemandeComplements.objects.count() == 1


def test_only_the_agent_of_the_dossier_asks():
    instruction, collegue = pris_en_charge(), agent()

    with pytest.raises(GesteInterdit):
        DemandeComplements.envoyer(
            instruction.dossier,
            par=collegue,
            texte="Il manque une pièce.",
            pieces=[{"libelle": "Statuts"}],
            echeance=horloge.aujourd_hui() + timedelta(days=15),
        )

    assert (etat_de(instruction.dossier), DemandeComplements.objects.count()) == (Etat.EN_INSTRUCTION, 0)


def test_the_step_alone_without_a_written_request_is_refused():
    instruction = pris_en_charge()

    with pytest.raises(TransitionInterdite, match="sur sa page"):
        instruction.dossier.passer("demander_complements", par=instruction.instructeur)

    assert etat_de(instruction.dossier) == Etat.EN_INSTRUCTION


def test_the_porteur_answers_and_the_deposit_does_not_change():
    demande = demande_envoyee()
    dossier, titulaire = demande.dossier, demande.dossier.titulaire
    avant = dossier.versions.get().empreinte

    reponse = demande.repondre(
        par=titulaire, texte="Voici la promesse.", fichiers=[pdf()], piece=demande.pieces.get()
    )
    assert etat_de(dossier) == Etat.A_COMPLETER
    dossier.passer("completer", par=titulaire)

    piece = reponse.pieces.get()
    assert (piece.complement, piece.libelle) == (True, "Titre d'occupation")
    assert (etat_de(dossier), recharger(demande).etat) == (Etat.EN_INSTRUCTION, EtatDemande.REPONDUE)
    assert dossier.versions.get().empreinte == avant
    recus = {m.destinataire_id for m in Message.objects.filter(cle="complements_recus")}
    assert recus == {titulaire.pk, dossier.instruction.instructeur_id}


def test_nothing_said_is_no_answer():
    demande = demande_envoyee()
    titulaire = demande.dossier.titulaire
    with pytest.raises(TransitionInterdite, match="Écrivez une réponse"):
        demande.repondre(par=titulaire, texte="  ")
    with pytest.raises(TransitionInterdite, match="avant d'indiquer"):
        demande.dossier.passer("completer", par=titulaire)
    assert (etat_de(demande.dossier), demande.reponses.count()) == (Etat.A_COMPLETER, 0)


def test_a_stranger_and_an_agent_do_not_answer_for_the_porteur():
    demande = demande_envoyee()
    with pytest.raises(GesteInterdit):
        demande.repondre(par=demande.par, texte="À sa place.")
    with pytest.raises(type(demande.dossier).DoesNotExist):
        demande.repondre(par=UserFactory(), texte="Inconnu.")
    assert demande.reponses.count() == 0


def test_after_the_date_no_answer_is_added_and_the_examination_goes_on():
    demande = demande_envoyee()
    dossier, par = demande.dossier, demande.par
    with pytest.raises(TransitionInterdite, match="peut répondre jusqu'au"):
        dossier.passer("constater_echeance", par=par)
    assert etat_de(dossier) == Etat.A_COMPLETER

    with horloge.a(demande.echeance + timedelta(hours=1)):
        with pytest.raises(TransitionInterdite, match="délai est passé"):
            demande.repondre(par=dossier.titulaire, texte="Trop tard.")
        dossier.passer("constater_echeance", par=par)

    assert (etat_de(dossier), recharger(demande).etat) == (Etat.EN_INSTRUCTION, EtatDemande.ECHUE)
    assert demande.reponses.count() == 0


def test_more_time_is_given_and_told():
    demande = demande_envoyee()
    nouvelle = demande.echeance.astimezone(horloge.PARIS).date() + timedelta(days=8)
    with pytest.raises(TransitionInterdite, match="après l'échéance"):
        demande.prolonger(par=demande.par, echeance=nouvelle - timedelta(days=10))
    with pytest.raises(GesteInterdit):
        demande.prolonger(par=agent(), echeance=nouvelle)

    demande.prolonger(par=demande.par, echeance=nouvelle)

    assert demande.echeance.astimezone(horloge.PARIS).date() == nouvelle
    assert Message.objects.get(cle="nouveau_message").destinataire == demande.dossier.titulaire


def test_a_withdrawn_dossier_closes_its_request_and_its_refusal():
    demande = demande_envoyee()
    demande.dossier.passer("retirer", par=demande.dossier.titulaire)
    assert recharger(demande).etat == EtatDemande.SANS_SUITE

    autre = refus_propose(dossier=dossier_depose(nom="Autre"))
    autre.dossier.passer("retirer", par=autre.dossier.titulaire)
    assert recharger(autre).sens == ""


def test_the_implicit_refusal_waits_for_an_indispensable_piece():
    from instruction.delais import date_implicite

    dossier = dossier_depose(vague=vague_close())
    avant = date_implicite(dossier)
    demande = demande_envoyee(pris_en_charge(dossier))
    with horloge.a(horloge.maintenant() + timedelta(days=4, hours=2)):
        demande.repondre(par=dossier.titulaire, texte="Voici.")
        dossier.passer("completer", par=dossier.titulaire)

    dossier = recharger(dossier)
    assert date_implicite(dossier) - avant == timedelta(days=5)
