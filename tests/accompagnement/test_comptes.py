"""The accounts from the envelope to the payment: right when the deeds wrote them, wrong when a row was forced."""

from decimal import Decimal

import pytest

from accompagnement.comptes import dresser
from accompagnement.comptes_jours import dresser_les_jours
from accompagnement.models import CreditJours
from manufactures.programme.models import Enveloppe
from tests.factories import accompagnement as f
from tests.factories.programme import EnveloppeFactory
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db


@pytest.fixture
def enveloppes(convention):
    """The wave's two lines, engaged by the award."""
    vague = convention.dossier.vague
    for nature, engage in (("INVESTISSEMENT", f.INVESTISSEMENT), ("AMORCAGE", f.AMORCAGE)):
        EnveloppeFactory(vague=vague, nature=nature, plafond=Decimal(500_000), engage=engage)


def test_each_stage_adds_up_its_own_rows(gens, convention, enveloppes):
    f.payer(gens, convention.tranches.get(type="AVANCE"))

    investissement, amorcage, ensemble = dresser(gens.responsable)

    assert list(investissement.sommes.values()) == [
        Decimal(n) for n in ("500000", "170000", "170000", "170000", "170000", "51000", "51000", "0", "0")
    ]
    assert amorcage.sommes["prevu"] == Decimal(55000) and not amorcage.sommes["paye"]
    assert (ensemble.sommes["conventionne"], ensemble.net) == (Decimal(225000), Decimal(51000))
    assert investissement.ecarts == amorcage.ecarts == ensemble.ecarts == []


def test_a_forced_row_is_said(client, gens, convention, enveloppes):
    client.force_login(gens.responsable)
    assert 'id="justes"' in client.get("/accompagnement/comptes/").content.decode()
    Enveloppe.objects.filter(nature="AMORCAGE").update(engage=Decimal(54000))

    page = client.get("/accompagnement/comptes/").content.decode()

    assert 'id="ecarts"' in page and "amorçage\u00a0: Engagé 54" in page
    client.force_login(gens.auditeur)
    assert client.get("/accompagnement/comptes/").status_code == 200


def test_the_page_asks_the_same_for_one_project_and_for_three(client, gens, convention, enveloppes):
    client.force_login(gens.responsable)
    client.get("/accompagnement/comptes/")
    with compter() as un:
        client.get("/accompagnement/comptes/")
    for _ in range(2):
        f.convention(gens, f.accompagne(gens, vague=convention.dossier.vague))
    with compter() as trois:
        assert client.get("/accompagnement/comptes/").status_code == 200
    assert un.requetes == trois.requetes <= 12, str(trois)


def test_a_page_without_a_wave_says_so(client, gens):
    client.force_login(gens.responsable)
    assert "Aucune enveloppe" in client.get("/accompagnement/comptes/").content.decode()


def test_each_granted_day_stands_in_one_place_or_the_page_says_so(client, gens, mission):
    vague, ensemble = dresser_les_jours(gens.responsable)
    assert (vague.accordes, vague.places["RESERVE"], vague.places["DISPONIBLE"]) == (15, 3, 12)
    assert vague.montants == ensemble.montants and vague.ecarts == ensemble.ecarts == []
    client.force_login(gens.responsable)
    assert 'id="jours-justes"' in client.get("/accompagnement/comptes/").content.decode()

    CreditJours.objects.update(accordes=16)

    assert 'id="ecarts-jours"' in client.get("/accompagnement/comptes/").content.decode()
    assert dresser_les_jours(gens.expert) == []
