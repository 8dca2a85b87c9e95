"""Advice followed to its end, and silence seen: who may, once a day, and never twice the same reminder."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accompagnement.models import Recommandation, SuiviProjet
from accompagnement.models.recommandation import silencieux
from accompagnement.tasks import rappeler_les_recommandations
from candidatures.models import Dossier
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.accompagnement.test_ecrans import ouvrir, poster, principal, verifier_la_page
from tests.factories import accompagnement as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def conseil(gens, mission) -> Recommandation:
    """Given by the expert of a mission, to be done in ten days."""
    return Recommandation.donner(
        mission.dossier,
        "Publier la grille tarifaire",
        par=gens.expert,
        responsable=gens.porteur,
        echeance=horloge.aujourd_hui() + timedelta(days=10),
    )


def test_an_expert_advises_a_project_of_his_missions_and_no_other(gens, conseil):
    assert conseil.qui == gens.porteur
    ailleurs = f.accompagne(gens)
    with pytest.raises(GesteInterdit):
        Recommandation.donner(ailleurs, "X", par=gens.expert)
    with pytest.raises(TransitionInterdite, match="faire partie"):
        Recommandation.donner(conseil.dossier, "X", par=gens.agent, responsable=gens.expert)

    assert Recommandation.objects.count() == 1
    assert list(Recommandation.objects.visibles_par(gens.expert)) == [conseil]
    assert not Recommandation.objects.visibles_par(f.personne()).exists()


def test_its_owner_says_where_it_stands_and_why_when_blocked(client, gens, conseil):
    page = conseil.get_absolute_url()
    assert "Pas encore lue" in principal(ouvrir(client, gens.expert, page))
    lue = ouvrir(client, gens.porteur, page)
    verifier_la_page(lue, "recommandation")
    conseil.refresh_from_db()
    assert conseil.lue_le is not None

    def repondre(**champs):
        horloge.oublier()
        return client.post(page, {"action": "avancer"} | champs)

    assert "Écrivez pourquoi" in principal(repondre(statut="BLOQUEE", precision=""))
    with pytest.raises(TransitionInterdite, match="pourquoi"):
        conseil.avancer(par=gens.porteur, statut="ECARTEE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Recommandation.objects.update(statut="BLOQUEE")
    assert repondre(statut="BLOQUEE", precision="Le devis manque.").status_code == 302

    conseil.refresh_from_db()
    assert (conseil.statut, conseil.precision) == ("BLOQUEE", "Le devis manque.")
    assert ouvrir(client, gens.auditeur, page).status_code == 403
    assert ouvrir(client, f.personne(), page).status_code == 404


def test_time_reminds_the_right_person_once_a_week(gens, conseil):
    assert rappeler_les_recommandations() == 0  # neither late nor unread for a week
    with horloge.a(horloge.maintenant() + timedelta(days=11)):
        assert rappeler_les_recommandations() == 1
        assert rappeler_les_recommandations() == 0
    with horloge.a(horloge.maintenant() + timedelta(days=20)):
        conseil.veiller(par=gens.agent, jours=5)
        assert rappeler_les_recommandations() == 0
    with horloge.a(horloge.maintenant() + timedelta(days=27)):
        assert rappeler_les_recommandations() == 1
        conseil.avancer(par=gens.porteur, statut="FAITE")
    with horloge.a(horloge.maintenant() + timedelta(days=60)):
        assert rappeler_les_recommandations() == 0

    relances = Message.objects.filter(cle="recommandation_relance")
    assert {(m.destinataire, m.lien) for m in relances} == {(gens.porteur, conseil.get_absolute_url())}
    assert relances.count() == 2


def test_silent_projects_come_by_silence_and_leave_when_they_speak_or_sleep(gens):
    for nom, jours in (("Ancien", 90), ("Récent", 40), ("Bavard", 5)):
        with horloge.a(horloge.maintenant() - timedelta(days=jours)):
            projet = f.accompagne(gens, nom_projet=nom)
            projet.marquer_laureat(horloge.maintenant())

    def noms():
        return [d.nom_projet for d in silencieux(Dossier.objects.all())]

    assert noms() == ["Ancien", "Récent"]
    ancien, recent = Dossier.objects.get(nom_projet="Ancien"), Dossier.objects.get(nom_projet="Récent")
    SuiviProjet.veiller(ancien, par=gens.agent, jours=14)
    assert noms() == ["Récent"]
    with horloge.a(horloge.maintenant() + timedelta(days=15)):
        assert noms()[0] == "Ancien"
    conseil = Recommandation.donner(recent, "Écrire", par=gens.agent)
    conseil.avancer(par=gens.porteur, statut="EN_COURS")
    assert noms() == []


def test_one_click_reminds_a_silent_project_once_a_day(client, gens):
    with horloge.a(horloge.maintenant() - timedelta(days=90)):
        projet = f.accompagne(gens, nom_projet="La Cabane")
        projet.marquer_laureat(horloge.maintenant())
    ici = reverse("accompagnement:silences")
    page = ouvrir(client, gens.agent, ici)
    verifier_la_page(page, "silences")
    assert "La Cabane" in principal(page)

    poster(client, gens.agent, ici, "relancer", numero=projet.numero)
    refus = poster(client, gens.agent, ici, "relancer", 409, numero=projet.numero)
    assert "déjà partie" in refus.content.decode()
    assert Message.objects.filter(cle="projet_silencieux", destinataire=gens.porteur).count() == 1
    poster(client, gens.agent, ici, "veiller", numero=projet.numero)
    assert "Tous les projets" in principal(ouvrir(client, gens.agent, ici))
    poster(client, gens.agent, ici, "relancer", 404, numero="D-0000-0000")
    assert ouvrir(client, gens.porteur, ici).status_code == 403


def test_the_list_of_silences_costs_the_same_for_one_and_for_three(
    client, gens, django_assert_max_num_queries
):
    ici, comptes = reverse("accompagnement:silences"), []
    for jours in (90, 80, 70):
        with horloge.a(horloge.maintenant() - timedelta(days=jours)):
            projet = f.accompagne(gens)
            projet.marquer_laureat(horloge.maintenant())
            Recommandation.donner(projet, "Écrire", par=gens.agent)
        client.force_login(gens.agent)
        horloge.oublier()
        with django_assert_max_num_queries(20) as lues:
            client.get(ici)
        comptes.append(len(lues))
    assert comptes[0] == comptes[2]
