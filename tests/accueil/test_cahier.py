"""The cahier des charges: its articles on the page of the call, and the PDF made from them."""

import io
import re
import subprocess

import pikepdf
import pytest

from manufactures import fichiers, horloge
from manufactures.accueil.cahier import a_jour
from manufactures.accueil.tasks import editer_les_cahiers
from manufactures.programme.models import Appel, Article, Cahier
from tests.factories.programme import AppelFactory, VagueFactory, grille

pytestmark = pytest.mark.django_db
TEXTE = "Le porteur dispose d'un lieu adapté à l'activité : un titre ou une promesse écrite."


@pytest.fixture
def appel():
    appel = AppelFactory()
    VagueFactory(appel=appel)
    grille(appel)
    Article.objects.create(appel=appel, rang=2, numero="4.1", titre="Bâti", texte=TEXTE)
    Article.objects.create(appel=appel, rang=1, numero="1", titre="Objet", texte="Cent manufactures.")
    return appel


def test_the_page_of_the_call_reads_the_articles_in_their_order(client, appel):
    page = client.get("/appel/").content.decode()
    assert re.findall(r'<h3[^>]* id="(article-[^"]+)">([^<]+)</h3>', page) == [
        ("article-1", "Article 1. Objet"),
        ("article-4-1", "Article 4.1. Bâti"),
    ]
    assert '(<a href="#article-4-1">article 4.1</a>)' in page  # a rule leads to what it applies


def test_without_pdf_the_links_lead_to_the_page(client, appel):
    assert 'href="/appel/#cahier">Lire le cahier des charges</a>' in client.get("/").content.decode()
    assert client.get("/appel/cahier-des-charges.pdf").url == "/appel/#cahier"


def test_the_pdf_says_the_articles_and_the_home_its_size(client, appel, tmp_path):
    editer_les_cahiers()
    cahier = Cahier.objects.get()
    reponse = client.get("/appel/cahier-des-charges.pdf")
    pdf = b"".join(reponse.streaming_content)
    assert (reponse.status_code, reponse["Content-Type"], len(pdf)) == (200, "application/pdf", cahier.taille)
    assert "cahier-des-charges-manufactures-1.0.pdf" in reponse["Content-Disposition"]
    (tmp_path / "cahier.pdf").write_bytes(pdf)
    texte = subprocess.run(
        ["pdftotext", tmp_path / "cahier.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Article 4.1. Bâti" in " ".join(texte.split())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked  # tagged, for screen readers
        assert document.Root.Lang == "fr"
    accueil = client.get("/").content.decode()
    assert re.search(r"Lire le cahier des charges \(PDF, \d+\u00a0Ko\)</a>", accueil)
    bilan = fichiers.comparer()
    assert (bilan.lignes, bilan.ecarts) == (1, 0)


def test_the_pdf_follows_the_articles_and_is_made_once(appel):
    premier = a_jour(appel)
    assert a_jour(appel) == premier
    horloge.oublier()
    Article.objects.filter(numero="1").update(texte="Cent vingt manufactures.")
    second = a_jour(appel)
    assert (second != premier, appel.cahiers.last()) == (True, second)
    horloge.oublier()
    Article.objects.filter(numero="1").update(texte="Cent manufactures.")
    assert a_jour(appel) == premier == appel.cahiers.last()
    assert Cahier.objects.count() == 2


def test_a_call_without_articles_has_no_file():
    AppelFactory()
    editer_les_cahiers()
    assert (Appel.objects.count(), Cahier.objects.count()) == (1, 0)
