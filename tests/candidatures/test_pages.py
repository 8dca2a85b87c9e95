"""Who sees which page; the deposit's page; the steps; the list's cost."""

import pytest
from django.urls import reverse

from candidatures.models import Dossier
from manufactures.actes.models import Acte
from manufactures.procedure import Etat, Role
from tests.factories.candidatures import ATTESTATIONS, DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db

PAGES = ["dossier", "lecture", "depot", "equipe"]
COCHEES = dict.fromkeys(ATTESTATIONS, "on")


@pytest.mark.parametrize("page", PAGES)
def test_a_dossier_is_unknown_to_strangers(client, page):
    """404, the same as for a number never drawn; the sign-in page without an account."""
    url = reverse(f"candidatures:{page}", args=[DossierFactory().numero])
    assert client.get(url).status_code == 302
    for role in (
        Role.PORTEUR,
        Role.INSTRUCTEUR,
        Role.RESPONSABLE,
        Role.EXPERT,
        Role.AUDITEUR,
        Role.ADMINISTRATEUR,
    ):
        client.force_login(UserFactory(role=role))
        assert client.get(url).status_code == 404, role


@pytest.mark.parametrize("etat", [Etat.BROUILLON, Etat.DEPOSE])
@pytest.mark.parametrize("droit", ["TITULAIRE", "CONTRIBUTEUR", "LECTEUR"])
@pytest.mark.parametrize("page", PAGES)
def test_members_see_every_page_of_their_dossier(client, page, droit, etat):
    """In a draft as once deposited."""
    dossier = DossierFactory(etat=etat)
    user = dossier.titulaire if droit == "TITULAIRE" else MembreFactory(dossier=dossier, droit=droit).user
    client.force_login(user)
    reponse = client.get(reverse(f"candidatures:{page}", args=[dossier.numero]))
    assert reponse.status_code == 200
    if page != "equipe":
        assert f'data-etat="{etat}"' in reponse.content.decode()
        assert f'data-numero="{dossier.numero}"' in reponse.content.decode()


def test_the_list_costs_the_same_at_one_and_three(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    """Constant, and under twenty."""
    user = UserFactory()
    comptes = []
    for combien in (1, 2):
        for _ in range(combien):
            DossierFactory(titulaire=user)
        client.force_login(user)
        with django_assert_max_num_queries(20) as requetes:
            page = client.get("/dossiers/")
        comptes.append(len(requetes.captured_queries))
        assert page.context["page_obj"].paginator.count == Dossier.objects.count()
    assert comptes[0] == comptes[1]


@pytest.mark.parametrize(
    "chemin", ["", "structure/", "lieu/", "projet/", "modele/", "financement/", "pieces/", "depot/"]
)
def test_each_page_stays_under_twenty_queries(client, django_assert_max_num_queries, chemin):
    """However many rows a table holds."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    comptes = []
    for ajouts in (0, 3):
        for rang in range(ajouts):
            dossier.equipements.create(designation=f"E{rang}", categorie="AUTRE", prix_unitaire_ht=1)
            dossier.sites.create(nom=f"S{rang}", commune=dossier.commune_siege)
            dossier.lignes_financement.create(volet="AMORCAGE", sens="DEPENSE", libelle="L", montant=1)
        with django_assert_max_num_queries(20) as requetes:
            assert client.get(f"{dossier.get_absolute_url()}{chemin}").status_code == 200
        comptes.append(len(requetes.captured_queries))
    assert comptes[0] == comptes[1]


def test_the_page_of_a_draft_names_each_gap_and_its_field(client):
    """One link per gap."""
    dossier = DossierFactory(besoin="", formation="")
    client.force_login(dossier.titulaire)
    page = client.get(dossier.get_absolute_url()).content.decode()
    assert "Pas encore déposé\u00a0: il manque 2\u00a0réponses, il reste" in page
    assert f"{dossier.get_absolute_url()}projet/#id_besoin" in page


def test_a_new_dossier(client):
    """Name and open wave; the draft that exists is offered first."""
    vague, user = VagueFactory(), UserFactory()
    client.force_login(user)
    reponse = client.post("/dossiers/creer/", {"nom_projet": "Atelier du Lez", "vague": vague.pk})
    dossier = Dossier.objects.get()
    assert reponse.url == f"{dossier.get_absolute_url()}structure/"
    assert (dossier.titulaire, dossier.etat) == (user, Etat.BROUILLON)
    assert "Vous avez déjà un brouillon" in client.get("/dossiers/creer/").content.decode()


def test_a_closed_wave_is_not_offered(client):
    """Its choice is refused too."""
    vague = VagueFactory(close=True)
    client.force_login(UserFactory())
    assert "Aucune vague n'est ouverte" in client.get("/dossiers/creer/").content.decode()
    client.post("/dossiers/creer/", {"nom_projet": "X", "vague": vague.pk})
    assert not Dossier.objects.exists()


def test_the_deposit_page_deposits_once(client):
    """A double click gives the same receipt, the same number."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:depot", args=[dossier.numero])
    envoi = COCHEES | {"action": "deposer", "cle_unique": "7f0c5c7e-6f1e-4a55-9a53-0f4c6e0b7a11"}
    assert client.post(url, envoi).url == url
    assert client.post(url, envoi).url == url
    assert Acte.objects.filter(genre="ar_depot").count() == 1
    page = client.get(url).content.decode()
    assert "Dossier déposé" in page and Acte.objects.get().get_absolute_url() in page
    fragment = client.get(
        reverse("candidatures:accuse", args=[dossier.numero]), HTTP_HX_REQUEST="true"
    ).content.decode()
    assert 'data-hx-trigger="every 3s"' in fragment


