"""Attachments: what is taken, what is refused and how, who may download them."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from candidatures import fichiers
from candidatures.fichiers import FichierRefuse, nom_propre, reconnaitre, verifier_quotas
from candidatures.models import Piece
from manufactures import horloge
from manufactures.journal.conservation import purger
from manufactures.journal.models import Entree
from manufactures.registres import TransitionInterdite
from manufactures.televersement import Plafonne
from tests.factories.candidatures import DossierFactory, MembreFactory, deposer, fichier, pdf
from tests.factories.comptes import HabilitationFactory, UserFactory
from tests.factories.programme import PieceDemandeeFactory
from tests.outils.hostiles import image

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
        lambda: fichier("photo.JPG", image("JPEG")),
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


# -- Several at once, seen, replaced -----------------------------------------------------------------------------
def test_several_files_are_added_by_the_plain_form(client):
    """One sentence for all; the kind is theirs."""
    demandee = PieceDemandeeFactory()
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:ajouter_piece", args=[dossier.numero])
    page = client.post(url, {"type": demandee.code, "fichier": [pdf("a.pdf"), pdf("b.pdf")]}, follow=True)
    assert "«\u00a0a.pdf\u00a0», «\u00a0b.pdf\u00a0» sont ajoutés." in page.content.decode()
    assert set(dossier.pieces.values_list("nom", "type")) == {("a.pdf", demandee.pk), ("b.pdf", demandee.pk)}
    assert "Choisissez un fichier." in client.post(url, {"type": demandee.code}).content.decode()


def adresse(nom, piece):
    return reverse(f"candidatures:{nom}", args=[piece.dossier.numero, piece.pk])


def test_a_pdf_is_framed_by_our_pages_only(client):
    """As it is, inert, for nobody else's page."""
    dossier = DossierFactory()
    piece = dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    client.force_login(dossier.titulaire)
    page = client.get(adresse("apercu_piece", piece))
    assert f'<iframe class="mp-cadre" src="{adresse("contenu_piece", piece)}"' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    contenu = client.get(adresse("contenu_piece", piece))
    assert (contenu["X-Frame-Options"], contenu["X-Content-Type-Options"]) == ("SAMEORIGIN", "nosniff")
    assert (
        contenu["Content-Type"] == "application/pdf"
        and "frame-ancestors 'self'" in contenu["Content-Security-Policy"]
    )
    assert contenu["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_picture_is_shown_drawn_again(client):
    """What is sent to the browser is not what was received."""
    dossier = DossierFactory()
    piece = dossier.ajouter_piece(fichier("plan.png", image("PNG")), par=dossier.titulaire)
    client.force_login(dossier.titulaire)
    assert '<img class="mp-image"' in client.get(adresse("apercu_piece", piece)).content.decode()
    contenu = client.get(adresse("contenu_piece", piece))
    assert contenu["Content-Type"] == "image/jpeg" and contenu.content.startswith(b"\xff\xd8")


def test_an_office_file_is_not_shown(client):
    """404 for its content, a sentence on its page."""
    dossier = DossierFactory()
    piece = dossier.ajouter_piece(archive("n.odt", mimetype=ODT, content="x"), par=dossier.titulaire)
    client.force_login(dossier.titulaire)
    assert "ne se voit pas ici" in client.get(adresse("apercu_piece", piece)).content.decode()
    assert client.get(adresse("contenu_piece", piece)).status_code == 404


def test_a_replaced_piece_is_kept_behind_the_new_one(client, django_capture_on_commit_callbacks):
    """Same kind, same name of piece; the members read the earlier one; the quota counts one."""
    demandee = PieceDemandeeFactory()
    dossier = DossierFactory()
    ancienne = dossier.ajouter_piece(pdf("v1.pdf"), par=dossier.titulaire, type=demandee)
    client.force_login(dossier.titulaire)
    refusee = client.post(adresse("remplacer_piece", ancienne), {"fichier": fichier("v2.exe", b"MZ")})
    assert "est un programme" in refusee.content.decode() and dossier.pieces.get() == ancienne
    reponse = client.post(adresse("remplacer_piece", ancienne), {"fichier": fichier("v2.png")}, follow=True)
    nouvelle = dossier.pieces.get()
    assert (nouvelle.nom, nouvelle.type, nouvelle.remplace) == ("v2.png", demandee, ancienne)
    assert "v1.pdf" in reponse.content.decode() and "Versions précédentes" in reponse.content.decode()
    assert client.get(ancienne.get_absolute_url()).status_code == 200
    assert Entree.objects.filter(fil=dossier.fil, action="remplacer_piece").exists()
    # Two people replace the same one: the later is told, and nothing is lost.
    assert client.post(adresse("remplacer_piece", ancienne), {"fichier": pdf("v3.pdf")}).status_code == 409
    assert dossier.pieces.get() == nouvelle


def test_a_line_proved_by_a_replaced_file_is_proved_by_the_new_one():
    """A quote replaced is still the quote of its machine."""
    dossier = DossierFactory()
    ancienne = dossier.ajouter_piece(pdf("devis.pdf"), par=dossier.titulaire)
    dossier.equipements.update(devis=ancienne)
    dossier.lignes_financement.update(preuve=ancienne)
    nouvelle = dossier.ajouter_piece(pdf("devis2.pdf"), par=dossier.titulaire, remplace=ancienne)
    assert set(dossier.equipements.values_list("devis", flat=True)) == {nouvelle.pk}
    assert set(dossier.lignes_financement.values_list("preuve", flat=True)) == {nouvelle.pk}


def test_the_frozen_version_keeps_its_own_file(client):
    """Deposited, taken back, replaced, deposited again: each version names its file, and the agents read both."""
    dossier = DossierFactory()
    ancienne = dossier.ajouter_piece(pdf("v1.pdf"), par=dossier.titulaire)
    jamais = dossier.ajouter_piece(fichier("brouillon.png"), par=dossier.titulaire)
    dossier.retirer_piece(jamais, par=dossier.titulaire)
    deposer(dossier, dossier.titulaire)
    dossier.passer("reprendre", par=dossier.titulaire)
    horloge.oublier()
    dossier.ajouter_piece(pdf("v2.pdf"), par=dossier.titulaire, remplace=ancienne)
    deposer(dossier, dossier.titulaire)
    noms = [[p["nom"] for p in version.contenu["pieces_jointes"]] for version in dossier.versions.all()]
    assert noms == [["v1.pdf"], ["v2.pdf"]]

    agent = HabilitationFactory(role="INSTRUCTEUR", appel=dossier.vague.appel).user
    client.force_login(agent)
    codes = [client.get(p.get_absolute_url()).status_code for p in Piece.toutes.order_by("pk")]
    assert codes == [200, 404, 200]  # what was taken away before any deposit was never theirs to read
    assert client.get(adresse("remplacer_piece", ancienne)).status_code == 403
    client.force_login(dossier.titulaire)
    assert client.get(Piece.toutes.get(nom="brouillon.png").get_absolute_url()).status_code == 200


def test_a_replaced_piece_outlives_the_retention_of_those_taken_away():
    """« Remplacée » is not « retirée »: it stays as long as the one that took its place."""
    dossier = DossierFactory()
    ancienne = dossier.ajouter_piece(pdf("v1.pdf"), par=dossier.titulaire)
    dossier.ajouter_piece(pdf("v2.pdf"), par=dossier.titulaire, remplace=ancienne)
    avant = horloge.maintenant() - timedelta(days=40)
    Piece.toutes.filter(pk=ancienne.pk).update(ajoutee_le=avant, retiree_le=avant)
    list(purger(["pieces_retirees"]))
    assert Piece.toutes.count() == 2


def test_bank_details_stay_closed_in_every_form(client):
    """Page, content and file, to those who do not read the contacts."""
    dossier = DossierFactory()
    rib = dossier.ajouter_piece(pdf(), par=dossier.titulaire, type=PieceDemandeeFactory(code="rib"))
    client.force_login(DossierFactory().titulaire)
    for nom in ("piece", "apercu_piece", "contenu_piece"):
        assert client.get(adresse(nom, rib)).status_code == 404


@pytest.mark.parametrize("nombre", [1, 3])
def test_the_queries_do_not_grow_with_the_pieces(client, nombre, django_assert_max_num_queries):
    """The list alone, and the page of one."""
    dossier = DossierFactory()
    for rang in range(nombre):
        piece = dossier.ajouter_piece(pdf(f"{rang}.pdf"), par=dossier.titulaire)
    client.force_login(dossier.titulaire)
    with django_assert_max_num_queries(12):
        client.get(reverse("candidatures:liste_pieces", args=[dossier.numero]))
    with django_assert_max_num_queries(15):
        client.get(adresse("apercu_piece", piece))


# -- Too much at once ---------------------------------------------------------------------------------------------
def test_a_huge_file_is_counted_and_no_longer_written(client, monkeypatch):
    """Its sentence tells its true weight; of its 34 megabytes, 20 at most were on the disk."""
    poids = []
    d_origine = Plafonne.file_complete
    monkeypatch.setattr(
        Plafonne,
        "file_complete",
        lambda self, taille: poids.append((self.file.tell(), taille)) or d_origine(self, taille),
    )
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    enorme = SimpleUploadedFile("photos.pdf", b"%PDF-1.7\n" + b"0" * 33_999_991)
    url = reverse("candidatures:ajouter_piece", args=[dossier.numero])
    page = client.post(url, {"type": "autre", "fichier": enorme}).content.decode()
    assert "pèse 34\u00a0Mo. Divisez-le ou réduisez-le à 20\u00a0Mo." in page
    assert poids == [(20 * MO + 1, 34_000_000)]


def test_a_request_that_no_form_sends_is_not_read(client, monkeypatch):
    """Refused on its announced weight."""
    monkeypatch.setattr("manufactures.televersement.REQUETE_MAX", 1000)
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    url = reverse("candidatures:ajouter_piece", args=[dossier.numero])
    gros = SimpleUploadedFile("photos.pdf", b"0" * 3 * MO)
    reponse = client.post(url, {"type": "autre", "fichier": gros})
    assert reponse.status_code == 413
    assert "envoyez-les en plusieurs fois" in reponse.content.decode()
    assert not Piece.toutes.exists()
