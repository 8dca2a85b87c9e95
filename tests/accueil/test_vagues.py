"""The responsable's pages: extra time for one dossier, a published incident; what the public reads of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from candidatures.models import Incident, Prolongation
from manufactures import horloge
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import AppelFactory, VagueFactory

pytestmark = pytest.mark.django_db
PAGES = ["pilotage_vague", "pilotage_prolonger", "pilotage_incident"]


@pytest.fixture
def responsable(client):
    """Signed in."""
    user = UserFactory(role=Role.RESPONSABLE)
    client.force_login(user)
    return user


@pytest.fixture
def brouillon():
    """Left behind by the closing of its wave."""
    return DossierFactory(vague=VagueFactory(close=True), nom_projet="Projet secret")


def saisir(instant) -> str:
    """As the field of a day and an hour takes it, in Paris."""
    return instant.astimezone(horloge.PARIS).strftime("%d/%m/%Y %H:%M")


def test_extra_time_is_given_by_the_number_alone(client, responsable, brouillon):
    """The porteur gives their number by telephone; the page names no project, since a draft is its members' alone."""
    url = reverse("accueil:pilotage_prolonger", args=[brouillon.vague_id])
    assert client.get(url).status_code == 200
    fin = horloge.maintenant() + timedelta(days=2)
    envoi = {
        "numero": f" {brouillon.numero.lower()} ",
        "jusqu_au": saisir(fin),
        "motif": "Coupure d'électricité dans la commune",
        "cle_unique": "7f0c5c7e-6f1e-4a55-9a53-0f4c6e0b7a88",
    }
    for _ in range(2):  # a double click gives one extra time
        reponse = client.post(url, envoi)
        assert reponse.url == reverse("accueil:pilotage_vague", args=[brouillon.vague_id])
    prolongation = Prolongation.objects.get()
    assert (prolongation.dossier, prolongation.accordee_par) == (brouillon, responsable)
    assert prolongation.jusqu_au == fin.replace(second=0, microsecond=0)
    page = client.get(reponse.url).content.decode()
    assert brouillon.numero in page and "Coupure" in page and "Projet secret" not in page
    assert Entree.objects.get(action="prolonger_depot").motif == "Coupure d'électricité dans la commune"


@pytest.mark.parametrize(
    ("champ", "valeur", "statut", "phrase"),
    [
        ("numero", "D-22", 200, "Un numéro s&#x27;écrit comme"),
        ("numero", "D-2222-2222", 409, "Aucun dossier de cette vague"),
        ("motif", "", 200, "obligatoire"),
        ("jusqu_au", "01/01/2020 12:00", 409, "peut déjà être déposé"),
    ],
)
def test_refused_extra_time(client, responsable, brouillon, champ, valeur, statut, phrase):  # noqa: PLR0917
    """Said on the form, what was typed is kept, nothing changes."""
    envoi = {
        "numero": brouillon.numero,
        "jusqu_au": saisir(horloge.maintenant() + timedelta(days=2)),
        "motif": "Coupure",
    } | {champ: valeur}
    reponse = client.post(reverse("accueil:pilotage_prolonger", args=[brouillon.vague_id]), envoi)
    assert reponse.status_code == statut and phrase in reponse.content.decode()
    assert not Prolongation.objects.exists()


def test_an_incident_gives_its_own_duration_back_and_is_public(client, responsable):
    """Left empty, the time added is the incident's; anybody reads it on the page of the call."""
    vague = VagueFactory()
    avant, fin = vague.cloture, horloge.maintenant() - timedelta(minutes=10)
    envoi = {"debut": saisir(fin - timedelta(hours=2)), "fin": saisir(fin), "texte": "Panne <i>générale</i>."}
    reponse = client.post(reverse("accueil:pilotage_incident", args=[vague.pk]), envoi)
    assert reponse.status_code == 302
    incident = Incident.objects.get()
    vague.refresh_from_db()
    assert vague.cloture == incident.apres == avant + timedelta(hours=2)
    client.logout()
    page = client.get("/appel/").content.decode()
    assert "Incidents publiés" in page and "Panne &lt;i&gt;générale&lt;/i&gt;." in page


def test_refused_incidents(client, responsable):
    """An end before its start is beside the field; one not over yet is above the form."""
    vague = VagueFactory()
    maintenant = horloge.maintenant()
    url = reverse("accueil:pilotage_incident", args=[vague.pk])
    for debut, fin, statut, phrase in (
        (maintenant, maintenant - timedelta(hours=1), 200, "La fin suit le début."),
        (maintenant, maintenant + timedelta(hours=1), 409, "une fois qu&#x27;il est fini"),
    ):
        reponse = client.post(url, {"debut": saisir(debut), "fin": saisir(fin), "texte": "Panne."})
        assert reponse.status_code == statut and phrase in reponse.content.decode()
    assert not Incident.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_only_the_responsable_of_the_call_who_is_no_candidate(client, page):
    """Agents, auditors and porteurs have a 403; a responsable elsewhere, or on a dossier of this wave, a 404."""
    vague = VagueFactory()
    url = reverse(f"accueil:{page}", args=[vague.pk])
    for role in (Role.INSTRUCTEUR, Role.AUDITEUR, Role.EXPERT, Role.PORTEUR):
        client.force_login(UserFactory(role=role))
        assert client.get(url).status_code == 403, role
    ailleurs = HabilitationFactory(role=Role.RESPONSABLE, appel=AppelFactory(slug="autre")).user
    client.force_login(ailleurs)
    assert client.get(url).status_code == 404
    candidat = UserFactory(role=Role.RESPONSABLE)
    MembreFactory(dossier=DossierFactory(vague=vague), droit="LECTEUR", user=candidat)
    client.force_login(candidat)
    assert client.get(url).status_code == 404


def test_the_pages_cost_the_same_at_one_and_three(
    client, responsable, brouillon, django_assert_max_num_queries
):
    """Constant, whatever was given."""
    comptes = []
    for combien in (1, 2):
        for rang in range(combien):
            Prolongation.accorder(
                vague=brouillon.vague,
                numero=brouillon.numero,
                jusqu_au=horloge.maintenant() + timedelta(days=2, hours=len(comptes) * 10 + rang),
                motif="Coupure",
                par=responsable,
            )
        with django_assert_max_num_queries(12) as requetes:
            client.get(reverse("accueil:pilotage_vague", args=[brouillon.vague_id]))
        comptes.append(len(requetes.captured_queries))
    assert comptes[0] == comptes[1]
    assert brouillon.vague.libelle.capitalize() in client.get("/pilotage/vagues/").content.decode()
