"""While a request is open, what is still missing is told three days and one day before its date."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from instruction.tasks import rappeler_les_complements
from manufactures import horloge
from manufactures.courrier.models import Message
from tests.factories.instruction import demande_envoyee
from tests.outils.hostiles import pdf

pytestmark = pytest.mark.django_db


def rappels():
    return list(Message.objects.filter(cle="complements_rappel").order_by("pk"))


def a_avant(demande, **duree):
    return horloge.a(demande.echeance - timedelta(**duree))


def test_three_days_and_one_day_before_once_each():
    demande = demande_envoyee()
    for avant, attendus in (({"days": 4}, 0), ({"days": 3}, 1), ({"hours": 20}, 2), ({"hours": -1}, 2)):
        with a_avant(demande, **avant):
            rappeler_les_complements()
            rappeler_les_complements()
        assert len(rappels()) == attendus
    lu = rappels()[0].corps_texte.replace("\u00a0", " ")
    assert "Il manque encore" in lu
    assert f"/dossiers/{demande.dossier.numero}/complements/" in lu
    assert f"/dossiers/{demande.dossier.numero}/messages/" in lu


def test_a_date_that_moves_is_told_again():
    demande = demande_envoyee()
    with a_avant(demande, days=2):
        rappeler_les_complements()
        demande.prolonger(par=demande.par, echeance=demande.echeance + timedelta(days=10))
    demande.refresh_from_db()
    with a_avant(demande, days=2):
        rappeler_les_complements()
    assert len(rappels()) == 2


def test_nothing_is_asked_again_of_who_has_answered():
    demande = demande_envoyee()
    titulaire = demande.dossier.titulaire
    for piece in demande.pieces.all():
        with a_avant(demande, days=8):
            demande.repondre(
                par=titulaire,
                piece=piece,
                fichiers=[SimpleUploadedFile("piece.pdf", pdf(), "application/pdf")],
            )
    with a_avant(demande, days=2):
        rappeler_les_complements()
    assert rappels() == []
