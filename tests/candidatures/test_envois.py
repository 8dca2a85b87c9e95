"""A file sent by pieces: announced, resumed where it was cut, put together, checked; nothing left behind."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse

from candidatures import fichiers
from candidatures.models import Envoi, Morceau, Piece
from manufactures import horloge
from manufactures.fichiers import comparer, presents
from manufactures.journal.models import Entree
from tests.factories.candidatures import DossierFactory, MembreFactory, deposer
from tests.factories.programme import PieceDemandeeFactory
from tests.outils.hostiles import hostiles, image

pytestmark = pytest.mark.django_db

MORCEAU = 300_000


class Navigateur:
    """What the script of the page does, one exchange at a time."""

    def __init__(self, client, dossier, user=None):
        self.client, self.dossier = client, dossier
        client.force_login(user or dossier.titulaire)

    def annoncer(self, nom="plan.png", taille=0, **faits):
        url = reverse("candidatures:envois", args=[self.dossier.numero])
        return self.client.post(url, {"nom": nom, "taille": taille, "repere": "1", "type": "autre"} | faits)

    def suivre(self, adresse, debut, contenu):
        return self.client.patch(
            adresse,
            contenu,
            content_type="application/offset+octet-stream",
            headers={"Upload-Offset": str(debut)},
        )

    def envoyer(self, contenu, nom="plan.png", **faits):
        """The whole file; the last answer."""
        reponse = self.annoncer(nom, len(contenu), **faits)
        if reponse.status_code != 201:
            return reponse
        adresse = reponse.json()["adresse"]
        for debut in range(0, len(contenu), MORCEAU):
            reponse = self.suivre(adresse, debut, contenu[debut : debut + MORCEAU])
        return reponse


@pytest.fixture
def page(client):
    """The titulaire before the page of the pieces."""
    return Navigateur(client, DossierFactory())


@pytest.fixture
def photo():
    """A true picture of about nine hundred kilobytes."""
    contenu = image("PNG", (640, 480))
    assert len(contenu) > 2 * MORCEAU
    return contenu


def test_the_pieces_make_the_file(page, photo, django_capture_on_commit_callbacks):
    """Bit for bit, of the right kind, on the record; the bytes received apart are gone."""
    demandee = PieceDemandeeFactory()
    with django_capture_on_commit_callbacks(execute=True):
        reponse = page.envoyer(photo, type=demandee.code)
    assert (reponse.status_code, reponse["Upload-Complete"]) == (204, "?1")
    piece = Piece.objects.get()
    assert (piece.nom, piece.type, piece.type_mime) == ("plan.png", demandee, "image/png")
    assert piece.empreinte == hashlib.sha256(photo).hexdigest()
    assert Entree.objects.filter(fil=page.dossier.fil, action="ajouter_piece").count() == 1
    assert not Morceau.objects.exists()
    assert list(presents()) == [piece.fichier.name]


def test_a_cut_upload_goes_on_where_it_was(page, photo):
    """The server says how much has come; the same bytes sent twice count once."""
    adresse = page.annoncer(taille=len(photo)).json()["adresse"]
    page.suivre(adresse, 0, photo[:MORCEAU])

    ou = page.client.head(adresse)
    assert (ou["Upload-Offset"], ou["Upload-Complete"]) == (str(MORCEAU), "?0")
    deja = page.suivre(adresse, 0, photo[:MORCEAU])
    assert (deja.status_code, deja["Upload-Offset"]) == (409, str(MORCEAU))
    trou = page.suivre(adresse, 2 * MORCEAU, photo[2 * MORCEAU : 3 * MORCEAU])
    assert (trou.status_code, trou["Upload-Offset"]) == (409, str(MORCEAU))

    # The page was closed: the same file chosen again is announced again.
    repris = page.annoncer(taille=len(photo)).json()
    assert (repris["adresse"], repris["recus"]) == (adresse, MORCEAU)
    for debut in range(MORCEAU, len(photo), MORCEAU):
        page.suivre(adresse, debut, photo[debut : debut + MORCEAU])
    assert Piece.objects.get().empreinte == hashlib.sha256(photo).hexdigest()


def test_a_lost_last_answer_is_given_again(page, photo):
    """One piece, whether one asks or sends again."""
    adresse = page.annoncer(taille=len(photo)).json()["adresse"]
    for debut in range(0, len(photo), MORCEAU):
        page.suivre(adresse, debut, photo[debut : debut + MORCEAU])
    assert page.client.head(adresse)["Upload-Complete"] == "?1"
    encore = page.suivre(adresse, len(photo), b"")
    assert (encore.status_code, encore["Upload-Complete"]) == (204, "?1")
    assert Piece.toutes.count() == 1


def test_another_file_of_the_same_name_is_another_upload(page, photo):
    """Its date on the disk tells them apart."""
    un = page.annoncer(taille=len(photo)).json()["adresse"]
    autre = page.annoncer(taille=len(photo), repere="2").json()["adresse"]
    assert un != autre


@pytest.mark.parametrize(
    ("faits", "phrase"),
    [
        ({"nom": "devis.zip", "taille": 10}, "est une archive"),
        ({"nom": "virus.exe", "taille": 10}, "est un programme"),
        ({"nom": "plan\u202egnp.exe", "taille": 10}, "a un nom qui cache"),
        ({"nom": "plan.pdf", "taille": 0}, "est vide."),
        ({"nom": "plan.pdf", "taille": 20 * 1024 * 1024 + 1}, "Divisez-le ou réduisez-le à 20"),
        ({"nom": "plan.pdf", "taille": 10, "type": ""}, "de quelle pièce il s'agit"),
    ],
)
def test_what_is_known_before_is_refused_before(page, faits, phrase):
    """Not a byte is sent for nothing."""
    reponse = page.annoncer(**faits)
    assert reponse.status_code == 422 and phrase in reponse.json()["erreur"]
    assert not Envoi.objects.exists()


@pytest.mark.parametrize("hostile", [h for h in hostiles() if h.contenu], ids=lambda h: h.quoi)
def test_hostile_files_get_their_sentence_and_leave_nothing(
    page, hostile, django_capture_on_commit_callbacks
):
    """By this door as by the other: the storage before is the storage after."""
    avant = list(presents())
    with django_capture_on_commit_callbacks(execute=True):
        reponse = page.envoyer(hostile.contenu, hostile.nom)
    assert reponse.status_code == 422
    assert reponse.json()["erreur"] == fichiers.refus(hostile.nom, hostile.motif).messages[0]
    assert list(presents()) == avant
    assert not (Piece.toutes.exists() or Envoi.objects.exists() or Morceau.objects.exists())


def test_only_its_sender_sends_it(client, photo):
    """404 to another member, to a stranger; a reader may not announce."""
    dossier = DossierFactory()
    adresse = Navigateur(client, dossier).annoncer(taille=len(photo)).json()["adresse"]
    invite = MembreFactory(dossier=dossier, droit="CONTRIBUTEUR").user
    lecteur = MembreFactory(dossier=dossier, droit="LECTEUR").user
    autre = DossierFactory().titulaire
    for user, statut in ((invite, 404), (lecteur, 403), (autre, 404)):
        client.force_login(user)
        assert client.head(adresse).status_code == statut
        assert client.delete(adresse).status_code == statut
    assert Navigateur(client, dossier, lecteur).annoncer(taille=3).status_code == 403
    assert Navigateur(client, dossier, invite).annoncer(taille=3).status_code == 201
    client.logout()
    assert client.head(adresse).status_code == 302


def test_a_dossier_deposited_meanwhile_takes_no_file(page, photo):
    """The sentence says so, and the bytes are forgotten."""
    adresse = page.annoncer(taille=len(photo)).json()["adresse"]
    deposer(page.dossier, page.dossier.titulaire)
    assert page.annoncer(taille=10).status_code == 409
    for debut in range(0, len(photo), MORCEAU):
        reponse = page.suivre(adresse, debut, photo[debut : debut + MORCEAU])
    assert reponse.status_code == 410 and "ne se modifie plus" in reponse.json()["erreur"]
    assert not (Piece.objects.exists() or Envoi.objects.exists())


def test_quotas_hold_at_the_end_too(page, photo, monkeypatch):
    """Thirty announced at once do not pass the limit of the dossier."""
    adresses = [page.annoncer(taille=len(photo), repere=str(n)).json()["adresse"] for n in (1, 2)]
    monkeypatch.setattr(fichiers, "NOMBRE_MAX", 1)
    codes = []
    for adresse in adresses:
        for debut in range(0, len(photo), MORCEAU):
            reponse = page.suivre(adresse, debut, photo[debut : debut + MORCEAU])
        codes.append(reponse.status_code)
    assert codes == [204, 422]
    assert Piece.objects.count() == 1


def test_a_piece_too_large_is_cut_short(page):
    """Neither a piece of three megabytes, nor more than was announced."""
    adresse = page.annoncer(taille=4_000_000).json()["adresse"]
    assert page.suivre(adresse, 0, b"x" * 3_000_000).status_code == 413
    assert page.suivre(adresse, 0, b"x" * 1_500_000).status_code == 409
    petit = page.annoncer(taille=10, repere="2").json()["adresse"]
    assert page.suivre(petit, 0, b"x" * 11).status_code == 409


def test_given_up_leaves_nothing(page, photo, django_capture_on_commit_callbacks):
    """Rows and bytes."""
    adresse = page.annoncer(taille=len(photo)).json()["adresse"]
    page.suivre(adresse, 0, photo[:MORCEAU])
    assert len(list(presents())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert page.client.delete(adresse).status_code == 204
    assert list(presents()) == [] and not Envoi.objects.exists()
    assert page.client.head(adresse).status_code == 404


def test_unfinished_ones_are_files_of_rows_and_go_after_two_days(
    page, photo, django_capture_on_commit_callbacks
):
    """The comparison of rows and files knows them; the retention rule ends them."""
    adresse = page.annoncer(taille=len(photo)).json()["adresse"]
    page.suivre(adresse, 0, photo[:MORCEAU])
    assert comparer().ecarts == 0
    Envoi.objects.update(modifie_le=horloge.maintenant() - timedelta(days=1))
    call_command("purger", "--json", stdout=open("/dev/null", "w"))
    assert Envoi.objects.count() == 1
    Envoi.objects.update(modifie_le=horloge.maintenant() - timedelta(days=3))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("purger", "--json", stdout=open("/dev/null", "w"))
    assert not Envoi.objects.exists() and list(presents()) == []


def test_thirty_at_once_and_no_more(page):
    """Beyond, the oldest is given up."""
    premier = page.annoncer(taille=10, repere="0").json()["adresse"]
    Envoi.objects.update(modifie_le=horloge.maintenant() - timedelta(hours=1))
    for rang in range(1, 31):
        page.annoncer(taille=10, repere=str(rang))
    assert Envoi.objects.count() == 30
    assert page.client.head(premier).status_code == 404


def test_an_upload_may_take_the_place_of_a_piece(page, photo):
    """The earlier one is behind it; one that is gone can't be replaced."""
    page.envoyer(photo)
    ancienne = Piece.objects.get()
    page.envoyer(image("PNG", (640, 481)), "plan2.png", type="", remplace=ancienne.pk, repere="2")
    assert Piece.objects.get().remplace == ancienne
    assert page.annoncer(taille=10, remplace=ancienne.pk, repere="3").status_code == 404
    assert page.annoncer(taille=10, remplace=99_999, repere="3").status_code == 404


