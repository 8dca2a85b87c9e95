"""Attachments: what is taken, what is refused and how, who may download them."""

import io
import zipfile

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from candidatures import fichiers
from candidatures.fichiers import FichierRefuse, nom_propre, reconnaitre, verifier_quotas
from candidatures.models import Piece
from manufactures.registres import TransitionInterdite
from tests.factories.candidatures import PNG, DossierFactory, MembreFactory, fichier, pdf
from tests.factories.comptes import UserFactory
from tests.factories.programme import PieceDemandeeFactory

pytestmark = pytest.mark.django_db

MO = 1024 * 1024


def archive(nom, **entrees):
    """An office file made of these entries."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as sortie:
        for chemin, contenu in entrees.items():
            sortie.writestr(chemin.replace("__", "/").replace("_types", "[Content_Types].xml"), contenu)
    return SimpleUploadedFile(nom, tampon.getvalue())


ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    "fait",
    [
        lambda: pdf("statuts.pdf"),
        lambda: fichier("photo.png"),
        lambda: fichier("photo.JPG", b"\xff\xd8\xff\xe0" + b"0" * 40),
        lambda: archive("note.docx", _types="x", word__document="x"),
        lambda: archive("budget.xlsx", _types="x", xl__workbook="x"),
        lambda: archive("note.odt", mimetype=ODT, content="x"),
    ],
)
def test_what_is_taken(fait):
    """The real type, from the content."""
    recu = fait()
    extension = recu.name.rpartition(".")[2].lower()
    assert reconnaitre(recu, recu.name) == fichiers.EXTENSIONS[extension]


@pytest.mark.parametrize(
    ("fait", "phrase"),
    [
        (lambda: fichier("devis.zip", b"PK\x03\x04"), "est une archive. Ajoutez chaque fichier séparément."),
        (lambda: fichier("virus.exe", b"MZ"), "n'est pas d'un type accepté"),
        (lambda: fichier("sans-extension", b"MZ"), "n'est pas d'un type accepté"),
        (lambda: fichier("faux.pdf", PNG), "n'est pas le fichier que son nom annonce"),
        (lambda: fichier("faux.docx", PNG), "n'est pas le fichier que son nom annonce"),
        (
            lambda: archive("faux.docx", _types="x", xl__workbook="x"),
            "n'est pas le fichier que son nom annonce",
        ),
        (lambda: archive("faux.ods", mimetype=ODT, content="x"), "n'est pas le fichier que son nom annonce"),
        (
            lambda: archive("m.docx", _types="x", word__vbaProject="x", **{"word__vbaProject.bin": "x"}),
            "macros",
        ),
        (lambda: pdf("plan.pdf", mot_de_passe="secret"), "est protégé par un mot de passe. Enlevez-le"),
        (lambda: fichier("plan.docx", fichiers.OLE + b"0" * 20), "est protégé par un mot de passe"),
        (lambda: fichier("plan.pdf", b"%PDF-1.7 rien"), "est illisible"),
        (lambda: fichier("vide.pdf", b""), "est vide"),
    ],
)
def test_what_is_refused(fait, phrase):
    """Each refusal names the file and says what to do."""
    recu = fait()
    with pytest.raises(FichierRefuse, match=phrase) as refus:
        reconnaitre(recu, recu.name)
    assert f"«\u00a0{recu.name}\u00a0»" in refus.value.message


def bombe(nom="budget.xlsx"):
    """Sixty megabytes of zeros, folded into sixty kilobytes."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as sortie:
        sortie.writestr("[Content_Types].xml", "x")
        sortie.writestr("xl/sheet1.xml", b"\x00" * 60 * MO)
    return SimpleUploadedFile(nom, tampon.getvalue())


