"""The client against a small server: what it counts, what it refuses to count."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from scripts.outils.banc.mesure import MesureImpossible, Page, Passage, mesurer
from scripts.outils.banc.statistiques import resumer

FORMULAIRE = """<form action="/enregistrer/"><input name="csrfmiddlewaretoken" value="j">
<input name="cle_unique" value="c"><input name="version" value="%d"><textarea name="texte">t</textarea></form>"""


class Site(BaseHTTPRequestHandler):
    """A page, a page that needs a session, a form whose version goes up, a page that fails."""

    recues: list
    version: int

    def do_GET(self):
        """As `path` says."""
        self.server.recues.append((self.path, self.headers.get("Cookie", "")))
        if self.path == "/formulaire/":
            return self.repondre(200, FORMULAIRE % self.server.version, temoin="csrftoken=jeton; Path=/")
        if self.path == "/prive/" and "sessionid=cle" not in self.headers.get("Cookie", ""):
            return self.repondre(302)
        return self.repondre(500 if self.path == "/panne/" else 200, "bonjour")

    def do_POST(self):
        """A save: accepted at the version now in force, with the token that the form's page gave."""
        corps = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        juste = corps["version"] == [str(self.server.version)] and "csrftoken=jeton" in self.headers["Cookie"]
        self.server.version += juste
        self.repondre(302 if juste else 409)

    def repondre(self, code, contenu="", temoin=""):
        """One answer."""
        self.send_response(code)
        self.send_header("Content-Length", str(len(contenu)))
        if temoin:
            self.send_header("Set-Cookie", temoin)
        self.end_headers()
        self.wfile.write(contenu.encode())

    def log_message(self, *_):
        """Silent."""


@pytest.fixture
def site():
    """The server, on a port of its own."""
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    serveur.recues, serveur.version = [], 7
    fil = Thread(target=serveur.serve_forever)
    fil.start()
    yield serveur
    serveur.shutdown()
    fil.join()
    serveur.server_close()


def lancer(site, page, clients=1, secondes=0.05):
    return mesurer(site.server_port, page, clients=clients, secondes=secondes)


def test_each_client_asks_until_the_time_is_over(site):
    mesure = lancer(site, Page("accueil", [Passage("/")]), clients=4)

    assert len(site.recues) >= 8
    assert 0 < mesure["p50_ms"] <= mesure["p95_ms"] < 5000
    assert mesure["par_seconde"] == pytest.approx(len(site.recues) / 0.05, rel=0.9)
    assert mesure.keys() == resumer([1], 1).keys()


def test_a_session_opens_the_page(site):
    lancer(site, Page("prive", [Passage("/prive/", "cle")]))

    assert {temoins for _, temoins in site.recues} == {"sessionid=cle"}


@pytest.mark.parametrize(("chemin", "code"), [("/prive/", 302), ("/panne/", 500)])
def test_another_answer_than_the_page_is_no_measure(site, chemin, code):
    with pytest.raises(MesureImpossible, match=f"prive : GET {chemin} répond {code}, 200 attendu"):
        lancer(site, Page("prive", [Passage(chemin)]), clients=2)


def test_a_save_reads_its_form_once_then_follows_the_version(site):
    page = Page("enregistrement", [Passage("/enregistrer/", "cle", "/formulaire/")], attendu=302)

    lancer(site, page)

    assert [chemin for chemin, _ in site.recues] == ["/formulaire/"]
    assert site.version > 7 + 5


def test_two_people_do_not_save_the_same_form():
    page = Page("enregistrement", [Passage("/a/", "x", "/a/"), Passage("/b/", "y", "/b/")])

    assert page.suffit_a(2)
    assert not page.suffit_a(4)
    assert Page("accueil", [Passage("/")]).suffit_a(8)
