"""Scenarios of a sitting: kept, computed, hidden from the recused, adopted under the envelope's lock."""

import copy
import html
import re
import uuid
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.urls import reverse

from candidatures.models import Dossier
from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection import tasks
from selection.models import LigneScenario, PropositionArbitrage, Scenario, Seance
from selection.models.partage import groupes_presents, points_a_partager, score_de
from selection.models.scenario import PARTAGE_ADOPTE
from tests.factories.comptes import UserFactory
from tests.selection.arbitrages import composer, montants, plafonner, salle_de

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def montee(django_db_setup, django_db_blocker, tmp_path_factory):
    """Three laureates before an arbitration, built once: each test takes a copy, and its writes are undone."""
    fichiers = dict(settings.STORAGES)
    fichiers["default"] = fichiers["default"] | {
        "OPTIONS": {"location": str(tmp_path_factory.mktemp("salle"))}
    }
    with django_db_blocker.unblock(), override_settings(STORAGES=fichiers), transaction.atomic():
        yield salle_de()
        transaction.set_rollback(True)


@pytest.fixture
def salle(montee, db):
    return copy.deepcopy(montee)


def test_by_rank_the_third_is_left_out_with_its_sentence(salle):
    scenario = composer(salle)
    assert scenario.calcule_le and not scenario.echec
    assert montants(scenario) == [Decimal("60000.00"), Decimal("60000.00"), Decimal("0.00")]
    exclue = scenario.lignes.get(retenu=False)
    assert exclue.phrase == "Entre avec 50\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€ de plus en investissement."
    assert not PropositionArbitrage.objects.filter(investissement=0).exists()  # it only advises


def test_a_common_rate_serves_all(salle):
    scenario = composer(salle, maniere="TAUX", plancher=0)
    assert len(set(montants(scenario))) == 1
    assert Decimal("43300.00") < montants(scenario)[0] < Decimal("43334.00")
    assert scenario.taux["AMORCAGE"] == 100_00


