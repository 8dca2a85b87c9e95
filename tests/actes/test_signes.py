"""A scan of letters signed by hand: read by the codes of its pages, cut, each letter filed with its act."""

import hashlib
import io
import random
from datetime import timedelta
from pathlib import Path

import numpy
import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from manufactures import horloge
from manufactures.actes import decoupeur, signes, tasks
from manufactures.actes.feuille import Feuille, adresse_de_la_feuille, lire_la_feuille
from manufactures.actes.models import Acte, ExemplaireSigne, Numerisation
from manufactures.actes.tri import INCOMPLETE, SUITE, composer
from manufactures.fichiers import comparer, presents
from manufactures.journal.models import Entree
from manufactures.procedure import Role
from manufactures.registres import regles_de_conservation, verifier_invariants
from tests.actes.exemples_d_actes import exemple
from tests.factories.accompagnement import distribution, laureat
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import AppelFactory
from tests.outils.compteur import compter

NUMERISATIONS = "/actes/numerisations/"
POINTS = 150
URL = "https://manufactures.anct.gouv.fr/verifier/7K4P-9QXM-T3WD/"
BASE = pytest.mark.django_db


# --- The mark of a sheet ---


@pytest.mark.parametrize(
    ("texte", "feuille"),
    [
        (adresse_de_la_feuille(URL, 2, 3), Feuille("7K4P-9QXM-T3WD", 2, 3)),
        ("HTTPS://MANUFACTURES.ANCT.GOUV.FR/V/7K4P-9QXM-T3WD/2-3", Feuille("7K4P-9QXM-T3WD", 2, 3)),
        (URL, Feuille("7K4P-9QXM-T3WD")),
        ("https://example.org/7K4P-9QXM-T3WD", None),
        ("7K4P-9QXM-T3WD", None),
        ("BEGIN:VCARD", None),
        ("https://x/V/7K4P-9QXM-T3WD/9999-1", None),
    ],
)
def test_what_a_code_says(texte, feuille):
    assert lire_la_feuille(texte) == feuille


def test_a_code_of_two_acts_on_one_page_says_nothing():
    autre = adresse_de_la_feuille(URL.replace("7K4P", "8K4P"), 1, 1)
    assert decoupeur._feuille([adresse_de_la_feuille(URL, 1, 2), autre]) is None
    assert decoupeur._feuille([URL, adresse_de_la_feuille(URL, 2, 2)]) == Feuille("7K4P-9QXM-T3WD", 2, 2)


@BASE
def test_the_short_address_leads_to_the_verification(client):
    reponse = client.get("/V/7K4P-9QXM-T3WD/2-3")
    assert (reponse.status_code, reponse["Location"]) == (302, "/verifier/7K4P-9QXM-T3WD/")


# --- Letters out of pages ---


class P:
    """A page as it was read."""

    def __init__(self, rang, acte=None, feuille=0, total=0, *, code=None, blanche=False):
        self.rang, self.acte_id, self.feuille, self.total, self.blanche = rang, acte, feuille, total, blanche
        self.code = ("x" if acte else "") if code is None else code


def lettres(*pages):
    """(act, pages in the order of the letter, doubt) of each."""
    return [(lettre.acte, lettre.pages, lettre.doute) for lettre in composer(pages)]


def test_pages_in_any_order_make_their_letters():
    assert lettres(P(1, 8, 2, 2), P(2, 7, 3, 3), P(3, 7, 1, 3), P(4, 8, 1, 2), P(5, 7, 2, 3)) == [
        (8, [4, 1], ""),
        (7, [3, 5, 2], ""),
    ]


def test_a_page_seen_again_begins_another_copy():
    assert lettres(P(1, 7, 1, 2), P(2, 7, 2, 2), P(3, 7, 2, 2), P(4, 7, 1, 2)) == [
        (7, [1, 2], ""),
        (7, [4, 3], ""),
    ]


