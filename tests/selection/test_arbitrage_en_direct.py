"""The desk: what is left as one types, what was asked, proposed, amended; nothing kept by reckoning."""

import html

import pytest
from django.urls import reverse

from selection.models import PropositionArbitrage
from tests.factories.selection import Salle
from tests.selection.arbitrages import plafonner

pytestmark = pytest.mark.django_db


@pytest.fixture
def salle():
    """Two projects at 60 000 euros in an envelope of 130 000."""
    salle = Salle.d_arbitrage(dossiers=2, effectif=5)
    for point in salle.seance.points.select_related("seance", "dossier"):
        salle.proposer(point)
    plafonner(salle, "130000.00")
    return salle


def lu(reponse) -> str:
    return html.unescape(reponse.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def taper(client, salle, htmx=True, **montants):
    point = salle.point
    saisie = {f"point-{point.pk}-{nom}": valeur for nom, valeur in montants.items()}
    entetes = {"HX-Request": "true"} if htmx else {}
    adresse = reverse("selection:arbitrage", args=[salle.seance.pk])
    return client.post(adresse, saisie | {"action": "calculer", "point": point.pk}, headers=entetes)


def test_the_envelope_follows_what_is_typed_and_nothing_is_kept(client, salle):
    client.force_login(salle.responsable)
    corps = lu(taper(client, salle, investissement="65000", amorcage="oups"))
    assert "5 000 €" in corps and "pas encore enregistrés : Projet 1" in corps and "<h1>" not in corps
    corps = lu(taper(client, salle, investissement="90000"))
    assert "Réduisez l'investissement de 20 000 € pour soumettre au vote." in corps
    assert set(PropositionArbitrage.objects.values_list("investissement", flat=True)) == {60000}


def test_without_script_the_page_comes_back_with_what_was_typed(client, salle):
    client.force_login(salle.responsable)
    corps = lu(taper(client, salle, htmx=False, investissement="65000", motif="Un devis de plus."))
    assert "<h1>" in corps and 'value="65000"' in corps and "Un devis de plus." in corps


def test_whoever_proposes_nothing_reckons_nothing(client, salle):
    client.force_login(salle.membres[1].user)
    assert taper(client, salle, investissement="1").status_code == 403
    salle.deporter(salle.membres[1])
    corps = lu(client.get(reverse("selection:arbitrage", args=[salle.seance.pk])))
    assert "Enveloppe de la" not in corps


def test_what_the_sitting_amends_stands_beside_what_was_brought(client, salle):
    adresse = reverse("selection:arbitrage", args=[salle.seance.pk])
    client.force_login(salle.membres[1].user)
    assert "Amendé en séance" not in lu(client.get(adresse))
    salle.seance.ouvrir(par=salle.president.user)
    salle.proposer(salle.point, investissement="45000.00")
    proposition = PropositionArbitrage.objects.get(point=salle.point)
    assert (proposition.investissement_initial, proposition.investissement) == (60000, 45000)
    corps = lu(client.get(adresse))
    assert "Amendé en séance" in corps and "45 000 €" in corps and "60 000 €" in corps
