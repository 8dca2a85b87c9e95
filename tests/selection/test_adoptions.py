"""Two sittings of one wave: they share the envelope, even adopted in the same instant."""

import threading
from decimal import Decimal

import pytest
from django.db import connections

from manufactures.programme.models import Enveloppe, NatureAide
from manufactures.registres import TransitionInterdite
from selection.models import Avis, Scenario, Scrutin
from selection.models.partage import enveloppe_libre, points_a_partager
from tests.selection.arbitrages import composer, deux_seances, montants, plafonner


def sans_blancs(phrase):
    return phrase.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.django_db
def test_a_second_sitting_shares_what_the_first_left():
    salle, (premiere, seconde) = deux_seances()
    composer(salle, seance=premiere).adopter(par=salle.responsable)
    assert enveloppe_libre(seconde, points_a_partager(seconde))["INVESTISSEMENT"] == Decimal("70000.00")
    assert montants(composer(salle, seance=seconde)) == [Decimal("60000.00"), Decimal("0.00")]


@pytest.mark.django_db(transaction=True)
def test_two_adoptions_at_once_leave_the_envelope_at_zero_or_more():
    salle, seances = deux_seances()
    scenarios = [composer(salle, seance=seance) for seance in seances]
    assert [sum(montants(s)) for s in scenarios] == [Decimal("120000.00")] * 2
    depart, refus = threading.Barrier(2), []

    def adopter(scenario):
        depart.wait()
        try:
            scenario.adopter(par=salle.responsable)
        except TransitionInterdite as phrase:
            refus.append(str(phrase))
        finally:
            connections.close_all()

    fils = [threading.Thread(target=adopter, args=(s,)) for s in scenarios]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert len(refus) == 1
    assert "l'investissement de 50\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€" in refus[0]
    adoptes = Scenario.objects.filter(adopte_le__isnull=False)
    assert adoptes.count() == 1
    ligne = Enveloppe.objects.get(vague=salle.vague, nature=NatureAide.INVESTISSEMENT)
    assert ligne.reste - sum(sum(montants(s)) for s in adoptes) == Decimal("70000.00")


def tenir(salle, seance):
    """This sitting, convened and open in the same room."""
    salle.seance = seance
    if seance.etat == "PREVUE":
        seance.convoquer(par=salle.responsable, motif_urgence="Séance de ce jour")
        salle.pointer()
    seance.ouvrir(par=salle.president.user)


def voter_tout(salle, seance, refus):
    """Each item put to the vote and adopted, as long as the envelope allows."""
    for point in seance.points.select_related("seance", "dossier").order_by("rang"):
        try:
            scrutin = Scrutin.ouvrir(point, "ATTRIBUTION", par=salle.president.user)
        except TransitionInterdite as phrase:
            refus.append(str(phrase))
            continue
        salle.voter(scrutin, pour=5)
        Avis.rendre(point, "FAVORABLE", par=salle.president.user, motifs="Projet prêt à investir.")


@pytest.mark.django_db
def test_a_ballot_counts_what_another_sitting_adopted_and_has_not_voted_yet():
    salle, (premiere, seconde) = deux_seances()
    composer(salle, seance=premiere).adopter(par=salle.responsable)
    tenir(salle, seconde)
    refus = []
    voter_tout(salle, seconde, refus)
    assert [sans_blancs(phrase) for phrase in refus] == [
        "Réduisez l'investissement de 50 000 € pour soumettre au vote."
    ]
    tenir(salle, premiere)
    voter_tout(salle, premiere, refus)
    assert len(refus) == 1, "what was adopted is still there to be voted"


@pytest.mark.django_db
def test_a_proposal_that_the_envelope_cannot_hold_is_refused_with_its_excess():
    salle, (premiere, _seconde) = deux_seances()
    plafonner(salle, "40000.00")
    with pytest.raises(TransitionInterdite) as refus:
        salle.proposer(premiere.points.select_related("seance", "dossier").first(), investissement="60000.00")
    assert sans_blancs(str(refus.value)).startswith("Réduisez l'investissement de 20 000 €")


@pytest.mark.django_db(transaction=True)
def test_two_sittings_voting_at_once_never_promise_more_than_the_envelope():
    """Four projects of 60 000 euros, 190 000 in the envelope: three pass, whichever sitting is quicker."""
    salle, seances = deux_seances()
    for seance in seances:
        tenir(salle, seance)
    depart, refus, pannes = threading.Barrier(2), [], []

    def sieger(seance):
        depart.wait()
        try:
            voter_tout(salle, seance, refus)
        except Exception as panne:  # noqa: BLE001 (told below, by the thread that asserts)
            pannes.append(panne)
        finally:
            connections.close_all()

    fils = [threading.Thread(target=sieger, args=(seance,)) for seance in seances]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()

    assert not pannes
    assert len(refus) == 1
    votes = Avis.objects.filter(seance__in=seances, sens="FAVORABLE")
    assert sum(avis.point.proposition.investissement for avis in votes) == Decimal("180000.00")
