"""The wave while one decides: what is counted, for whom, at what cost."""

import html
import re

import pytest
from django.urls import reverse

from candidatures.models import Dossier
from manufactures.francais import INSECABLE
from selection.balance import balance_de, places_ici
from selection.models import Avis, Seance
from selection.models.places import fixer_les_places
from tests.factories.comptes import UserFactory
from tests.factories.selection import Salle, dossier_recevable

pytestmark = pytest.mark.django_db


def seance(salle):
    return Seance.objects.select_related("vague__appel").get(pk=salle.seance.pk)


@pytest.fixture
def salle():
    """Three dossiers: one favourable, one on the waiting list, one to be judged; a member is recused from the first."""
    salle = Salle(dossiers=3, effectif=7)
    salle.convoquer()
    deporte = salle.membres[-1]
    salle.declarer(deporte).deporter(deporte).pointer()
    salle.seance.ouvrir(par=salle.president.user)
    salle.point.constater_sortie(deporte, par=salle.responsable)
    salle.voter(salle.ouvrir_scrutin(), pour=6)
    Avis.rendre(salle.point, "FAVORABLE", par=salle.president.user, motifs="Projet solide.")
    salle.voter(salle.ouvrir_scrutin(), pour=7)
    Avis.rendre(
        salle.point, "FAVORABLE", par=salle.president.user, motifs="Solide.", rang_complementaire=1,
        liste_jusqu_au="2031-01-01",
    )  # fmt: skip
    return salle


def test_it_counts_the_wave_the_places_and_the_waiting_list(salle):
    balance = balance_de(salle.responsable, seance(salle))
    assert (balance.de_la_vague, balance.publies_de_la_vague, balance.a_juger) == (1, 0, 1)
    assert (balance.laureats, balance.places, balance.exces) == (1, salle.vague.appel.objectif - 1, 0)
    assert balance.liste == [(1, "Projet 2")]
    (part,) = [p for p in balance.axes["Région"] if p.libelle != "Non précisée"]
    assert (part.appel, part.vague, part.a_juger) == (1, 1, 1)


def test_a_recused_member_s_sums_lack_the_dossier(salle):
    assert balance_de(salle.membres[1].user, seance(salle)).laureats == 1
    balance = balance_de(salle.membres[-1].user, seance(salle))
    assert (balance.laureats, balance.de_la_vague, balance.a_juger) == (0, 0, 1)


def test_the_panel_is_a_page_without_script_and_a_fragment_with_it(client, salle):
    adresse = reverse("selection:equilibre", args=[salle.seance.pk])
    client.force_login(salle.responsable)
    page = html.unescape(client.get(adresse).content.decode()).replace(INSECABLE, " ")
    assert "1 lauréat dans la" in page and "<h1>" in page and "Projet 2" in page
    fragment = client.get(adresse, headers={"HX-Request": "true"}).content.decode()
    assert "<h1>" not in fragment and "Projet 2" in fragment
    for nom in ("seance", "classement", "ordre_du_jour"):
        assert adresse in client.get(reverse(f"selection:{nom}", args=[salle.seance.pk])).content.decode()
    client.force_login(UserFactory())
    assert client.get(adresse).status_code == 404


def test_it_costs_the_same_whatever_the_dossiers(salle, django_assert_num_queries):
    seance_lue = seance(salle)
    with django_assert_num_queries(5):
        balance_de(salle.responsable, seance_lue)
    Dossier.objects.update(laureat_le=seance_lue.debut)
    with django_assert_num_queries(5):
        balance_de(salle.responsable, seance_lue)


def test_the_places_of_a_wave_are_said_and_cut_its_ranking(client, salle):
    fixer_les_places(salle.vague.appel, {salle.vague.numero: 2}, par=salle.responsable)
    balance = balance_de(salle.responsable, seance(salle))
    assert (balance.places_de_la_vague, balance.reste_a_la_vague, balance.exces_de_la_vague) == (2, 1, 0)
    assert places_ici(salle.responsable, seance(salle)) == 2
    adresse = reverse("selection:equilibre", args=[salle.seance.pk])
    client.force_login(salle.responsable)
    texte = html.unescape(client.get(adresse).content.decode()).replace(INSECABLE, " ")
    assert "sur 2 places : 1 à pourvoir" in texte
    autre = dossier_recevable(salle.vague, nom="Ailleurs")
    Dossier.objects.filter(pk=autre.pk).update(laureat_le=salle.seance.debut)
    assert places_ici(salle.responsable, seance(salle)) == 1  # another sitting's laureate took one
    fixer_les_places(salle.vague.appel, {salle.vague.numero: 1}, par=salle.responsable)
    assert balance_de(salle.responsable, seance(salle)).exces_de_la_vague == 1
    texte = html.unescape(client.get(adresse).content.decode()).replace(INSECABLE, " ")
    assert "sur 1 place : 1 de trop" in re.sub(r"<[^>]+>", "", texte)


def test_a_recused_member_s_places_lack_the_dossier(salle):
    fixer_les_places(salle.vague.appel, {salle.vague.numero: 3}, par=salle.responsable)
    deporte = salle.membres[-1].user
    assert balance_de(deporte, seance(salle)).reste_a_la_vague == 3
    assert places_ici(deporte, seance(salle)) == 3