def test_a_page_without_code_goes_on_the_letter_before_and_is_to_be_seen():
    assert lettres(P(1), P(2, 7, 1, 2), P(3), P(4, 7, 2, 2), P(5, 8, 1, 1)) == [
        (7, [2, 3, 4], SUITE),
        (8, [5], ""),
    ]


def test_a_missing_page_is_to_be_seen():
    assert lettres(P(1, 7, 1, 3), P(2, 7, 3, 3)) == [(7, [1, 2], INCOMPLETE)]
    assert lettres(P(1, 7, 1, 2), P(2)) == [(7, [1, 2], f"{SUITE}, {INCOMPLETE}")]


def test_a_blank_back_is_left_out_and_an_unknown_code_ends_the_letter():
    assert lettres(P(1, 7, 1, 1), P(2, blanche=True), P(3, code="x"), P(4)) == [(7, [1], "")]


def test_acts_printed_before_each_page_had_its_code():
    assert lettres(P(1, 7), P(2, 7), P(3, 8), P(4, 7)) == [(7, [1, 2, 4], ""), (8, [3], "")]


# --- From paper to acts ---


def numeriser(*feuilles, graine=7):
    """One PDF of these sheets (PDF of an act, page from 0, turn), as a scanner draws them: grey, noise, a tilt."""
    hasard, bruit, images = random.Random(graine), numpy.random.default_rng(graine), []
    for feuille in feuilles:
        if isinstance(feuille, Image.Image):
            image = feuille
        else:
            pdf, rang, tour = feuille
            page = pypdfium2.PdfDocument(pdf)[rang]
            image = page.render(scale=POINTS / 72, grayscale=True).to_pil().rotate(tour, expand=True)
        image = image.rotate(hasard.uniform(-1.5, 1.5), fillcolor=255)
        points = numpy.asarray(image).astype(float) + bruit.normal(0, 12, (image.height, image.width))
        images.append(Image.fromarray(numpy.clip(points, 0, 255).astype("uint8")))
    sortie = io.BytesIO()
    images[0].save(sortie, "PDF", resolution=POINTS, save_all=True, append_images=images[1:], quality=60)
    return sortie.getvalue()


def a_la_main(texte=""):
    """A sheet without any code."""
    image = Image.new("L", (1240, 1754), 255)
    if texte:
        ImageDraw.Draw(image).text((200, 300), texte, fill=0, font_size=60)
    return image


@pytest.fixture
def gens(db):
    return distribution()


@pytest.fixture
def commander(gens):
    """A sealed act of the laureate, of two pages."""
    dossier = laureat(gens)

    def faire(cle):
        acte = Acte.commander(
            "labellisation",
            fil=dossier.fil,
            instantane=exemple("labellisation"),
            cle=cle,
            par=gens.signataire,
        )
        dossier.ajouter_acte(acte)
        tasks.produire(acte.pk)
        acte.refresh_from_db()
        return acte

    return faire


@pytest.fixture
def finir(django_capture_on_commit_callbacks):
    """What the worker does of a scan, to its end."""

    def faire(scan):
        with django_capture_on_commit_callbacks(execute=True):
            while Numerisation.avancer(scan.pk):
                pass
        scan.refresh_from_db()
        return scan

    return faire


@pytest.fixture
def deposer(finir):
    return lambda user, *feuilles: finir(Numerisation.deposer(numeriser(*feuilles), "lot.pdf", par=user))


def exemplaires(acte):
    return list(ExemplaireSigne.objects.filter(acte=acte))


