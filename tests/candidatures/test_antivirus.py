"""The antivirus, where one is configured: nobody reads before it has, and what it finds goes out of sight."""

import socket
import struct
import threading
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from candidatures import quarantaine, tasks
from candidatures.models import Analyse, Piece
from manufactures import antivirus, horloge
from manufactures.antivirus import AntivirusInjoignable, chercher
from manufactures.courrier.models import Message
from manufactures.journal.models import Entree
from tests.factories.candidatures import DossierFactory, MembreFactory, fichier, pdf
from tests.outils.hostiles import EICAR, zip_de

SAIN = "stream: OK"
TROUVE = "stream: Eicar-Test-Signature FOUND"


class Clamd:
    """A stub that speaks INSTREAM: finds the antivirus test string; may refuse, or never answer."""

    def __init__(self, chemin=None):
        self.recus, self.muet, self.dit = [], False, None
        if chemin:
            self.prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.prise.bind(chemin)
            self.adresse = f"unix://{chemin}"
        else:
            self.prise = socket.create_server(("127.0.0.1", 0))
            self.adresse = f"tcp://127.0.0.1:{self.prise.getsockname()[1]}"
        self.prise.listen(8)
        self.fil = threading.Thread(target=self.servir, daemon=True)
        self.fil.start()

    def servir(self):
        while True:
            try:
                client, _ = self.prise.accept()
            except OSError:
                return
            with client, client.makefile("rwb") as flux:
                self.repondre(flux)

    def repondre(self, flux):
        assert flux.read(10) == b"zINSTREAM\0"
        contenu = b""
        while taille := struct.unpack(">I", flux.read(4))[0]:
            contenu += flux.read(taille)
        self.recus.append(contenu)
        if not self.muet:
            flux.write((self.dit or (TROUVE if EICAR in contenu else SAIN)).encode() + b"\0")

    def fermer(self):
        self.prise.shutdown(socket.SHUT_RDWR)
        self.prise.close()
        self.fil.join(5)


@pytest.fixture
def clamd(settings):
    """A stub that answers, and the settings that name it."""
    serveur = Clamd()
    settings.CLAMAV_URL = serveur.adresse
    yield serveur
    serveur.fermer()


def infecte(nom="note.docx"):
    """A document that our own checks take, and that the antivirus does not."""
    entrees = {"[Content_Types].xml": "x", "word/document.xml": "x", "word/x.txt": EICAR}
    return fichier(nom, zip_de(entrees, zipfile.ZIP_STORED))


# -- The adapter -----------------------------------------------------------------------------------------------
def test_it_streams_the_whole_file_and_reads_the_verdict(clamd):
    contenu = b"x" * 300_000
    assert chercher(ContentFile(contenu)) == ""
    assert clamd.recus == [contenu]
    assert chercher(ContentFile(EICAR)) == "Eicar-Test-Signature"


def test_it_speaks_over_a_socket_of_the_machine(settings, tmp_path):
    serveur = Clamd(str(tmp_path / "clamd.sock"))
    settings.CLAMAV_URL = serveur.adresse
    assert chercher(ContentFile(EICAR)) == "Eicar-Test-Signature"
    serveur.fermer()


@pytest.mark.parametrize("panne", ["absent", "muet", "erreur"])
def test_without_a_verdict_it_says_so(clamd, settings, monkeypatch, panne):
    """Never « sain » for want of an answer."""
    if panne == "absent":
        settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    clamd.muet = panne == "muet"
    clamd.dit = "INSTREAM size limit exceeded. ERROR" if panne == "erreur" else None
    monkeypatch.setattr(antivirus, "LECTURE_S", 0.3)
    with pytest.raises(AntivirusInjoignable):
        chercher(ContentFile(b"x"))


# -- The files of a dossier --------------------------------------------------------------------------------------
pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier():
    """A draft, with one who reads it."""
    dossier = DossierFactory()
    MembreFactory(dossier=dossier, droit="LECTEUR")
    return dossier


def lire(client, piece, user):
    """What this person gets of the file."""
    client.force_login(user)
    return client.get(reverse("candidatures:piece", args=[piece.dossier.numero, piece.pk]))


