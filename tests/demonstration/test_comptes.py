"""The demonstration's accounts, from the envelope to the payment, to the cent."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client

from accompagnement.comptes import dresser
from accompagnement.models import Tranche
from manufactures.comptes.models import User

pytestmark = [pytest.mark.xdist_group("demonstration"), pytest.mark.long]


def test_the_accounts_add_up_from_envelope_to_payment(demonstration):
    """Every stage agrees with the next, the page says so, and the figures are the rows' own."""
    responsable = User.objects.get(email="responsable@manufactures.test")

    *lignes, ensemble = dresser(responsable)

    assert [ecart for ligne in [*lignes, ensemble] for ecart in ligne.ecarts] == []
    assert ensemble.sommes["conventionne"] == ensemble.sommes["prevu"] > 0
    payees = Tranche.objects.exclude(payee_le=None).aggregate(s=Sum("montant_verse"))["s"]
    assert Decimal(0) < ensemble.sommes["paye"] == payees < ensemble.sommes["conventionne"]
    client = Client()
    client.force_login(responsable)
    assert 'id="justes"' in client.get("/accompagnement/comptes/").content.decode()