def test_letters_turned_and_shuffled_join_their_acts(client, gens, commander, deposer):
    un, deux = commander("un"), commander("deux")
    scelle = un.lire_fichier()
    pages = len(pypdfium2.PdfDocument(deux.lire_fichier()))
    feuilles = [(un.lire_fichier(), 1, 180), (un.lire_fichier(), 0, 0), a_la_main()]
    feuilles += [(deux.lire_fichier(), rang, 90 * (rang % 4)) for rang in range(pages)]
    feuilles[0], feuilles[-1] = feuilles[-1], feuilles[0]

    scan = deposer(gens.agent, *feuilles)

    assert scan.etat == "CLOSE", scan.motif  # nothing was left to see
    (exemplaire,), (second,) = exemplaires(un), exemplaires(deux)
    assert (exemplaire.pages, second.pages, exemplaire.classe_par) == (2, pages, gens.agent)
    contenu = exemplaire.lire_fichier()
    assert hashlib.sha256(contenu).hexdigest() == exemplaire.empreinte
    # Page 1 first and upright: its mark is at the bottom left, where the mark of an act stands.
    _, lues = decoupeur.lire_les_pages(contenu, 0, 5)
    assert [(page.feuille.rang, page.tour) for page in lues] == [(1, 0), (2, 0)]
    un.refresh_from_db()
    assert un.lire_fichier() == scelle
    entree = Entree.objects.get(action="classer_exemplaire_signe", faits__acte=un.numero)
    assert (entree.fil, entree.faits["empreinte"], entree.acteur) == (
        un.fil,
        exemplaire.empreinte,
        gens.agent,
    )
    # The scan itself is gone, and everything that is stored has its row.
    assert not scan.fichier and not any(chemin.startswith("numerisations/") for chemin in presents())
    assert comparer().ecarts == 0
    assert dict(verifier_invariants())["un exemplaire signé a un fichier à son empreinte"] == []

    client.force_login(gens.porteur)
    page = client.get(un.get_absolute_url())
    adresse = f"{un.get_absolute_url()}signes/{exemplaire.pk}/"
    assert adresse in page.content.decode()
    assert client.get(adresse).content == contenu
    assert client.get(adresse.replace(un.numero, deux.numero)).status_code == 404


def test_a_page_without_code_waits_for_somebody_to_look(client, gens, commander, deposer, finir):
    un = commander("un")
    pdf = un.lire_fichier()
    scan = deposer(
        gens.agent, a_la_main("Note"), (pdf, 0, 0), a_la_main("Suite"), (pdf, 1, 0), a_la_main("Note")
    )
    assert scan.etat == "LUE" and exemplaires(un) == []

    client.force_login(gens.agent)
    adresse = scan.get_absolute_url()
    with compter() as requetes:
        page = client.get(adresse).content.decode()
    assert requetes.requetes <= 12, requetes
    assert SUITE in page and "Classer ces" in page and "numero-1" in page
    assert client.get(f"{adresse}1.jpg").content.startswith(b"\xff\xd8")
    assert client.post(adresse, {"action": "ecarter", "page": 5}).status_code == 302
    assert (
        client.post(adresse, {"action": "designer", "page": 1, "numero": "MP-2000-000001"}).status_code == 409
    )
    assert (
        client.post(adresse, {"action": "designer", "page": 1, "numero": un.numero.lower()}).status_code
        == 302
    )
    assert client.post(adresse, {"action": "classer", "lettre": 1}).status_code == 302
    finir(scan)

    (exemplaire,) = exemplaires(un)
    assert exemplaire.pages == 4
    assert list(
        scan.pages.filter(exemplaire=exemplaire).order_by("place").values_list("rang", flat=True)
    ) == [
        2,
        3,
        4,
        1,
    ]
    assert client.post(adresse, {"action": "terminer"}).status_code == 302
    scan.refresh_from_db()
    assert (scan.etat, scan.fichier) == ("CLOSE", "")
    assert client.get(f"{adresse}5.jpg").status_code == 404
    assert client.post(adresse, {"action": "ecarter", "page": 5}).status_code == 409
    assert "1 page laissée" in client.get(adresse).content.decode().replace("\u00a0", " ")


