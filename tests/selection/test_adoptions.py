"""Two sittings of one wave: they share the envelope, even adopted in the same instant."""

import threading
from decimal import Decimal

import pytest
from django.db import connections

from manufactures.programme.models import Enveloppe, NatureAide
from manufactures.registres import TransitionInterdite
from selection.models import Scenario
from selection.models.partage import enveloppe_libre, points_a_partager
from tests.selection.arbitrages import composer, deux_seances, montants


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
