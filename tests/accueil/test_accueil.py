"""Home: what waits for me, what is late, what changed; the menu of each role; one role at a time."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import DateTimeField, Value
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from candidatures.models import Dossier
from manufactures import attentes, horloge
from manufactures.accueil.contexte import menu
from manufactures.attentes import Attente, Tache
from manufactures.comptes.models import User
from manufactures.comptes.roles import role_actif, roles_possibles
from manufactures.courrier.models import Message
from manufactures.procedure import Role
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import VagueFactory

pytestmark = pytest.mark.django_db

# The menus as the screens' rules (R2) fix them for what exists; written out, not read from the code.
MENUS = {
    Role.PORTEUR: ["Accueil", "Mes dossiers", "Questions", "Accompagnement", "L'appel"],
    Role.CONTRIBUTEUR: None,  # a right on one dossier, never a role of the site
    Role.LECTEUR: None,
    Role.INSTRUCTEUR: ["Aujourd'hui", "Dossiers", "Actes", "Questions", "Accompagnement"],
    Role.RESPONSABLE: ["Aujourd'hui", "Dossiers", "Comité", "Accompagnement", "Pilotage", "L'appel"],
    Role.MEMBRE: ["Accueil", "Séances"],
    Role.PRESIDENT: ["Accueil", "Séances"],
    Role.EXPERT: ["Accueil", "Cette semaine"],
    Role.AUDITEUR: ["Accueil", "Dossiers", "Actes", "Comité", "Accompagnement", "Pilotage"],
    Role.ADMINISTRATEUR: ["Accueil", "Santé", "Administration"],
}


def entrees(page: str) -> list[str]:
    menu_principal = re.search(r'aria-label="Menu principal">(.*?)</nav>', page, re.S).group(1)
    return [e.replace("&#x27;", "'") for e in re.findall(r"<a [^>]*>([^<]+)</a>", menu_principal)]


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_menu_and_its_home(client, role):
    if MENUS[role] is None:
        return
    client.force_login(UserFactory(role=role))
    reponse = client.get("/accueil/")
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert entrees(page) == MENUS[role]
    assert re.search(r'aria-current="page">(Accueil|Aujourd&#x27;hui|Aujourd\'hui)</a>', page)


def test_a_visitor_has_the_public_menu_and_signs_in_first(client):
    assert entrees(client.get("/aide/").content.decode()) == [
        "L'appel",
        "Questions",
        "Lauréats",
        "Vérifier un acte",
        "Aide",
    ]
    assert client.get("/accueil/").url == "/compte/login/?next=/accueil/"


def test_the_current_entry_is_the_closest_one():
    marques = {e.libelle: e.courante for e in menu(None, "/laureats/val-solidaire/")}
    assert marques == {"L'appel": "", "Questions": "", "Lauréats": "true", "Vérifier un acte": "", "Aide": ""}


def posee(tache) -> Attente:
    """A line that waits for whoever asks, through the same query as the others."""
    quand = Value(tache.echeance, output_field=DateTimeField())
    une = User.objects.filter(pk=User.objects.order_by("pk").values("pk")[:1])
    return Attente(une, lambda ligne: tache, objet=Value(tache.objet), echeance=quand)


@pytest.fixture
def taches(monkeypatch):
    """Replace what the stages register."""

    def poser(*liste):
        monkeypatch.setattr(attentes, "_a_faire", [lambda user: [posee(t) for t in liste]])

    poser()
    return poser


def tache(libelle, jours=None, **champs):
    echeance = None if jours is None else horloge.maintenant() + timedelta(days=jours)
    return Tache(libelle, "/dossiers/", objet="La Cabane", echeance=echeance, **champs)


@pytest.mark.parametrize("role", [Role.PORTEUR, Role.INSTRUCTEUR, Role.MEMBRE, Role.EXPERT])
def test_the_late_comes_first_then_the_nearest_then_what_has_no_date(client, taches, role):
    taches(tache("sans date"), tache("dans un mois", 30), tache("en retard", -3), tache("demain", 1))
    client.force_login(UserFactory(role=role))
    page = client.get("/accueil/").content.decode()
    places = [page.index(mots) for mots in ("en retard</", "demain</", "dans un mois</", "sans date</")]
    assert places == sorted(places)
    assert "Retard 3\u00a0j" in page
    assert page.count('class="fr-btn fr-btn--sm"') + page.count('<a class="fr-btn" href="/dossiers/"') == 1


def test_nothing_to_do_is_said(client, taches):
    client.force_login(UserFactory())
    page = client.get("/accueil/").content.decode()
    assert "Rien ne vous attend." in page
    assert "Vous n'avez pas encore de dossier." in page.replace("&#x27;", "'")


def test_a_porteur_sees_their_dossiers_with_the_ball(client, taches):
    porteur = UserFactory()
    dossier = Dossier.ouvrir(vague=VagueFactory(), nom_projet="Atelier du Lez", par=porteur)
    Dossier.ouvrir(vague=VagueFactory(), nom_projet="Dossier d'une autre", par=UserFactory())
    client.force_login(porteur)
    page = client.get("/accueil/").content.decode()
    assert "Atelier du Lez" in page
    assert f'data-etat="BROUILLON" data-numero="{dossier.numero}"' in page
    assert "À vous de terminer et de déposer ce dossier avant le" in page
    assert "Dossier d'une autre" not in page.replace("&#x27;", "'")


def test_the_home_costs_the_same_for_one_dossier_and_for_three(client, taches, django_assert_num_queries):
    porteur = UserFactory()
    Dossier.ouvrir(vague=VagueFactory(), nom_projet="Un", par=porteur)
    client.force_login(porteur)
    client.get("/accueil/")
    with CaptureQueriesContext(connection) as mesure:
        client.get("/accueil/")
    assert len(mesure) <= 12
    for nom in ("Deux", "Trois"):
        Dossier.ouvrir(vague=VagueFactory(), nom_projet=nom, par=porteur)
    with django_assert_num_queries(len(mesure)):
        client.get("/accueil/")


def ecrire(a, objet, **depuis):
    instant = horloge.maintenant() - timedelta(**depuis)
    Message.objects.create(
        cle="depot_recu",
        evenement=objet,
        destinataire=a,
        objet=objet,
        corps_texte="x",
        corps_html="x",
        cree_le=instant,
    )


def test_what_changed_since_the_visit_before_and_only_for_me(client, taches):
    user = UserFactory()
    client.force_login(user)
    client.get("/accueil/")
    user.refresh_from_db()
    assert (user.visite_precedente_le, user.visite_le is None) == (None, False)

    avant = horloge.maintenant() - timedelta(days=4)
    type(user).objects.filter(pk=user.pk).update(visite_le=avant)
    ecrire(user, "Déjà su", days=5)
    ecrire(user, "Nouveau", days=1)
    ecrire(UserFactory(), "Pour une autre", days=1)
    page = client.get("/accueil/").content.decode()
    user.refresh_from_db()
    assert user.visite_precedente_le == avant
    assert "Depuis votre visite du" in page
    assert "Nouveau" in page
    assert "Déjà su" not in page
    assert "Pour une autre" not in page

    client.get("/accueil/")  # a moment later: the same visit goes on
    user.refresh_from_db()
    assert user.visite_precedente_le == avant


def requete(user, session=None):
    demande = RequestFactory().get("/")
    demande.user, demande.session = user, session or {}
    return demande


def test_several_roles_are_read_one_at_a_time(client, taches):
    user = UserFactory(role=Role.EXPERT)
    HabilitationFactory(user=user, role=Role.MEMBRE)
    client.force_login(user)
    assert entrees(client.get("/accueil/").content.decode()) == ["Accueil", "Séances"]
    client.post("/accueil/role/", {"role": "EXPERT"})
    assert entrees(client.get("/accueil/").content.decode()) == ["Accueil", "Cette semaine"]


def test_a_role_that_is_not_mine_changes_nothing(client):
    user = UserFactory(role=Role.EXPERT)
    client.force_login(user)
    client.post("/accueil/role/", {"role": "RESPONSABLE"})
    assert role_actif(requete(user, {"role": "RESPONSABLE"})) == Role.EXPERT
    assert "role" not in client.session


def test_the_higher_role_covers_the_lower_of_its_kind():
    user = UserFactory(role=Role.RESPONSABLE)
    HabilitationFactory(user=user, role=Role.INSTRUCTEUR)
    assert roles_possibles(user) == [Role.RESPONSABLE]
    assert roles_possibles(UserFactory(role=Role.PRESIDENT)) == [Role.PRESIDENT]