def pdf_avec(objet):
    """A PDF that holds this object."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.OpenAction = document.make_indirect(objet)
    tampon = io.BytesIO()
    document.save(tampon)
    return SimpleUploadedFile("plan.pdf", tampon.getvalue())


def pdf_avec_fichier_joint():
    """A PDF with a file inside."""
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["x.txt"] = b"x"
    tampon = io.BytesIO()
    document.save(tampon)
    return SimpleUploadedFile("plan.pdf", tampon.getvalue())


@pytest.mark.parametrize(
    ("fait", "phrase"),
    [
        (bombe, "trop volumineux une fois ouvert"),
        (
            lambda: archive("n.docx", _types="x", word__document="x", **{"word__e.zip": "x"}),
            "contient une archive",
        ),
        (
            lambda: pdf_avec(pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")),
            "un programme",
        ),
        (lambda: pdf_avec(pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="cmd.exe")), "un programme"),
        (pdf_avec_fichier_joint, "un fichier joint"),
        (
            lambda: fichier("polyglotte.pdf", b"GIF89a" + pdf().read()),
            "n'est pas le fichier que son nom annonce",
        ),
    ],
)
def test_hostile_files_are_refused(fait, phrase):
    """Bombs, archives inside, scripts, programs, embedded files, two types in one."""
    recu = fait()
    with pytest.raises(FichierRefuse, match=phrase):
        reconnaitre(recu, recu.name)


@pytest.mark.parametrize(
    ("taille", "presentes", "total", "phrase"),
    [
        (20 * MO + 1, 0, 0, "à 20"),
        (1, 30, 0, "30 au plus"),
        (6 * MO, 5, 95 * MO, "100"),
    ],
)
def test_quotas(taille, presentes, total, phrase):
    """20 MB a file, 30 files, 100 MB."""
    with pytest.raises(FichierRefuse, match=phrase):
        verifier_quotas("photos.pdf", taille, presentes, total)
    verifier_quotas("photos.pdf", 20 * MO, 29, 80 * MO)


def test_names_lose_their_path_and_control_characters():
    """What remains is a name."""
    assert nom_propre("../../etc/passwd") == "passwd"
    assert nom_propre("C:\\photos\\plan\n.pdf") == "plan.pdf"
    assert len(nom_propre("x" * 400 + ".pdf")) == 200


def test_the_same_content_is_stored_once():
    """Content-addressed: two rows, one file."""
    dossier = DossierFactory()
    pieces = [dossier.ajouter_piece(fichier(nom), par=dossier.titulaire) for nom in ("a.png", "b.png")]
    assert pieces[0].fichier.name == pieces[1].fichier.name
    assert pieces[0].fichier.name == f"pieces/{pieces[0].empreinte[:2]}/{pieces[0].empreinte}"


def test_adding_by_the_page(client):
    """The refusal stands beside its field with the limit; then the file is there."""
    demandee = PieceDemandeeFactory()
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:ajouter_piece", args=[dossier.numero])
    page = client.post(url, {"type": demandee.code, "fichier": fichier("devis.zip", b"PK")}).content.decode()
    assert (
        page.count("est une archive. Ajoutez chaque fichier séparément.") == 2
        and 'id="id_fichier_error"' in page
    )
    assert not Piece.toutes.exists()
    assert client.post(url, {"type": demandee.code, "fichier": pdf()}).status_code == 302
    piece = dossier.pieces.get()
    assert (piece.type, piece.type_mime) == (demandee, "application/pdf")
    assert "statuts.pdf" in client.get(f"{dossier.get_absolute_url()}pieces/").content.decode()


def test_an_oversized_file_is_refused_by_the_page(client, monkeypatch):
    """The weight and the limit, in words."""
    monkeypatch.setattr(fichiers, "TAILLE_MAX", 10)
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:ajouter_piece", args=[dossier.numero])
    page = client.post(url, {"type": "autre", "fichier": fichier("photos.png")}).content.decode()
    assert "Divisez-le ou réduisez-le à 20\u00a0Mo." in page
    assert not Piece.toutes.exists()


def test_a_piece_is_served_as_an_attachment_to_members_only(client):
    """404 to the others; its type is not guessed."""
    dossier = DossierFactory()
    piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    client.force_login(MembreFactory(dossier=dossier, droit="LECTEUR").user)
    reponse = client.get(piece.get_absolute_url())
    assert reponse["Content-Disposition"] == 'attachment; filename="statuts.pdf"'
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert b"".join(reponse.streaming_content).startswith(b"%PDF-")
    client.force_login(UserFactory())
    assert client.get(piece.get_absolute_url()).status_code == 404
    autre = DossierFactory()
    client.force_login(autre.titulaire)
    assert client.get(reverse("candidatures:piece", args=[autre.numero, piece.pk])).status_code == 404


def test_a_piece_is_taken_away_in_a_draft_only(client):
    """The row is marked, the content stays."""
    dossier = DossierFactory()
    piece = dossier.ajouter_piece(fichier(), par=dossier.titulaire)
    url = reverse("candidatures:retirer_piece", args=[dossier.numero, piece.pk])
    client.force_login(MembreFactory(dossier=dossier, droit="LECTEUR").user)
    assert client.post(url).status_code == 403
    client.force_login(dossier.titulaire)
    assert client.post(url).status_code == 302
    assert not dossier.pieces.exists() and Piece.toutes.get().retiree_le
    assert default_storage.exists(piece.fichier.name)

    depose = DossierFactory(etat="DEPOSE")
    with pytest.raises(TransitionInterdite):
        depose.ajouter_piece(fichier(), par=depose.titulaire)
    complement = depose.joindre_complement(fichier(), par=depose.titulaire, libelle="Bail")
    assert complement.complement
    with pytest.raises(TransitionInterdite):
        depose.retirer_piece(complement, par=depose.titulaire)