def test_two_copies_of_one_act_are_two_and_the_same_scan_again_adds_none(gens, commander, deposer):
    un = commander("un")
    pdf = un.lire_fichier()
    feuilles = [(pdf, 0, 0), (pdf, 1, 0), (pdf, 1, 0), (pdf, 0, 0)]
    deposer(gens.agent, *feuilles)
    assert [exemplaire.pages for exemplaire in exemplaires(un)] == [2, 2]
    deposer(gens.agent, *feuilles)
    assert len(exemplaires(un)) == 2
    assert Entree.objects.filter(action="classer_exemplaire_signe").count() == 2


def test_an_act_that_one_does_not_follow_is_not_recognised(client, gens, commander, deposer):
    un = commander("un")
    etranger = HabilitationFactory(
        user=UserFactory(), role=Role.INSTRUCTEUR, appel=AppelFactory(slug="b")
    ).user
    scan = deposer(etranger, (un.lire_fichier(), 0, 0), (un.lire_fichier(), 1, 0))
    assert scan.etat == "LUE" and exemplaires(un) == []
    client.force_login(etranger)
    page = client.get(scan.get_absolute_url()).content.decode()
    assert un.numero not in page and un.code not in page and "numero-1" in page
    refus = client.post(scan.get_absolute_url(), {"action": "designer", "page": 1, "numero": un.numero})
    invente = client.post(
        scan.get_absolute_url(), {"action": "designer", "page": 1, "numero": "MP-2000-000001"}
    )
    assert (refus.status_code, invente.status_code) == (409, 409)
    assert "Aucun acte que vous suivez" in refus.content.decode()
    # Nor does anybody else see this scan.
    client.force_login(gens.agent)
    assert client.get(scan.get_absolute_url()).status_code == 404
    assert client.get(f"{scan.get_absolute_url()}1.jpg").status_code == 404


def test_a_cancelled_act_is_not_filed_without_a_look(gens, commander, deposer):
    un = commander("un")
    pdf = un.lire_fichier()
    un.annuler(par=gens.signataire, motif="Erreur de personne, décision reprise")
    scan = deposer(gens.agent, (pdf, 0, 0), (pdf, 1, 0))
    assert scan.etat == "LUE" and set(scan.pages.values_list("doute", flat=True)) == {"l'acte est annulé"}


def test_a_replaced_act_keeps_its_signed_copy(gens, commander, deposer):
    un = commander("un")
    deposer(gens.agent, (un.lire_fichier(), 0, 0), (un.lire_fichier(), 1, 0))
    nouveau = un.remplacer(
        par=gens.signataire, motif="Faute dans un motif", corrections={"motifs.0": "Un texte tout autre ici"}
    )
    assert len(exemplaires(un)) == 1 and exemplaires(nouveau) == []


def test_a_killed_worker_loses_and_doubles_nothing(gens, commander, monkeypatch, finir):
    """Each step is one transaction: what was done stays, what was not is done by the sweep."""
    un = commander("un")
    contenu = numeriser((un.lire_fichier(), 0, 0), a_la_main("Suite"), (un.lire_fichier(), 1, 0))
    scan = Numerisation.deposer(contenu, "lot.pdf", par=gens.agent)
    monkeypatch.setattr(signes, "LOT", 2)
    assert Numerisation.avancer(scan.pk)
    assert scan.pages.count() == 2
    with monkeypatch.context() as panne:
        panne.setattr(signes.PageNumerisee.objects.__class__, "bulk_create", lambda *_, **__: 1 / 0)
        assert not Numerisation.avancer(scan.pk)
    scan.refresh_from_db()
    assert (scan.lues, scan.essais, scan.pages.count()) == (2, 1, 2) and "reprendra" in scan.motif
    appels = []
    monkeypatch.setattr(tasks.lire_numerisation, "apply_async", lambda args, **_: appels.append(args[0]))
    tasks.reprendre()
    assert appels == [scan.pk]
    finir(scan)
    assert (scan.lues, scan.etat, scan.pages.count()) == (3, "LUE", 3)


# --- What is not taken ---


def protege():
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(sortie, encryption=pikepdf.Encryption(owner="a", user="b"))
    return sortie.getvalue()


