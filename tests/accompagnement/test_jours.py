"""Days: granted, ordered, consumed; the log never exceeds the order, the credit, nor one day a date."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connections, transaction

from accompagnement.models import CreditInsuffisant, CreditJours, EtatJournee, Journee, Mission
from accompagnement.tasks import reputer_confirmees
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from manufactures.procedure import Etat, EtatMission
from manufactures.programme.models import Enveloppe
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.factories import accompagnement as f
from tests.factories.comptes import HabilitationFactory, UserFactory

pytestmark = pytest.mark.django_db


def noter(gens, mission, creneau="JOURNEE", jour=None, **champs) -> Journee:
    return Journee.noter(
        mission,
        par=gens.expert,
        date=jour or horloge.aujourd_hui(),
        creneau=creneau,
        lieu="SUR_PLACE",
        texte="Atelier",
        **champs,
    )


# -- Credit ------------------------------------------------------------------------------------------------------
def test_the_credit_is_the_award_split_by_theme(gens, credit, invariants_verifies):
    assert (credit.accordes, credit.commandes, credit.consommes) == (Decimal("15.0"), 0, 0)
    assert credit.fin.year == credit.debut.year + 2
    assert list(credit.dossier.besoins.values_list("jours", flat=True)) == [6, 5, 4]


@pytest.mark.parametrize("jours", ["5.0", "16.0"])
def test_the_needs_make_the_exact_sum(gens, projet, jours):
    theme = f.themes()[0]

    with pytest.raises(TransitionInterdite, match="même somme"):
        CreditJours.ouvrir(projet, par=gens.responsable, besoins=[(theme, jours, "")])

    assert not CreditJours.objects.exists()
    assert not projet.besoins.exists()


def test_the_needs_flagged_in_the_report_stand_by_themselves(gens, projet):
    projet.besoins.create(theme=f.themes()[0], jours=Decimal("15.0"))

    assert CreditJours.ouvrir(projet, par=gens.responsable).accordes == Decimal("15.0")


def test_a_credit_opens_once_by_a_responsable_after_the_award(gens, projet, credit):
    with pytest.raises(TransitionInterdite, match="déjà ouvert"):
        f.credit(gens, projet)
    avant = f.laureat(gens, etat=Etat.EN_ARBITRAGE)
    with pytest.raises(TransitionInterdite, match="publication"):
        CreditJours.ouvrir(avant, par=gens.responsable, besoins=[])
    with pytest.raises(GesteInterdit):
        CreditJours.ouvrir(avant, par=gens.agent, besoins=[])

    assert CreditJours.objects.count() == 1


def test_raw_sql_cannot_overdraw_the_credit(credit):
    for champs in (
        {"commandes": Decimal("15.5")},
        {"consommes": Decimal("0.5")},
        {"accordes": Decimal("0.3")},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            CreditJours.objects.update(**champs)


# -- Missions ----------------------------------------------------------------------------------------------------
def test_a_mission_runs_from_the_proposal_to_the_service_done(gens, mission, invariants_verifies):
    credit = CreditJours.objects.get()
    assert (mission.etat, credit.commandes) == (EtatMission.COMMANDEE, Decimal("3.0"))
    assert Enveloppe.objects.get(nature="INGENIERIE").engage == Decimal("3240.00")
    lettre = mission.dossier.actes.get(genre="lettre_mission")
    assert (lettre.instantane["total_ttc"], lettre.instantane["credit"]["disponible"]) == ("3240.00", "12.0")

    noter(gens, mission).confirmer(par=gens.porteur)
    mission.passer("terminer", par=gens.expert, resultat="Statuts adoptés")
    mission.passer("attester", par=gens.porteur)
    mission.passer("certifier", par=gens.responsable)

    credit.refresh_from_db()
    assert (mission.etat, credit.commandes, credit.consommes) == (EtatMission.SERVICE_FAIT, 1, 1)
    assert Enveloppe.objects.get(nature="INGENIERIE").engage == Decimal("1080.00")
    attestation = mission.dossier.actes.get(genre="attestation_intervention")
    assert attestation.instantane["total_jours"] == "1.0"
    assert attestation.instantane["mission_ref"] == lettre.numero
    assert Mission.objects.get().resultat == "Statuts adoptés"


def test_people_are_told_of_the_proposal_and_of_the_order(gens, mission):
    proposee = Message.objects.filter(cle="mission_proposee")
    assert {(m.destinataire, m.lien) for m in proposee if m.destinataire in (gens.expert, gens.porteur)} == {
        (gens.expert, f"/experts/missions/{mission.pk}/"),
        (gens.porteur, f"/accompagnement/{mission.dossier.numero}/"),
    }
    commandee = {m.destinataire: m.corps_texte for m in Message.objects.filter(cle="mission_commandee")}
    assert "se saisissent" in commandee[gens.expert]
    assert "confirmerez" in commandee[gens.porteur]


def test_an_order_stays_within_its_theme_and_the_credit(gens, projet, credit):
    gouvernance, communication, _ = f.themes()
    f.mission(gens, projet, jours="5.5", theme=gouvernance)

    with pytest.raises(CreditInsuffisant, match="0,5"):
        f.mission(gens, projet, jours="1.0", theme=gouvernance)
    with pytest.raises(CreditInsuffisant):
        f.mission(gens, projet, jours="5.5", theme=communication)

    credit.refresh_from_db()
    assert (Mission.objects.count(), credit.commandes) == (1, Decimal("5.5"))


def test_two_proposals_for_the_same_days_are_ordered_once(gens, projet, credit):
    gouvernance = f.themes()[0]
    une, deux = (
        f.mission(gens, projet, jours="4.0", theme=gouvernance, jusqu_a="ACCEPTEE") for _ in range(2)
    )
    une.passer("commander", par=gens.responsable)

    with pytest.raises(CreditInsuffisant, match="2"):
        deux.passer("commander", par=gens.responsable)

    deux.refresh_from_db()
    credit.refresh_from_db()
    assert (deux.etat, credit.commandes) == (EtatMission.ACCEPTEE, Decimal("4.0"))


def test_no_order_without_the_porteur_s_agreement(gens, projet, credit):
    mission = f.mission(gens, projet, jusqu_a="PROPOSEE")
    mission.passer("accepter", par=gens.expert)

    with pytest.raises(TransitionInterdite, match="accord"):
        mission.passer("commander", par=gens.responsable)
    mission.agreer(par=gens.porteur)
    with pytest.raises(TransitionInterdite, match="n'attend pas"):
        mission.agreer(par=gens.porteur)

    mission.refresh_from_db()
    assert mission.etat == EtatMission.ACCEPTEE


def test_only_the_expert_of_the_mission_answers_for_it(gens, projet, credit):
    mission = f.mission(gens, projet, jusqu_a="PROPOSEE")
    autre = UserFactory(role="EXPERT", password=None)

    with pytest.raises(Mission.DoesNotExist):
        mission.passer("accepter", par=autre)
    with pytest.raises(GesteInterdit):
        mission.passer("accepter", par=gens.agent)

    mission.refresh_from_db()
    assert mission.etat == EtatMission.PROPOSEE


def test_an_expert_has_no_other_link_with_the_project(gens, projet, credit):
    theme, jour = f.themes()[0], horloge.aujourd_hui()
    membre_du_comite = UserFactory(role="MEMBRE", password=None)
    HabilitationFactory(user=membre_du_comite, role="EXPERT")
    HabilitationFactory(user=gens.contributeur, role="EXPERT")

    for expert in (membre_du_comite, gens.contributeur, gens.agent):
        with pytest.raises(TransitionInterdite):
            Mission.proposer(
                projet,
                par=gens.agent,
                theme=theme,
                expert=expert,
                objet="X",
                jours=Decimal(1),
                debut=jour,
                fin=jour,
            )

    assert not Mission.objects.exists()


def test_a_mission_is_not_confirmed_while_a_day_waits_or_is_contested(gens, mission):
    journee = noter(gens, mission, "MATIN")
    mission.passer("terminer", par=gens.expert)

    with pytest.raises(TransitionInterdite, match="chaque journée"):
        mission.passer("attester", par=gens.porteur)
    journee.contester(par=gens.porteur, motif="Une demi-journée seulement.")
    with pytest.raises(TransitionInterdite, match="trancher"):
        mission.passer("attester", par=gens.porteur)
    journee.trancher(par=gens.responsable, retenue=False, motif="Séance annulée.")
    with pytest.raises(TransitionInterdite, match="Aucune journée"):
        mission.passer("attester", par=gens.porteur)

    mission.refresh_from_db()
    assert mission.etat == EtatMission.REALISEE


def test_a_mission_without_a_day_is_not_done(gens, mission):
    with pytest.raises(TransitionInterdite, match="Notez"):
        mission.passer("terminer", par=gens.expert)

    mission.refresh_from_db()
    assert mission.etat == EtatMission.COMMANDEE


# -- Day log -----------------------------------------------------------------------------------------------------
def test_a_day_consumes_the_credit_when_it_is_confirmed(gens, mission, invariants_verifies):
    journee = noter(gens, mission, "MATIN")
    assert CreditJours.objects.get().consommes == 0
    assert (
        Message.objects.get(cle="jours_a_confirmer", destinataire=gens.porteur).lien
        == f"/experts/journees/{journee.pk}/"
    )

    with pytest.raises(GesteInterdit):  # the titulaire certifies (rights matrix, row 47)
        journee.confirmer(par=gens.contributeur)
    journee.confirmer(par=gens.porteur)

    assert (journee.etat, CreditJours.objects.get().consommes) == (EtatJournee.VALIDE, Decimal("0.5"))
    actions = Entree.objects.filter(fil=mission.fil).order_by("-rang").values_list("action", flat=True)[:2]
    assert list(actions) == ["confirmer_journee", "noter_journee"]


def test_the_log_never_exceeds_the_order(gens, projet, credit):
    mission = f.mission(gens, projet, jours="1.0")
    noter(gens, mission, "MATIN")

    with pytest.raises(TransitionInterdite):
        noter(gens, mission, "JOURNEE")
    autre = f.mission(gens, projet, jours="0.5", theme=f.themes()[1])
    noter(gens, autre, "APRES_MIDI")
    with pytest.raises(TransitionInterdite):
        noter(gens, mission, "APRES_MIDI")

    assert mission.journees.count() == 1


def test_what_is_left_is_said(gens, projet, credit):
    debut = horloge.aujourd_hui()
    mission = f.mission(gens, projet, jours="0.5", debut=debut)

    with pytest.raises(CreditInsuffisant, match="Choisissez matin ou après-midi"):
        noter(gens, mission, "JOURNEE")
    noter(gens, mission, "MATIN")
    with pytest.raises(CreditInsuffisant, match="Il reste 0 jour"):
        noter(gens, mission, "APRES_MIDI")

    assert mission.journees.count() == 1


def test_a_date_is_sold_once_even_on_two_projects(gens, mission):
    autre_projet = f.accompagne(gens)
    f.credit(gens, autre_projet)
    autre = f.mission(gens, autre_projet)
    noter(gens, mission, "MATIN")

    with pytest.raises(TransitionInterdite, match=r"déjà noté .* matin, pour La Manufacture"):
        noter(gens, autre, "MATIN")
    with pytest.raises(TransitionInterdite, match="déjà noté"):
        noter(gens, autre, "JOURNEE")
    noter(gens, autre, "APRES_MIDI")

    assert sum(j.duree for j in Journee.objects.all()) == 1


def test_half_a_day_without_its_moment_takes_the_free_one(gens, mission):
    noter(gens, mission, creneau="", duree=Decimal("0.5"))
    noter(gens, mission, creneau="", duree=Decimal("0.5"))

    assert list(Journee.objects.values_list("creneau", flat=True)) == ["MATIN", "APRES_MIDI"]


def test_a_day_is_neither_to_come_nor_outside_the_mission(gens, mission):
    for jour, phrase in (
        (horloge.aujourd_hui() + timedelta(days=1), "à venir"),
        (mission.debut - timedelta(days=1), "hors de la mission"),
    ):
        with pytest.raises(TransitionInterdite, match=phrase):
            noter(gens, mission, jour=jour)

    assert not Journee.objects.exists()


def test_no_day_before_the_order(gens, projet, credit):
    mission = f.mission(gens, projet, jusqu_a="ACCEPTEE")

    with pytest.raises(TransitionInterdite, match="pas commandée"):
        noter(gens, mission)

    assert not Journee.objects.exists()


@pytest.mark.parametrize("qui", ["porteur", "agent", "responsable"])
def test_nobody_logs_for_the_expert_and_the_expert_does_not_confirm(gens, mission, qui):
    with pytest.raises(GesteInterdit):
        Journee.noter(
            mission, par=getattr(gens, qui), date=mission.debut, creneau="MATIN", lieu="SUR_PLACE", texte="X"
        )
    journee = noter(gens, mission)
    with pytest.raises(GesteInterdit):
        journee.confirmer(par=gens.expert)

    journee.refresh_from_db()
    assert journee.etat == EtatJournee.A_CONFIRMER


def test_a_contested_day_is_kept_or_set_aside_by_the_agency_with_a_reason(gens, mission, invariants_verifies):
    une, deux = noter(gens, mission, "MATIN"), noter(gens, mission, "APRES_MIDI")
    with pytest.raises(TransitionInterdite, match="pourquoi"):
        une.contester(par=gens.porteur, motif="")
    for journee in (une, deux):
        journee.contester(par=gens.porteur, motif="Pas cette durée.")
    assert Message.objects.filter(cle="jours_contestes", destinataire=gens.agent).count() == 2

    with pytest.raises(GesteInterdit):
        une.trancher(par=gens.agent, retenue=True, motif="Vu")
    une.trancher(par=gens.responsable, retenue=True, motif="Le compte rendu le montre.")
    deux.trancher(par=gens.responsable, retenue=False, motif="Séance annulée.")

    assert (une.etat, deux.etat) == (EtatJournee.VALIDE, EtatJournee.ECARTE)
    assert CreditJours.objects.get().consommes == Decimal("0.5")


def test_a_correction_adds_and_erases_nothing(gens, mission):
    journee = noter(gens, mission, "JOURNEE")
    journee.annuler(par=gens.expert, motif="Une demi-journée seulement")
    noter(gens, mission, "MATIN")

    assert list(Journee.objects.order_by("pk").values_list("etat", flat=True)) == ["ECARTE", "A_CONFIRMER"]
    with pytest.raises(TransitionInterdite):
        journee.annuler(par=gens.expert, motif="Encore")


def test_ten_days_of_silence_confirm(gens, mission, invariants_verifies):
    journee = noter(gens, mission)

    assert reputer_confirmees() == 0
    with horloge.a(horloge.maintenant() + timedelta(days=11)):
        assert reputer_confirmees() == 1
        assert reputer_confirmees() == 0

    journee.refresh_from_db()
    assert (journee.etat, journee.confirmee_par) == (EtatJournee.VALIDE, None)


def test_the_database_keeps_its_own_walls(gens, mission):
    journee = noter(gens, mission, "JOURNEE")
    for geste in (
        lambda: Journee.objects.filter(pk=journee.pk).update(texte="Autre chose"),
        lambda: Journee.objects.filter(pk=journee.pk).delete(),
        lambda: Mission.objects.filter(pk=mission.pk).update(jours_commandes=Decimal("0.5")),
        lambda: Journee.objects.create(
            mission=mission,
            expert=gens.expert,
            date=mission.debut,
            creneau="JOURNEE",
            duree=Decimal("1.0"),
            lieu="DISTANCE",
            texte="X",
        ),
        lambda: Journee.objects.create(
            mission=mission,
            expert=gens.expert,
            date=mission.debut + timedelta(days=1),
            creneau="MATIN",
            duree=Decimal("0.5"),
            lieu="DISTANCE",
            texte="X",
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            geste()

    assert Journee.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_threads_for_the_last_half_day_make_one(gens):
    projet = f.accompagne(gens)
    f.credit(gens, projet)
    mission = f.mission(gens, projet, jours="0.5")
    depart, issues = threading.Barrier(2), []

    def tenter(creneau):
        try:
            depart.wait(timeout=10)
            noter(gens, mission, creneau)
            issues.append("noté")
        except TransitionInterdite:
            issues.append("refusé")
        finally:
            connections.close_all()

    fils = [threading.Thread(target=tenter, args=(creneau,)) for creneau in ("MATIN", "APRES_MIDI")]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert sorted(issues) == ["noté", "refusé"]
    assert Journee.objects.count() == 1