def test_the_best_score_is_a_task_done_once(salle, django_capture_on_commit_callbacks, monkeypatch):
    envoyes = []
    monkeypatch.setattr(tasks.calculer_scenario, "apply_async", lambda args, **_: envoyes.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        scenario = composer(salle, maniere="SCORE")
    assert envoyes == [(scenario.pk,)]
    assert scenario.calcule_le is None
    assert list(Scenario.objects.a_calculer()) == [scenario]

    tasks.calculer_scenario(scenario.pk)
    scenario.refresh_from_db()
    instant = scenario.calcule_le
    assert sorted(montants(scenario)) == [Decimal("0.00"), Decimal("60000.00"), Decimal("60000.00")]
    tasks.calculer_scenario(scenario.pk)
    scenario.refresh_from_db()
    assert scenario.calcule_le == instant
    assert scenario.lignes.count() == 3


def test_the_sweep_sends_what_the_queue_lost(salle, monkeypatch):
    scenario = composer(salle, maniere="SCORE")
    monkeypatch.setattr(tasks.calculer_scenario, "delay", tasks.calculer_scenario)
    tasks.reprendre_les_scenarios()
    scenario.refresh_from_db()
    assert scenario.calcule_le


def test_rules_that_cannot_hold_say_why(salle):
    quotas = [{"valeur": "QPV", "minimum": 4, "maximum": None}]
    scenario = composer(salle, maniere="SCORE", quotas=quotas)
    scenario.calculer()
    assert scenario.echec.startswith(
        "Le quota des quartiers prioritaires demande 4\N{NO-BREAK SPACE}projets, aucun ne s'y présente"
    )
    assert not scenario.lignes.exists()
    with pytest.raises(TransitionInterdite, match="demande 4.projets"):
        scenario.adopter(par=salle.responsable)


def test_marks_of_the_grid_rank_the_requests(salle):
    points = {p.rang: p for p in points_a_partager(salle.seance)}
    assert score_de(points[1]) == 0
    critere = salle.vague.appel.criteres.create(
        nature="ARBITRAGE", code="X1", rang=1, libelle="Maturité", poids=10
    )
    points[3].proposition.notes.create(critere=critere, note=4)
    assert [score_de(p) for p in points_a_partager(salle.seance)] == [0, 0, 800]
    assert montants(composer(salle)) == [Decimal("60000.00"), Decimal("0.00"), Decimal("60000.00")]


def test_what_is_asked_may_be_the_ceiling_under_the_eligible_expense(salle):
    Dossier.objects.filter(pk=salle.dossiers[0].pk).update(demande_investissement=Decimal("80000.00"))
    scenario = composer(salle, base="DEMANDE")
    assert montants(scenario)[0] == Decimal("80000.00")


def test_nothing_asked_is_left_out_with_what_remains(salle):
    PropositionArbitrage.objects.filter(point__rang=2).update(investissement=0, amorcage=0)
    scenario = composer(salle)
    assert (
        "le label, l'incubation et l'accompagnement restent acquis"
        in scenario.lignes.get(point__rang=2).phrase
    )
    assert montants(scenario) == [Decimal("60000.00"), Decimal("0.00"), Decimal("60000.00")]


def test_a_name_serves_once(salle):
    composer(salle)
    with pytest.raises(TransitionInterdite, match="s'appelle déjà"):
        composer(salle)
    assert salle.seance.scenarios.count() == 1


def test_adopting_writes_one_proposal_per_project(salle):
    scenario = composer(salle)
    scenario.adopter(par=salle.responsable)
    propositions = list(PropositionArbitrage.objects.order_by("point__rang"))
    assert [p.investissement for p in propositions] == montants(scenario)
    assert [PARTAGE_ADOPTE in p.motif for p in propositions][2]
    assert {p.proposee_par for p in propositions} == {salle.responsable}
    assert scenario.adopte_le and scenario.adopte_par == salle.responsable
    journal = Entree.objects.filter(fil=salle.seance.fil)
    assert journal.filter(action="adopter_scenario").count() == 1
    assert journal.filter(action="proposer_montants").count() == 6  # three by hand, three adopted


def test_adopting_another_takes_its_place(salle):
    premier, second = composer(salle), composer(salle, "B", "TAUX", plancher=0)
    premier.adopter(par=salle.responsable)
    second.adopter(par=salle.responsable)
    premier.refresh_from_db()
    assert premier.adopte_le is None and second.adopte_le
    propositions = PropositionArbitrage.objects.order_by("point__rang")
    assert [p.investissement for p in propositions] == montants(second)
    assert all(p.motif.count(PARTAGE_ADOPTE) <= 1 for p in propositions)


def test_an_excess_is_refused_with_its_amount(salle):
    scenario = composer(salle)
    avant = list(PropositionArbitrage.objects.order_by("pk").values_list("investissement", "motif"))
    plafonner(salle, "106000.00")
    with pytest.raises(
        TransitionInterdite, match="l'investissement de 14\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€"
    ):
        scenario.adopter(par=salle.responsable)
    assert list(PropositionArbitrage.objects.order_by("pk").values_list("investissement", "motif")) == avant
    scenario.refresh_from_db()
    assert scenario.adopte_le is None


def test_an_agenda_that_changed_is_refused(salle):
    scenario = composer(salle)
    salle.seance.points.filter(rang=3).update(resultat="REPORTE")
    with pytest.raises(TransitionInterdite, match="L'ordre du jour a changé"):
        scenario.adopter(par=salle.responsable)


def test_nothing_changes_once_a_ballot_is_open(salle):
    scenario = composer(salle)
    scenario.adopter(par=salle.responsable)
    salle.seance.ouvrir(par=salle.president.user)
    salle.ouvrir_scrutin("ATTRIBUTION")
    with pytest.raises(TransitionInterdite, match="un vote est ouvert"):
        scenario.adopter(par=salle.responsable)


def test_only_the_agents_compose_and_only_the_responsable_adopts(salle):
    scenario = composer(salle)
    membre = salle.membres[1].user
    instructeur = salle.dossiers[0].instruction.instructeur
    with pytest.raises(GesteInterdit):
        Scenario.composer(
            salle.seance, par=membre, nom="B", maniere="RANG", base="PROPOSE", plancher=100, quotas=[]
        )
    for personne in (membre, instructeur):
        with pytest.raises(GesteInterdit):
            scenario.adopter(par=personne)
    with pytest.raises(Seance.DoesNotExist):
        scenario.adopter(par=UserFactory())
    assert not Scenario.objects.filter(adopte_le__isnull=False).exists()


def test_an_adopted_scenario_is_not_taken_away(salle):
    scenario = composer(salle)
    scenario.adopter(par=salle.responsable)
    with pytest.raises(TransitionInterdite, match="adopté"):
        scenario.retirer(par=salle.responsable)
    autre = composer(salle, "B")
    autre.retirer(par=salle.responsable)
    assert list(salle.seance.scenarios.all()) == [scenario]


def test_a_recused_member_sees_no_scenario(salle):
    composer(salle)
    membre, autre = salle.membres[1], salle.membres[2]
    assert Scenario.objects.visibles_par(membre.user).count() == 1
    assert LigneScenario.objects.visibles_par(membre.user).count() == 3
    salle.deporter(membre, salle.dossiers[0])
    assert not Scenario.objects.visibles_par(membre.user).exists()
    assert not LigneScenario.objects.visibles_par(membre.user).exists()
    assert Scenario.objects.visibles_par(autre.user).count() == 1
    assert not Scenario.objects.visibles_par(UserFactory()).exists()
    porteur = salle.dossiers[0].membres.first().user
    assert not Scenario.objects.visibles_par(porteur).exists()


def test_the_database_refuses_what_the_deeds_refuse(salle):
    scenario = composer(salle)
    scenarios, lignes = Scenario.objects.filter(pk=scenario.pk), scenario.lignes.all()
    for ecrire in (
        lambda: scenarios.update(adopte_par=salle.responsable),
        lambda: scenarios.update(plancher=101),
        lambda: lignes.filter(retenu=False).update(investissement=1),
        lambda: lignes.filter(retenu=False).update(phrase=""),
        lambda: lignes.filter(retenu=True).update(amorcage=-1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ecrire()


# -- The page ------------------------------------------------------------------------------------------------------
def page(client, user, seance, **options):
    client.force_login(user)
    return client.get(reverse("selection:scenarios", args=[seance.pk]), **options)


def poster(client, user, seance, **saisie):
    client.force_login(user)
    return client.post(
        reverse("selection:scenarios", args=[seance.pk]), {"cle_unique": str(uuid.uuid4())} | saisie
    )


def regles(**autres):
    return {
        "action": "composer",
        "nom": "A",
        "maniere": "RANG",
        "base": "PROPOSE",
        "plancher": "100",
    } | autres


def mots(reponse):
    return html.unescape(re.sub(r"\s+", " ", reponse.content.decode().replace("\N{NO-BREAK SPACE}", " ")))


def test_an_agent_composes_and_reads_the_sentence(client, salle):
    instructeur = salle.dossiers[0].instruction.instructeur
    assert "Aucun scénario n'est encore composé." in mots(page(client, instructeur, salle.seance))
    assert poster(client, instructeur, salle.seance, **regles()).status_code == 302
    corps = mots(page(client, instructeur, salle.seance))
    assert "Entre avec 50 000 € de plus en investissement." in corps
    assert "2 projets sur 3 dans l'enveloppe" in corps
    assert "Équilibre par territoire, région et filière" in corps
    assert "Adopter ces montants" not in corps


def test_the_responsable_adopts_by_one_click(client, salle):
    scenario = composer(salle)
    assert "Adopter ces montants" in mots(page(client, salle.responsable, salle.seance))
    reponse = poster(client, salle.responsable, salle.seance, action="adopter", scenario=scenario.pk)
    assert reponse.status_code == 302
    scenario.refresh_from_db()
    assert scenario.adopte_le
    assert "A (adopté)" in mots(page(client, salle.responsable, salle.seance))


def test_an_excess_is_a_409_with_its_amount(client, salle):
    scenario = composer(salle)
    plafonner(salle, "106000.00")
    reponse = poster(client, salle.responsable, salle.seance, action="adopter", scenario=scenario.pk)
    assert reponse.status_code == 409
    assert "Ce scénario dépasse l'investissement de 14 000 €" in mots(reponse)


def test_what_is_forbidden_is_403_and_what_does_not_exist_404(client, salle):
    scenario = composer(salle)
    instructeur, membre = salle.dossiers[0].instruction.instructeur, salle.membres[1].user
    for personne in (instructeur, membre):
        assert (
            poster(client, personne, salle.seance, action="adopter", scenario=scenario.pk).status_code == 403
        )
    assert poster(client, membre, salle.seance, **regles(nom="B")).status_code == 403
    for saisie in (
        {"action": "adopter", "scenario": "0"},
        {"action": "adopter", "scenario": "x"},
        {"action": "voler"},
    ):
        assert poster(client, salle.responsable, salle.seance, **saisie).status_code in (403, 404)
    assert page(client, UserFactory(), salle.seance).status_code == 404
    scenario.refresh_from_db()
    assert scenario.adopte_le is None


def test_a_quota_bears_on_a_region_or_a_filiere_of_the_sitting(client, salle):
    points = points_a_partager(salle.seance)
    groupes = {(g.axe, g.nombre) for g in groupes_presents(points)}
    assert {axe for axe, nombre in groupes if nombre} >= {"territoire", "region"}
    region = next(g for g in groupes_presents(points) if g.axe == "region")
    assert f"{region.titre} : au plus" in mots(page(client, salle.responsable, salle.seance))
    saisie = regles(**{f"maximum_{region.cle}": "1"})
    assert poster(client, salle.responsable, salle.seance, **saisie).status_code == 302
    scenario = Scenario.objects.get()
    assert sum(ligne.retenu for ligne in scenario.lignes.all()) == 1
    assert f"le quota de la région {region.titre} passe à 2" in scenario.lignes.filter(retenu=False)[0].phrase


def test_rules_badly_typed_keep_what_was_typed(client, salle):
    saisie = regles(nom="", plancher="120", minimum_RURAL="3", maximum_RURAL="2")
    corps = mots(poster(client, salle.responsable, salle.seance, **saisie))
    assert "Donnez un nom à ce scénario." in corps
    assert "Écrivez 3 ou davantage." in corps
    assert not Scenario.objects.exists()
    composer(salle)
    reponse = poster(client, salle.responsable, salle.seance, **regles())
    assert reponse.status_code == 409
    assert "Un scénario s'appelle déjà « A »." in mots(reponse)


def test_a_computing_is_polled_and_told_without_script(client, salle):
    poster(client, salle.responsable, salle.seance, **regles(maniere="SCORE"))
    reponse = page(client, salle.responsable, salle.seance)
    assert "Calcul en cours" in mots(reponse)
    assert b"data-hx-trigger" in reponse.content and "Actualiser" in mots(reponse)
    attente = page(client, salle.responsable, salle.seance, headers={"HX-Request": "true"})
    assert attente.status_code == 204  # nothing is swapped under the reader's hand
    tasks.calculer_scenario(Scenario.objects.get().pk)
    seul = page(client, salle.responsable, salle.seance, headers={"HX-Request": "true"})
    assert b"<html" not in seul.content
    assert b"data-hx-trigger" not in seul.content
    assert "2 projets sur 3 dans l'enveloppe" in mots(seul)


def test_a_recused_member_reads_no_total(client, salle):
    composer(salle)
    membre = salle.membres[1]
    assert "60 000 €" in mots(page(client, membre.user, salle.seance))
    salle.deporter(membre, salle.dossiers[0])
    corps = mots(page(client, membre.user, salle.seance))
    assert "les scénarios vous sont fermés" in corps
    assert "000 €" not in corps and "Projet 2" not in corps


def test_scenarios_are_chosen_side_by_side(client, salle):
    scenarios = [composer(salle, nom) for nom in ("Alpha", "Bravo", "Charlie", "Delta")]
    corps = mots(page(client, salle.responsable, salle.seance))
    assert corps.count('<h2 class="fr-h4"') == 3  # the latest
    adresse = f"{reverse('selection:scenarios', args=[salle.seance.pk])}?scenario={scenarios[0].pk}"
    corps = mots(client.get(adresse))
    assert corps.count('<h2 class="fr-h4"') == 1
    assert ">Alpha</h2>" in corps


def test_the_page_costs_the_same_whatever_the_scenarios(client, salle, django_assert_max_num_queries):
    composer(salle)
    page(client, salle.responsable, salle.seance)
    adresse = reverse("selection:scenarios", args=[salle.seance.pk])
    with django_assert_max_num_queries(15) as une:
        client.get(adresse)
    composer(salle, "B")
    composer(salle, "C", "TAUX")
    with django_assert_max_num_queries(len(une)):
        client.get(adresse)


def test_a_selection_sitting_has_no_scenario(client, salle):
    selection = Seance.objects.exclude(pk=salle.seance.pk).get()
    assert page(client, salle.responsable, selection).status_code == 404