def test_refusals_of_the_deposit_page(client):
    """A certificate missing: beside its box; a stale page or an unknown action: a message; nothing changes."""
    dossier = DossierFactory()
    url = reverse("candidatures:depot", args=[dossier.numero])
    client.force_login(dossier.titulaire)
    page = client.post(url, COCHEES | {"action": "deposer", "attestation_pouvoir": ""})
    assert page.status_code == 200 and "Cochez cette attestation pour déposer" in page.content.decode()
    assert client.post(url, COCHEES | {"action": "inconnue"}).status_code == 409
    client.force_login(MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user)
    refus = client.post(url, COCHEES | {"action": "deposer"})
    assert refus.status_code == 403 and f"Seul le titulaire, {dossier.titulaire}" in refus.content.decode()
    dossier.refresh_from_db()
    assert (dossier.etat, dossier.version_deposee, dossier.attestation_pouvoir) == (Etat.BROUILLON, 0, False)


def test_a_late_deposit_says_when_it_closed(client):
    """The closing instant stands in the message, the draft intact."""
    dossier = DossierFactory(vague=VagueFactory(close=True))
    client.force_login(dossier.titulaire)
    reponse = client.post(
        reverse("candidatures:depot", args=[dossier.numero]), COCHEES | {"action": "deposer"}
    )
    assert reponse.status_code == 409
    assert "Les dépôts sont clos depuis le" in reponse.content.decode()
    dossier.refresh_from_db()
    assert dossier.etat == Etat.BROUILLON


def passer(client, dossier, action, **autres):
    """Post a step."""
    return client.post(reverse("candidatures:passer", args=[dossier.numero]), {"action": action} | autres)


def test_a_step_by_its_generic_address(client):
    """Done, then the page again; HTMX gets the fragment."""
    dossier = DossierFactory(etat="DEPOSE")
    client.force_login(dossier.titulaire)
    assert passer(client, dossier, "reprendre").url == dossier.get_absolute_url()
    dossier.refresh_from_db()
    assert dossier.etat == Etat.BROUILLON


def test_after_a_step_one_is_back_where_one_asked_for_it(client):
    """A page of ours only."""
    for origine, attendue in (
        ("http://testserver/dossiers/", "http://testserver/dossiers/"),
        ("http://x.test/", None),
    ):
        dossier = DossierFactory(etat="DEPOSE")
        client.force_login(dossier.titulaire)
        adresse = reverse("candidatures:passer", args=[dossier.numero])
        reponse = client.post(adresse, {"action": "reprendre"}, headers={"referer": origine})
        assert reponse.url == (attendue or dossier.get_absolute_url())


@pytest.mark.parametrize(
    ("droit", "action", "code"),
    [
        ("TITULAIRE", "inconnue", 409),
        ("TITULAIRE", "deposer", 409),
        ("TITULAIRE", "prendre_en_charge", 403),
        ("LECTEUR", "retirer", 403),
        ("CONTRIBUTEUR", "reprendre", 403),
        ("", "retirer", 404),
    ],
)
def test_refused_steps_change_nothing(client, droit, action, code):
    """Unknown, impossible now, not one's own, not one's dossier."""
    dossier = DossierFactory(etat="DEPOSE")
    user = {"TITULAIRE": dossier.titulaire, "": None}.get(droit, "") or (
        MembreFactory(dossier=dossier, droit=droit).user if droit else UserFactory()
    )
    client.force_login(user)
    assert passer(client, dossier, action).status_code == code
    dossier.refresh_from_db()
    assert dossier.etat == Etat.DEPOSE
    assert Acte.objects.count() == 1


def test_the_team_page(client):
    """The titulaire takes a member out; the others look."""
    dossier = DossierFactory()
    membre = MembreFactory(dossier=dossier, droit="CONTRIBUTEUR")
    url = reverse("candidatures:equipe", args=[dossier.numero])
    client.force_login(membre.user)
    assert client.get(url).status_code == 200
    assert client.post(url, {"courriel": "x@y.test", "droit": "LECTEUR"}).status_code == 403
    retirer = reverse("candidatures:retirer_membre", args=[dossier.numero, membre.pk])
    assert client.post(retirer).status_code == 403
    client.force_login(dossier.titulaire)
    assert client.post(retirer).status_code == 302
    assert not dossier.membres.filter(user=membre.user).exists()


def test_released_acts_only_are_read_by_members(client):
    """Held back until their publication; kinds that are not the porteur's never."""
    dossier = DossierFactory(etat="DEPOSE")
    for genre, retenu in (("labellisation", True), ("ajournement", False), ("rapport_instruction", False)):
        dossier.ajouter_acte(
            Acte.commander(genre, fil=dossier.fil, instantane={}, par=None, cle=genre, retenu=retenu)
        )
    lus = Acte.objects.visibles_par(dossier.titulaire).values_list("genre", flat=True)
    assert set(lus) == {"ar_depot", "ajournement"}
    assert not Acte.objects.visibles_par(UserFactory()).exists()
