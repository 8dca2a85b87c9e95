"""The progress of a wave: its figures are those of the lists they lead to, and the end is reckoned in working days."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from instruction.avancement import Avancement, est_ouvre, jour_ouvre, paques
from instruction.regards import dossiers_des_agents
from manufactures import horloge
from tests.factories.instruction import (
    agent,
    demande_envoyee,
    dossier_depose,
    pris_en_charge,
    remplir,
    vague_close,
)
from tests.factories.programme import VagueFactory
from tests.instruction.test_liste import texte
from tests.outils.compteur import compter

pytestmark = pytest.mark.django_db
ADRESSE = reverse("instruction:avancement")


def conclu(nom, par):
    instruction = remplir(pris_en_charge(dossier_depose(nom=nom), par=par))
    instruction.dossier.passer("declarer_recevable", par=par)
    return instruction


@pytest.fixture
def moi(client):
    user = agent(prenom="Camille", nom="Roy")
    client.force_login(user)
    return user


def test_easter_and_the_working_days():
    assert [paques(an) for an in (2024, 2025, 2026)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
    ]
    assert not any(
        est_ouvre(date(2026, mois, jour))
        for mois, jour in ((4, 6), (5, 14), (5, 25), (7, 14), (11, 11), (11, 21), (11, 22))
    )
    assert jour_ouvre(date(2026, 11, 10), 1) == date(2026, 11, 12)
    assert jour_ouvre(date(2026, 11, 23), -1) == date(2026, 11, 20)
    assert jour_ouvre(date(2026, 12, 24), 2) == date(2026, 12, 29)


def test_each_figure_is_that_of_its_list(client, moi):
    for nom in ("A", "B"):
        dossier_depose(nom=nom)
    pris_en_charge(dossier_depose(nom="C"), par=moi)
    demande_envoyee(pris_en_charge(dossier_depose(nom="D"), par=moi))
    conclu("E", moi)
    retire = dossier_depose(nom="F")
    retire.passer("retirer", par=retire.titulaire)

    page = client.get(ADRESSE)

    chiffres = {compte.libelle: compte.nombre for compte, _ in page.context["comptes"]}
    assert chiffres == {
        "Conclus": 1,
        "À finir": 4,
        "À prendre en charge": 2,
        "En pré-instruction": 1,
        "Chez le porteur": 1,
        "En retard": 0,
        "Irrecevables": 0,
        "Retirés": 1,
        "Sans agent": 2,
    }
    for compte, adresse in page.context["comptes"]:
        assert client.get(adresse).context["liste"].nombre == compte.nombre, compte.libelle
    (ligne,) = page.context["agents"]
    assert (ligne["nom"], ligne["en_cours"], ligne["conclus"], ligne["retard"]) == ("Camille Roy", 2, 1, 0)
    for nom, nombre in (("adresse", 2), ("adresse_conclus", 1), ("adresse_retard", 0)):
        assert client.get(ligne[nom]).context["liste"].nombre == nombre
    assert "1 dossier conclu sur 5, soit 20 %." in texte(page)


def test_the_end_follows_the_rate_of_the_last_working_days(client, moi):
    debut = horloge.maintenant()
    for nom in ("A", "B"):
        conclu(nom, moi)
    for nom in ("C", "D", "E"):
        dossier_depose(nom=nom)

    assert "ne peut pas être estimée" in texte(client.get(ADRESSE))  # today's do not count yet
    demain = jour_ouvre(horloge.aujourd_hui(), 1)
    with horloge.a(debut + (demain - horloge.aujourd_hui())):
        avancement = Avancement(vague_close(), dossiers_des_agents(moi))
        assert avancement.restants == 3
        if est_ouvre(debut.astimezone(horloge.PARIS).date()):
            assert avancement.cadence * 10 == 2
            assert avancement.fin_prevue == jour_ouvre(demain, 15)  # three, at two in ten days


def test_the_average_of_each_step(moi):
    conclu("A", moi)
    instruction = pris_en_charge(dossier_depose(nom="B"), par=moi)
    demande = demande_envoyee(instruction)
    with horloge.a(horloge.maintenant() + timedelta(days=4)):
        demande.repondre(par=demande.dossier.titulaire, texte="Voici.")
        demande.dossier.passer("completer", par=demande.dossier.titulaire)
        durees = {d.libelle: d for d in Avancement(vague_close(), dossiers_des_agents(moi)).durees()}

    assert durees["Réponse du porteur à une demande"].jours == 4
    assert durees["Réponse du porteur à une demande"].nombre == 1
    assert durees["De la clôture à l'affectation"].nombre == 2
    assert durees["De l'affectation à la conclusion"].nombre == 1
    assert durees["De l'affectation à la conclusion"].jours == 0


def test_a_wave_without_dossier_a_finished_one_and_one_that_is_not_mine(client, moi):
    conclu("A", moi)
    vide = VagueFactory(appel=vague_close().appel, numero=7)

    assert "Toute la pré-instruction de cette vague est conclue." in texte(client.get(ADRESSE))
    assert "Aucun dossier n'est déposé dans cette vague" in texte(client.get(ADRESSE, {"vague": vide.pk}))
    assert client.get(ADRESSE, {"vague": "999999"}).context["vague"] == vague_close()


def test_without_any_wave_it_says_so(client, moi):
    assert "Vous ne suivez aucune vague." in texte(client.get(ADRESSE))


def test_it_costs_the_same_whatever_the_dossiers(client, moi):
    comptes = []
    for nom in "AB":
        pris_en_charge(dossier_depose(nom=nom), par=moi)
        with compter() as compte:
            client.get(ADRESSE)
        comptes.append(compte.requetes)
    assert comptes[0] == comptes[1] <= 12