def trop_de_pages():
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(201):
            pdf.add_blank_page(page_size=(72, 72))
        pdf.save(sortie)
    return sortie.getvalue()


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (lambda: b"%PDF-1.7\nrien", "illisible"),
        (protege, "mot de passe"),
        (trop_de_pages, "200 pages"),
    ],
    ids=["illisible", "protege", "pages"],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(client, gens, contenu, phrase, finir):
    client.force_login(gens.agent)
    reponse = client.post(NUMERISATIONS, {"fichier": SimpleUploadedFile("lot.pdf", contenu())})
    (scan,) = Numerisation.objects.all()
    assert reponse["Location"] == scan.get_absolute_url()
    finir(scan)
    assert (scan.etat, scan.fichier) == ("REFUSEE", "") and phrase in scan.motif
    assert phrase in client.get(scan.get_absolute_url()).content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("fichier", "phrase"),
    [(None, "Ajoutez le PDF"), (SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff"), "n'est pas un PDF")],
)
def test_what_is_no_pdf_is_refused_beside_its_field(client, gens, fichier, phrase):
    client.force_login(gens.agent)
    reponse = client.post(NUMERISATIONS, {"fichier": fichier} if fichier else {})
    assert reponse.status_code == 422 and phrase in reponse.content.decode().replace("&#x27;", "'")
    assert not Numerisation.objects.exists()


def test_a_piece_carries_nothing_but_its_pages():
    """Scripts, links, forms and attached files of the scan stay out."""
    sortie = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        page.obj.AA = pikepdf.Dictionary(O=script)
        page.obj.Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=script)])
        pdf.Root.OpenAction = script
        pdf.attachments["a.exe"] = b"MZ"
        pdf.save(sortie)
    piece = decoupeur.couper(sortie.getvalue(), [(0, 90)], "Exemplaire")
    with pikepdf.open(io.BytesIO(piece)) as pdf:
        assert not {"/Annots", "/AA"} & set(pdf.pages[0].keys()) and pdf.pages[0].Rotate == 90
        assert not {"/OpenAction", "/Names", "/AcroForm"} & set(pdf.Root.keys())
    assert b"JavaScript" not in piece and b"MZ" not in piece
    assert decoupeur.couper(sortie.getvalue(), [(0, 90)], "Exemplaire") == piece


def test_a_reader_that_dies_refuses_the_file(monkeypatch, tmp_path):
    muet = tmp_path / "muet.py"
    muet.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(decoupeur, "DECOUPE", muet)
    with pytest.raises(decoupeur.NumerisationRefusee, match="trop lourde"):
        decoupeur.lire_les_pages(b"%PDF-1.7", 0, 1)


def test_a_virus_is_refused_and_a_silent_antivirus_waits(gens, settings, monkeypatch):
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    scan = Numerisation.deposer(numeriser(a_la_main("Note")), "lot.pdf", par=gens.agent)
    assert not Numerisation.avancer(scan.pk)
    scan.refresh_from_db()
    assert scan.etat == "A_LIRE" and "antivirus" in scan.motif
    monkeypatch.setattr(signes.antivirus, "chercher", lambda _: "Eicar")
    assert not Numerisation.avancer(scan.pk)
    scan.refresh_from_db()
    assert scan.etat == "REFUSEE" and "virus" in scan.motif


def test_scans_that_nobody_finished_go(gens, deposer):
    scan = deposer(gens.agent, a_la_main("Note"))
    regle = regles_de_conservation()["numerisations"]
    demain = horloge.maintenant() + timedelta(days=1)
    assert list(regle.lignes(demain)) == [scan] and not regle.lignes(scan.depose_le)
    regle.detruire(regle.lignes(demain))
    scan.refresh_from_db()
    assert (scan.etat, scan.fichier) == ("CLOSE", "") and bytes(scan.pages.get().vignette) == b""


def test_the_reader_imports_nothing_of_ours():
    assert "manufactures" not in Path(decoupeur.DECOUPE).read_text()
