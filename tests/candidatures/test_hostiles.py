"""More than sixty hostile files: each gets the right sentence, and nothing of them stays in the storage."""

import io
import resource
import time
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from candidatures import examinateur, fichiers
from candidatures.fichiers import FichierRefuse, reconnaitre, refaire_image
from candidatures.models import Piece
from manufactures.fichiers import presents
from tests.factories.candidatures import DossierFactory, fichier, pdf
from tests.outils import hostiles as fabrique
from tests.outils.hostiles import hostiles

HOSTILES = hostiles()


def envoi(hostile) -> ContentFile:
    """The file under its raw name, as a resumable upload announces it."""
    contenu = ContentFile(hostile.contenu)
    contenu.name = hostile.nom
    return contenu


def test_there_are_sixty_of_them_and_every_sentence_is_used():
    assert len(HOSTILES) >= 60
    assert {h.motif for h in HOSTILES} == set(fichiers.PHRASES)


@pytest.mark.parametrize("hostile", HOSTILES, ids=lambda h: f"{h.quoi}")
def test_each_gets_its_sentence(hostile):
    debut = time.monotonic()
    with pytest.raises(FichierRefuse) as refus:
        reconnaitre(envoi(hostile), hostile.nom)
    assert refus.value.message == fichiers.refus(hostile.nom, hostile.motif).message
    assert time.monotonic() - debut < 10


@pytest.mark.django_db
def test_nothing_of_them_stays():
    """Through the one deed that stores: the storage before is the storage after, and no row was written."""
    dossier = DossierFactory()
    dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    avant = list(presents())
    assert len(avant) == 1
    for hostile in HOSTILES:
        with pytest.raises(FichierRefuse):
            dossier.ajouter_piece(envoi(hostile), par=dossier.titulaire)
    assert list(presents()) == avant
    assert Piece.toutes.count() == 1


@pytest.mark.django_db
def test_each_is_told_beside_the_field_of_the_form(client):
    """All at once with an honest one, alone kept. Django cleans some names first: then the content tells."""
    dossier = DossierFactory()
    client.force_login(dossier.titulaire)
    choisis = [*map(envoi, HOSTILES), pdf("honnete.pdf")]
    reponse = client.post(
        reverse("candidatures:ajouter_piece", args=[dossier.numero]), {"type": "autre", "fichier": choisis}
    )
    dites = reponse.context["form_piece"].errors["fichier"].data
    attendues = [fichiers.PHRASES[h.nom_nettoye or h.motif] for h in HOSTILES]
    assert [e.message.split("\u00a0» ", 1)[1] for e in dites] == attendues
    assert 'id="id_fichier_error"' in reponse.content.decode()
    assert list(Piece.toutes.values_list("nom", flat=True)) == ["honnete.pdf"]
    assert len(list(presents())) == 1


def test_honest_files_are_taken():
    """What telephones and offices really make."""
    for nom, contenu in {
        "Devis n° 12 (signé).pdf": fabrique.pdf(),
        "www.atelier.com.pdf": fabrique.pdf(),
        "compact.pdf": fabrique.pdf(object_stream_mode=2),
        "photo.jpeg": fabrique.image("JPEG", (640, 480)),
        "plan.PNG": fabrique.image("PNG"),
        "note.docx": fabrique.docx(**{"word__embeddings__graphique.xlsx": fabrique.xlsx()}),
        "note.odt": fabrique.odt(**{"Pictures__a.png": fabrique.image()}),
        "budget.xlsx": fabrique.xlsx(**{"xl__sharedStrings.xml": "<si/>" * 200_000}),
    }.items():
        assert reconnaitre(fichier(nom, contenu), nom)


def test_a_twelve_million_point_photo_is_taken():
    """A telephone's, near the bound of memory of the process that reads it."""
    assert reconnaitre(fichier("photo.jpg", fabrique.image("JPEG", (4000, 3000))), "photo.jpg")
    tampon = io.BytesIO()
    Image.new("RGBA", (8000, 4999)).save(tampon, "PNG", compress_level=1)
    assert reconnaitre(fichier("plan.png", tampon.getvalue()), "plan.png")


def test_a_picture_is_drawn_again():
    """Smaller, upright, and without a byte of what was hidden beside its pixels."""
    grand = fabrique.image("JPEG", (3200, 2400)) + b"cache"
    refait = refaire_image(fichier("photo.jpg", grand), "image/jpeg", len(grand))
    with Image.open(io.BytesIO(refait)) as image:
        assert (image.format, image.size) == ("JPEG", (1600, 1200))
    assert b"cache" not in refait


def test_this_process_reads_none_of_it():
    """The bomb unfolds in a child that may not take more than its share: ours does not grow."""
    avant = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for hostile in HOSTILES:
        if "bombe" in hostile.quoi or "plié" in hostile.quoi:
            with pytest.raises(FichierRefuse):
                reconnaitre(envoi(hostile), hostile.nom)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - avant < 50 * 1024  # kilobytes


def test_a_reader_that_hangs_is_killed_and_replaced(monkeypatch, tmp_path):
    """The file is refused, and the next one is read by a new process."""
    muet = tmp_path / "muet.py"
    muet.write_text("import time\ntime.sleep(60)\n")
    lecteur = examinateur.Examinateur()
    with monkeypatch.context() as patch:
        patch.setattr(examinateur, "EXAMEN", muet)
        patch.setattr(examinateur, "PATIENCE_S", 0.2)
        contenu = fabrique.pdf()
        assert lecteur.demander("examiner", "pdf", io.BytesIO(contenu), len(contenu))[0] == "volume"
    assert lecteur.demander("examiner", "pdf", io.BytesIO(contenu), len(contenu)) == ("", b"")
    lecteur._arreter()


def test_an_overlapped_archive_is_counted_once_for_all():
    """Entries that share their bytes unfold under the same count."""
    base = fabrique.xlsx(**{"xl__a.xml": b"\0" * 900_000})
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        debut = archive.start_dir
        repertoire = base[debut : base.rfind(b"PK\x05\x06")]
    entree = repertoire[repertoire.rfind(b"PK\x01\x02") :]
    copies = b"".join(entree.replace(b"xl/a.xml", b"xl/%05d" % n) for n in range(1_500))
    fin = bytearray(base[base.rfind(b"PK\x05\x06") :])
    for position, valeur, octets in (
        (8, 1_502, 2),
        (10, 1_502, 2),
        (12, len(repertoire) - len(entree) + len(copies), 4),
    ):
        fin[position : position + octets] = valeur.to_bytes(octets, "little")
    bombe = base[:debut] + repertoire[: -len(entree)] + copies + bytes(fin)
    with pytest.raises(FichierRefuse):
        reconnaitre(fichier("b.xlsx", bombe), "b.xlsx")
