"""The demonstration's accounts, from the envelope to the payment, to the cent."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client

from accompagnement.comptes import dresser
from accompagnement.comptes_jours import dresser_les_jours
from accompagnement.models import CompteJours, CreditJours, Journee, Tranche
from accompagnement.models.journee import EtatJournee
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


def test_the_days_add_up_from_what_was_granted_to_the_last_half_day(demonstration):
    """Each place of the ledger, against the credits and against the days that experts noted."""
    *vagues, ensemble = dresser_les_jours(User.objects.get(email="responsable@manufactures.test"))

    assert vagues and [ecart for compte in [*vagues, ensemble] for ecart in compte.ecarts] == []
    assert ensemble.accordes == CreditJours.objects.aggregate(s=Sum("accordes"))["s"] > 0
    assert not CompteJours.objects.aggregate(s=Sum("solde"))["s"]  # in double entry
    consommes = Journee.objects.filter(etat=EtatJournee.VALIDE).aggregate(s=Sum("duree"))["s"]
    assert ensemble.consommes == consommes > 0
