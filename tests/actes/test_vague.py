"""A wave of a hundred decisions, and a worker killed ten times in it: with a real worker, broker and mail server."""

import email
import random
import socketserver
import threading
import time

import pytest

from manufactures.actes.invariants import fichiers_presents, numeros_sans_trou
from manufactures.actes.models import Acte
from manufactures.actes.rendu import texte
from manufactures.actes.sceau import verifier_sceau
from manufactures.actes.tasks import reprendre
from manufactures.courrier import tasks as courrier
from manufactures.courrier.models import Message
from tests.actes.exemples_d_actes import exemple
from tests.factories.comptes import UserFactory
from tests.noyau.test_file import Ouvrier, file_reelle  # noqa: F401 -- a fixture

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
LETTRES, MORTS = 100, 10


class _Facteur(socketserver.StreamRequestHandler):
    """A mail server of twenty lines: says yes, keeps the Message-ID."""

    def _dire(self, phrase):
        self.wfile.write(phrase.encode() + b"\r\n")

    def handle(self):
        self._dire("220 essai")
        while ligne := self.rfile.readline():
            ordre = ligne[:4].upper()
            if ordre == b"DATA":
                self._dire("354 oui")
                corps = b""
                while (suite := self.rfile.readline()) not in (b".\r\n", b""):
                    corps += suite
                if suite:
                    self.server.recus.append(email.message_from_bytes(corps)["Message-ID"])
                    self._dire("250 pris")
            elif ordre == b"QUIT":
                return self._dire("221 au revoir")
            else:
                self._dire("250 oui")
        return None


@pytest.fixture
def boite(monkeypatch):
    """The list of Message-ID received so far."""
    serveur = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Facteur)
    serveur.daemon_threads, serveur.recus = True, []
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{serveur.server_address[1]}")
    yield serveur.recus
    serveur.shutdown()
    serveur.server_close()


def fait() -> int:
    """How far the wave is: acts sealed and mails marked sent."""
    return Acte.objects.filter(etat="SCELLE").count() + Message.objects.filter(etat="ENVOYE").count()


def relancer():
    """What the periodic tasks do every thirty seconds."""
    reprendre()
    courrier.reprendre.apply_async(retry=False)


def attendre(ouvrier, condition, secondes=120):
    """Until `condition`, with the periodic tasks at work."""
    fin, coup = time.monotonic() + secondes, 0.0
    while not condition():
        assert ouvrier.processus.poll() is None, ouvrier.processus.stderr.read()
        assert time.monotonic() < fin, f"arrêté à {fait()}"
        if time.monotonic() - coup > 4:
            courrier.reprendre.apply_async(retry=False)
            coup = time.monotonic()
        time.sleep(0.05)


def test_ten_kills_lose_nothing_and_double_nothing(file_reelle, boite):  # noqa: F811
    instantane, hasard = exemple("labellisation"), random.Random(7)
    for rang in range(LETTRES):
        acte = Acte.commander(
            "labellisation", fil=f"dossier/D-{rang}", instantane=instantane, par=None, cle="d"
        )
        Message.preparer(
            "document_disponible",
            a=[UserFactory(password=None)],
            contexte={"n": f"D-{rang}", "acte": {"objet": "Décision", "numero": acte.numero}},
            evenement=f"vague-{rang}",
            acte=acte,
            lien=acte.get_absolute_url(),
        )
    for _ in range(MORTS):
        ouvrier, avant = Ouvrier(file_reelle), fait()
        try:
            relancer()
            attendre(ouvrier, lambda depart=avant: fait() > depart or fait() == 2 * LETTRES)
            time.sleep(hasard.uniform(0, 0.7))
        finally:
            ouvrier.tuer()
    survivant = Ouvrier(file_reelle)
    try:
        relancer()
        attendre(survivant, lambda: fait() == 2 * LETTRES, secondes=240)
    finally:
        survivant.arreter()

    actes = list(Acte.objects.order_by("rang"))
    assert [acte.rang for acte in actes] == list(range(1, LETTRES + 1))
    assert {acte.etat for acte in actes} == {"SCELLE"} and {acte.essais for acte in actes} == {0}
    assert list(numeros_sans_trou()) == [] and list(fichiers_presents()) == []
    assert len({acte.empreinte for acte in actes}) == LETTRES
    for acte in actes[:: LETTRES // 5]:
        assert verifier_sceau(acte.lire_fichier()).valide
        assert texte(acte.genre, acte.instantane) == texte(acte.genre, acte.instantane)

    identifiants = list(Message.objects.values_list("message_id", flat=True))
    assert len(identifiants) == LETTRES and set(boite) == set(identifiants)
    # Twice only where a kill fell between the server's answer and our commit: one mail a kill at most.
    assert len(boite) - LETTRES <= MORTS
