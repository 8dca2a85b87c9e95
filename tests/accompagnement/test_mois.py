"""The expert's phone: a day in three taps, the month as a calendar."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accompagnement.models import Journee
from manufactures import horloge
from tests.accompagnement.test_ecrans import ouvrir, poster, principal, verifier_la_page
from tests.factories import accompagnement as f
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db


def noter_ici():
    return reverse("accompagnement:noter")


def test_the_day_is_noted_with_nothing_typed(client, gens, mission):
    accueil = ouvrir(client, gens.expert, "/accueil/")
    assert f"{noter_ici()}?mission={mission.pk}" in principal(accueil)
    page = ouvrir(client, gens.expert, f"{noter_ici()}?mission={mission.pk}")
    verifier_la_page(page, "noter")
    champs = {nom: page.context["form"][nom].value() for nom in ("date", "lieu")}

    suite = poster(client, gens.expert, noter_ici(), "JOURNEE", mission=mission.pk, **champs)

    journee = Journee.objects.get()
    assert (journee.date, journee.duree, journee.texte) == (
        horloge.aujourd_hui(),
        Decimal(1),
        mission.objet,
    )
    mois = ouvrir(client, gens.expert, suite.url)
    verifier_la_page(mois, "mois")
    assert "1 jour en tout" in principal(mois)
    assert mission.objet in principal(mois)


def test_what_the_deed_refuses_is_said_and_what_was_typed_stays(client, gens, mission):
    champs = {"mission": mission.pk, "lieu": "DISTANCE", "texte": "Relecture"}
    demain = horloge.aujourd_hui() + timedelta(days=1)
    refus = poster(client, gens.expert, noter_ici(), "MATIN", 409, date=demain, **champs)
    assert "à venir" in refus.content.decode()
    assert "Relecture" in principal(refus)
    verifier_la_page(refus, "noter")
    poster(client, gens.expert, noter_ici(), "MATIN", 200, date=demain, lieu="DISTANCE", mission=0)

    assert not Journee.objects.exists()
    for qui in (gens.porteur, gens.agent):
        assert ouvrir(client, qui, noter_ici()).status_code == 403


def test_without_an_order_the_page_says_so(client, gens):
    page = ouvrir(client, gens.expert, noter_ici())
    verifier_la_page(page, "noter")
    assert "Aucune mission commandée" in principal(page)
    vide = ouvrir(client, gens.expert, reverse("accompagnement:mois") + "?mois=2024-02")
    verifier_la_page(vide, "mois")
    assert "Aucune journée notée" in principal(vide)
    for faux in ("2024-13", "hier", "9999-01"):
        assert ouvrir(client, gens.expert, f"{reverse('accompagnement:mois')}?mois={faux}").status_code == 404


def test_the_month_costs_the_same_for_one_day_and_for_three(client, gens, projet, credit):
    debut = horloge.aujourd_hui()
    f.enveloppe_ingenierie(projet)
    mission = f.mission(gens, projet, debut=debut)
    comptes = []
    for creneau in ("MATIN", "APRES_MIDI"):
        Journee.noter(mission, par=gens.expert, date=debut, creneau=creneau, lieu="DISTANCE", texte="X")
        client.force_login(gens.expert)
        for adresse in (reverse("accompagnement:mois"), noter_ici()):
            horloge.oublier()
            with compter() as lues:
                assert client.get(adresse).status_code == 200
            comptes.append(lues.requetes)
    assert comptes[:2] == comptes[2:]
    assert max(comptes) <= 12