def test_an_unknown_upload_is_unknown(page):
    """404."""
    adresse = reverse("candidatures:envoi", args=[page.dossier.numero, uuid.uuid4()])
    assert page.client.head(adresse).status_code == 404


def test_the_queries_of_one_exchange_are_few(page, photo, django_assert_max_num_queries):
    """Whatever has come before."""
    adresse = page.annoncer(taille=len(photo)).json()["adresse"]
    with django_assert_max_num_queries(20):
        page.suivre(adresse, 0, photo[:MORCEAU])
    with django_assert_max_num_queries(20):
        page.suivre(adresse, MORCEAU, photo[MORCEAU : 2 * MORCEAU])


def test_the_bytes_received_are_stored_under_their_digest(page):
    """Two files that begin alike share them; forgotten by one, kept for the other."""
    debut = b"%PDF-" + b"x" * 1000
    adresses = [page.annoncer("plan.pdf", 5000, repere=str(n)).json()["adresse"] for n in (1, 2)]
    for adresse in adresses:
        page.suivre(adresse, 0, debut)
    chemin = Morceau.objects.values_list("fichier", flat=True).distinct().get()
    assert chemin == f"envois/{hashlib.sha256(debut).hexdigest()[:2]}/{hashlib.sha256(debut).hexdigest()}"
    page.client.delete(adresses[0])
    assert default_storage.exists(chemin)
