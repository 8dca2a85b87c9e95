"""The legal clock: when silence becomes a refusal, what holds it, who is told before, once each."""

from datetime import datetime, time, timedelta

import pytest

from candidatures.models import Dossier
from instruction.delais import avec_le_terme, date_implicite, horloge_legale, terme_implicite
from instruction.models import EtatDemande
from instruction.tasks import alerter_du_delai
from manufactures import horloge
from manufactures.courrier.models import Message
from tests.factories.instruction import agent, demande_envoyee, dossier_depose, pris_en_charge, responsable

pytestmark = pytest.mark.django_db


def a_midi(jour):
    return horloge.a(datetime.combine(jour, time(12), tzinfo=horloge.PARIS))


def alertes(**filtres):
    return Message.objects.filter(cle="delai_implicite", **filtres).order_by("pk")


def avant_le_terme(dossier, jours):
    return a_midi(date_implicite(dossier) - timedelta(days=jours))


def relu(dossier):
    return Dossier.objects.select_related("vague__appel").get(pk=dossier.pk)


def test_thirty_fifteen_and_five_days_before_once_each():
    chef, instruction = responsable(), pris_en_charge()
    for jours, attendues in ((31, 0), (30, 1), (22, 1), (15, 2), (9, 2), (5, 3), (1, 3)):
        with avant_le_terme(instruction.dossier, jours):
            alerter_du_delai()
            alerter_du_delai()
        assert alertes(destinataire=instruction.instructeur).count() == attendues
        assert alertes(destinataire=chef).count() == attendues
    texte = alertes().first().corps_texte.replace("\u00a0", " ")
    assert "sera réputée rejetée le" in texte
    assert "la conclusion de la pré-instruction" in texte
    assert f"/instruction/{instruction.dossier.numero}/" in texte


def test_once_the_silence_has_spoken_nothing_is_written():
    responsable()
    dossier = dossier_depose()
    with avant_le_terme(dossier, -1):
        alerter_du_delai()
    assert not alertes().exists()


def test_a_dossier_that_nobody_holds_is_told_to_the_responsables():
    chef, autre, dossier = responsable(), agent(), dossier_depose()
    with avant_le_terme(dossier, 12):
        alerter_du_delai()
    assert {m.destinataire for m in alertes()} == {chef}
    assert autre not in {m.destinataire for m in alertes()}
    assert "un agent qui instruise ce dossier" in alertes().get().corps_texte


def test_an_indispensable_piece_holds_the_clock_and_moves_the_alerts():
    responsable()
    instruction = pris_en_charge()
    dossier = instruction.dossier
    debut = date_implicite(dossier)
    with avant_le_terme(dossier, 20):
        alerter_du_delai()
        demande = demande_envoyee(instruction, jours=15)
        legale = horloge_legale(relu(dossier))
        assert legale.tenue_jusquau == demande.echeance
        assert legale.terme == debut + timedelta(days=16)  # fifteen days and the evening of the last one
    ecrites = alertes().count()
    with a_midi(debut - timedelta(days=14)):
        alerter_du_delai()
    assert alertes().count() == ecrites  # held: nothing is told while the porteur has the ball
    with a_midi(debut - timedelta(days=3)):  # the date has passed, the delay runs again
        legale = horloge_legale(relu(dossier))
        assert legale.tenue_jusquau is None
        alerter_du_delai()
    assert alertes().count() > ecrites  # the date moved: told again


def test_a_point_that_is_not_indispensable_holds_nothing():
    instruction = pris_en_charge()
    avant = date_implicite(instruction.dossier)
    demande_envoyee(instruction, pieces=[{"libelle": "Un plan plus lisible"}])
    legale = horloge_legale(relu(instruction.dossier))
    assert (legale.terme, legale.tenue_jusquau) == (avant, None)


def test_the_database_computes_the_same_date():
    libre, tenu = dossier_depose(), demande_envoyee(jours=12).dossier
    recevable = dossier_depose(nom="Autre")
    Dossier.objects.filter(pk=recevable.pk).update(etat="RETIRE")
    lus = {d.pk: d.terme_le for d in avec_le_terme(Dossier.objects.all())}
    assert lus[libre.pk] == terme_implicite(relu(libre))
    demande = tenu.demandes_complements.get(etat=EtatDemande.OUVERTE)
    with horloge.a(demande.echeance + timedelta(minutes=1)):
        assert lus[tenu.pk] == terme_implicite(relu(tenu))
    assert lus[recevable.pk] is None
    Dossier.objects.filter(pk=recevable.pk).update(etat="DEPOSE")


def test_the_alerts_read_few_rows_whatever_the_wave(django_assert_max_num_queries):
    responsable()
    vague = pris_en_charge().dossier.vague
    for rang in range(3):
        dossier_depose(vague=vague, nom=f"Autre {rang}")
    with django_assert_max_num_queries(3):
        alerter_du_delai()


def test_the_page_says_the_date_and_that_it_waits(client):
    instruction = pris_en_charge()
    client.force_login(instruction.instructeur)
    adresse = f"/instruction/{instruction.dossier.numero}/"
    assert "refus implicite le" in client.get(adresse).content.decode()
    demande_envoyee(instruction)
    page = client.get(adresse).content.decode().replace("\u00a0", " ").replace("&#x27;", "'")
    assert "délai suspendu jusqu'au" in page
    assert "au plus tard" in page