def lecteur(dossier):
    return dossier.membres.get(droit="LECTEUR").user


def test_where_none_is_configured_nothing_waits(client, dossier):
    piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    assert piece.analyse == Analyse.SANS_OBJET
    assert lire(client, piece, lecteur(dossier)).status_code == 200
    assert quarantaine.a_reprendre() == []


def test_others_wait_until_it_has_read(client, clamd, dossier):
    """Its sender does not wait; the deposit neither."""
    piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    assert piece.analyse == Analyse.EN_ATTENTE
    attente = lire(client, piece, lecteur(dossier))
    assert attente.status_code == 409
    assert "analyse est en cours" in attente.content.decode()
    assert lire(client, piece, dossier.titulaire).status_code == 200

    tasks.analyser_piece(piece.pk)

    piece.refresh_from_db()
    assert (piece.analyse, piece.menace) == (Analyse.SAIN, "")
    assert lire(client, piece, lecteur(dossier)).status_code == 200
    tasks.analyser_piece(piece.pk)
    assert len(clamd.recus) == 1


def test_what_it_finds_goes_out_of_sight(client, clamd, dossier):
    """Taken away, told with a sentence, on the record; nobody opens it any more, once for all."""
    piece = dossier.ajouter_piece(infecte(), par=dossier.titulaire)
    for _ in range(2):
        tasks.analyser_piece(piece.pk)

    piece = Piece.toutes.get()
    assert (piece.analyse, piece.menace) == (Analyse.INFECTE, "Eicar-Test-Signature")
    assert piece.retiree_le and not dossier.pieces.exists()
    for user in (dossier.titulaire, lecteur(dossier)):
        reponse = lire(client, piece, user)
        assert reponse.status_code == 409
        assert "contient un virus" in reponse.content.decode()
    message = Message.objects.get(cle="piece_infectee")
    assert message.destinataire == dossier.titulaire
    assert "note.docx" in message.corps_texte and "virus" in message.objet
    assert Entree.objects.get(action="ecarter_piece").faits["menace"] == "Eicar-Test-Signature"


def test_a_deposited_file_that_it_finds_keeps_its_place_in_the_frozen_version(clamd, dossier):
    """The version is what it was; the file alone is closed."""
    dossier.ajouter_piece(infecte(), par=dossier.titulaire)
    depose = DossierFactory(etat="DEPOSE")
    depose.joindre_complement(infecte(), par=depose.titulaire, libelle="Note")
    avant = depose.versions.get().contenu
    for piece in Piece.toutes.all():
        tasks.analyser_piece(piece.pk)
    assert depose.versions.get().contenu == avant
    assert set(Piece.toutes.values_list("analyse", flat=True)) == {Analyse.INFECTE}


def test_an_antivirus_away_stops_nothing_and_is_asked_again(client, clamd, dossier, settings):
    """The file is kept, closed to the others, and taken up again: after a minute if lost, ten if refused."""
    juste, settings.CLAMAV_URL = settings.CLAMAV_URL, "tcp://127.0.0.1:1"
    piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    assert quarantaine.a_reprendre() == []
    Piece.toutes.update(ajoutee_le=horloge.maintenant() - timedelta(minutes=2))
    assert quarantaine.a_reprendre() == [piece.pk]
    tasks.analyser_piece(piece.pk)
    piece.refresh_from_db()
    assert piece.analyse == Analyse.ERREUR
    assert lire(client, piece, lecteur(dossier)).status_code == 409
    assert quarantaine.a_reprendre() == []

    settings.CLAMAV_URL = juste
    Piece.toutes.update(analyse_le=horloge.maintenant() - timedelta(minutes=11))
    assert quarantaine.a_reprendre() == [piece.pk]
    tasks.analyser_piece(piece.pk)
    assert Piece.toutes.get().analyse == Analyse.SAIN


def test_the_task_is_ordered_with_the_file(clamd, dossier, monkeypatch, django_capture_on_commit_callbacks):
    """After the commit, by its name."""
    ordres = []
    monkeypatch.setattr(
        tasks.analyser_piece, "apply_async", lambda args, *_, **__: ordres.append(tuple(args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    assert ordres == [(piece.pk,)]
