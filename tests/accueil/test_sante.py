"""Failures: /sante/ names what does not answer; pages say it in plain words and touch no database."""

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import InterfaceError, OperationalError, connection
from django.test import RequestFactory

from manufactures.accueil import sante, views
from manufactures.accueil.panne import PanneMiddleware

PARTIES = ["base_de_donnees", "stockage", "file_d_attente", "ouvrier"]


@pytest.fixture
def reponses(monkeypatch):
    """Everything answers, save what the test takes away."""

    def sans(*absentes):
        for partie in PARTIES:
            monkeypatch.setattr(sante, partie, lambda partie=partie: partie not in absentes)

    sans()
    return sans


@pytest.mark.django_db
def test_all_is_well(client, reponses):
    reponse = client.get("/sante/")
    assert reponse.status_code == 200
    assert reponse.json() == {"etat": "ok", **dict.fromkeys(PARTIES, "ok"), "en_panne": []}


@pytest.mark.django_db
@pytest.mark.parametrize("absente", ["base_de_donnees", "stockage", "ouvrier"])
def test_what_does_not_answer_is_named(client, reponses, absente):
    reponses(absente)
    reponse = client.get("/sante/")
    assert reponse.status_code == 503
    assert reponse.json()["en_panne"] == [absente]
    assert reponse.json()[absente] == "ne répond pas"


@pytest.mark.django_db
def test_without_broker_the_worker_is_out_of_reach_too(client, reponses):
    reponses("file_d_attente")
    assert client.get("/sante/").json()["en_panne"] == ["file_d_attente", "ouvrier"]


def couper(monkeypatch):
    def injoignable(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", injoignable)


def test_an_unreachable_database_is_a_503_that_says_so(client, reponses, monkeypatch):
    monkeypatch.setattr(sante, "base_de_donnees", sante_base_de_donnees)
    couper(monkeypatch)
    reponse = client.get("/sante/")
    assert reponse.status_code == 503
    assert reponse.json()["en_panne"] == ["base_de_donnees"]


sante_base_de_donnees = sante.base_de_donnees


@pytest.mark.django_db
def test_the_storage_is_written_read_and_left_clean(tmp_path):
    assert sante.stockage() is True
    assert list((tmp_path / "fichiers" / "sante").iterdir()) == []


@pytest.mark.django_db
def test_a_storage_that_refuses_is_a_failure(monkeypatch):
    def plein(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", plein)
    assert sante.stockage() is False


@pytest.mark.parametrize("panne", [OperationalError("coupée"), InterfaceError("fermée")])
def test_a_page_that_finds_the_database_away_says_it_plainly(panne):
    demande = RequestFactory().get("/laureats/")
    reponse = PanneMiddleware(lambda r: None).process_exception(demande, panne)
    assert reponse.status_code == 503
    assert reponse["Retry-After"] == "60"
    assert "Le service revient dans quelques minutes" in reponse.content.decode()


def test_any_other_error_is_not_the_database_s():
    assert PanneMiddleware(lambda r: None).process_exception(RequestFactory().get("/"), ValueError()) is None


def incident_de(exception, adresse="/accueil/"):
    try:
        raise exception
    except type(exception):
        return views.incident(RequestFactory().get(adresse))


def test_an_incident_has_a_number():
    reponse = incident_de(ValueError("boum"))
    assert reponse.status_code == 500
    assert "Un incident est noté sous le numéro" in reponse.content.decode()
    assert "boum" not in reponse.content.decode()


def test_a_database_lost_before_the_view_is_a_503_too(reponses):
    assert incident_de(OperationalError("coupée")).status_code == 503
    reponses("base_de_donnees")
    reponse = incident_de(OperationalError("coupée"), "/sante/")
    assert reponse.status_code == 503
    assert reponse["Content-Type"] == "application/json"
