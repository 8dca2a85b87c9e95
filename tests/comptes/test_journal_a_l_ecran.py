"""The record on screen: filtered, verified, and no more than one may read."""

import pytest
from django.db import connection

from manufactures.journal.models import Entree, consigner
from manufactures.procedure import Role
from tests.factories.candidatures import DossierFactory
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import AppelFactory
from tests.outils.compteur import compter

ICI = "/pilotage/journal/"


@pytest.fixture
def auditeur(client, personne):
    """Signed in."""
    user = personne(Role.AUDITEUR)
    client.force_login(user)
    return user


def fils(reponse) -> list[str]:
    return [ligne.fil for ligne in reponse.context["page_obj"]]


def test_it_is_read_the_last_line_first_and_filtered(client, auditeur, personne):
    autre = personne(nom="Zola")
    consigner("essai/1", "ouvrir", par=autre)
    consigner("essai/2", "fermer", par=auditeur, motif="fini")
    assert fils(client.get(ICI)) == ["essai/2", "essai/1"]
    for demande, attendus in {
        "fil=essai/1": ["essai/1"],
        "action=fermer": ["essai/2"],
        "qui=zola": ["essai/1"],
        "du=2020-01-01&au=2020-01-02": [],
        "du=2020-01-01": ["essai/2", "essai/1"],
    }.items():
        assert fils(client.get(f"{ICI}?{demande}")) == attendus, demande
    assert "Aucune ligne" in client.get(f"{ICI}?fil=rien").content.decode()
    assert "Écrivez une date" in client.get(f"{ICI}?du=hier").content.decode()


def test_the_chain_is_verified_before_one_s_eyes(client, auditeur):
    consigner("essai/1", "ouvrir", par=None)
    rompue = consigner("essai/1", "fermer", par=None)
    page = client.post(ICI).content.decode()
    assert "Journal intact" in page
    assert Entree.objects.get(fil="securite/journal").faits == {"verifiees": 2, "rupture": ""}

    with connection.cursor() as curseur:  # as a superuser of the database would
        curseur.execute("SET session_replication_role = replica")
        curseur.execute("UPDATE journal_entree SET motif = 'autre' WHERE id = %s", [rompue.pk])
        curseur.execute("SET session_replication_role = DEFAULT")
    page = client.post(ICI).content.decode()
    assert "Journal rompu" in page and "essai/1, rang 2" in page.replace("\xa0", " ")


def test_a_responsable_of_one_call_reads_the_dossiers_of_that_call_alone(client):
    dossier = DossierFactory(etat="DEPOSE")
    consigner(dossier.fil, "deposer", par=None)
    consigner("appel/autre", "regler", par=None)
    appel = AppelFactory(slug="un-autre-appel")
    for sur, attendus in (
        (dossier.vague.appel, [dossier.fil]),
        (appel, []),
        (None, ["appel/autre", dossier.fil]),
    ):
        user = UserFactory()
        HabilitationFactory(user=user, role=Role.RESPONSABLE, appel=sur)
        client.force_login(user)
        assert sorted(set(fils(client.get(ICI)))) == attendus


@pytest.mark.parametrize(
    "role", [Role.PORTEUR, Role.INSTRUCTEUR, Role.MEMBRE, Role.EXPERT, Role.ADMINISTRATEUR]
)
def test_who_does_not_read_it(role, client, personne):
    client.force_login(personne(role))
    assert client.get(ICI).status_code == client.post(ICI).status_code == 403


def test_it_costs_the_same_whatever_it_holds(client, auditeur):
    comptes = []
    for _ in range(2):
        for _ in range(5):
            consigner("essai/1", "ouvrir", par=UserFactory())
        with compter() as compte:
            client.get(ICI)
        comptes.append(compte.requetes)
    assert comptes[0] == comptes[1] <= 12


def test_refusals_exports_and_sensitive_readings_are_one_choice_away(client, auditeur, personne):
    """Who was refused, who took data away, who read an account number: each told with what it was."""
    agent = personne(Role.INSTRUCTEUR)
    for _ in range(3):
        indiscret = type(client)()
        indiscret.force_login(agent)
        assert indiscret.get("/pilotage/journal/").status_code == 403
    consigner("securite/connexions", "freiner", par=None, limite="compte", vague="ab12")
    consigner("exports", "exporter", par=agent, objet="liste des dossiers", lignes=42)
    consigner("dossier/D-2222-2222", "consulter_compte", par=agent, compte="FR76 …")
    consigner("dossier/D-2222-2222", "deposer", par=agent)
    for genre, attendus in {
        "refus": ["freiner", "refuser_acces"],  # three tries of the same are one line a wave
        "exports": ["exporter"],
        "lectures": ["consulter_compte"],
        "connexions": [],
    }.items():
        page = client.get(f"{ICI}?genre={genre}")
        assert sorted(ligne.action for ligne in page.context["page_obj"]) == attendus, genre
    dits = client.get(f"{ICI}?genre=refus").content.decode().replace("\xa0", " ")
    assert "limite : compte" in dits and "geste : lire_journal" in dits
    assert "lignes : 42" in client.get(f"{ICI}?genre=exports").content.decode().replace("\xa0", " ")
    (refus,) = Entree.objects.filter(fil="securite/acces")
    assert refus.acteur == agent and set(refus.faits) == {"geste", "page"}


def test_a_visitor_s_refusal_is_nobody_s(client, db):
    client.get("/pilotage/journal/")
    assert not Entree.objects.exists()
