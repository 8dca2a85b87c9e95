"""Templates of the pieces: published by a responsable of the call, downloaded by anybody, checked like any file."""

import pytest
from django.urls import reverse

from candidatures.models import ModeleDePiece
from manufactures.fichiers import comparer, presents
from manufactures.journal.models import Entree
from tests.candidatures.test_antivirus import Clamd
from tests.factories.candidatures import DossierFactory, fichier
from tests.factories.comptes import HabilitationFactory
from tests.factories.programme import PieceDemandeeFactory
from tests.outils.hostiles import EICAR, EXE, odt, zip_de

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece():
    """A piece that the call asks for."""
    return PieceDemandeeFactory(code="plan", libelle="Plan de financement")


@pytest.fixture
def responsable(client, piece):
    """Signed in, of this call."""
    user = HabilitationFactory(role="RESPONSABLE", appel=piece.appel).user
    client.force_login(user)
    return user


def publier(client, piece, envoye, **autres):
    url = reverse("candidatures:modeles_de_pieces")
    return client.post(url, {"piece": piece.pk, f"{piece.pk}-fichier": envoye, "action": "poser"} | autres)


def test_a_published_template_is_offered_beside_the_piece_and_to_anybody(client, piece, responsable):
    assert publier(client, piece, fichier("plan.odt", odt())).status_code == 302
    modele = ModeleDePiece.objects.get()
    assert Entree.objects.filter(fil=f"appel/{piece.appel.slug}", action="poser_modele").count() == 1

    dossier = DossierFactory(vague__appel=piece.appel)
    client.force_login(dossier.titulaire)
    page = client.get(f"{dossier.get_absolute_url()}pieces/").content.decode()
    assert modele.get_absolute_url() in page and "Modèle à remplir" in page
    client.logout()
    reponse = client.get(modele.get_absolute_url())
    assert reponse["Content-Disposition"] == 'attachment; filename="plan.odt"'
    assert b"".join(reponse.streaming_content) == odt()
    assert comparer().ecarts == 0


def test_the_next_one_takes_its_place_and_none_may_stand(
    client, piece, responsable, django_capture_on_commit_callbacks
):
    publier(client, piece, fichier("v1.odt", odt()))
    with django_capture_on_commit_callbacks(execute=True):
        publier(client, piece, fichier("v2.odt", odt(**{"x.xml": "x"})))
    assert ModeleDePiece.objects.get().nom == "v2.odt"
    assert len(list(presents())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        url = reverse("candidatures:modeles_de_pieces")
        client.post(url, {"piece": piece.pk, "action": "oter"})
    assert not ModeleDePiece.objects.exists() and list(presents()) == []
    assert client.get(reverse("candidatures:modele_de_piece", args=[piece.pk])).status_code == 404


def test_a_hostile_template_is_refused_beside_its_field(client, piece, responsable):
    page = publier(client, piece, fichier("plan.odt", EXE)).content.decode()
    assert "est un programme" in page and f'id="id_{piece.pk}-fichier_error"' in page
    assert "Choisissez un fichier." in publier(client, piece, "").content.decode()
    assert not ModeleDePiece.objects.exists() and list(presents()) == []


def test_an_infected_one_is_not_published(client, piece, responsable, settings):
    """It would be read at once: here one waits for the antivirus, and refuses without its word."""
    serveur = Clamd()
    settings.CLAMAV_URL = serveur.adresse
    infecte = zip_de({"mimetype": "application/vnd.oasis.opendocument.text", "a": EICAR}, 0)
    assert "contient un virus" in publier(client, piece, fichier("a.odt", infecte)).content.decode()
    serveur.fermer()
    assert "ne répond pas" in publier(client, piece, fichier("a.odt", odt())).content.decode()
    assert not ModeleDePiece.objects.exists()


def test_only_a_responsable_of_the_call_publishes(client, piece):
    url = reverse("candidatures:modeles_de_pieces")
    client.force_login(DossierFactory().titulaire)
    assert client.get(url).status_code == 403
    autre = HabilitationFactory(
        role="RESPONSABLE", appel=PieceDemandeeFactory(appel__slug="autre").appel
    ).user
    client.force_login(autre)
    assert piece.libelle not in client.get(url).content.decode()
    assert publier(client, piece, fichier("plan.odt", odt())).status_code == 404
    assert not ModeleDePiece.objects.exists()


@pytest.mark.parametrize("nombre", [1, 4])
def test_the_list_of_a_dossier_reads_the_templates_in_its_own_query(
    client, piece, responsable, nombre, django_assert_max_num_queries
):
    for rang in range(nombre):
        autre = PieceDemandeeFactory(code=f"p{rang}", appel=piece.appel)
        ModeleDePiece.poser(autre, fichier(f"{rang}.odt", odt()), par=responsable)
    dossier = DossierFactory(vague__appel=piece.appel)
    client.force_login(dossier.titulaire)
    with django_assert_max_num_queries(12):
        client.get(reverse("candidatures:liste_pieces", args=[dossier.numero]))
