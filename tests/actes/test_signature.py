"""The image of a signature: posed by whoever holds the delegation, frozen in the acts, never taken for a proof."""

import hashlib
import io

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from manufactures.actes.decoupeur import NumerisationRefusee, redessiner
from manufactures.actes.models import Acte, ImageDeSignature
from manufactures.actes.rendu import rendre, texte
from manufactures.fichiers import comparer
from manufactures.journal.models import Entree
from tests.actes.exemples_d_actes import exemple
from tests.factories.accompagnement import distribution
from tests.outils.pdf_durable import defauts

SIGNATURE = "/actes/signature/"
MENTION = "Image de la signature"


def paraphe(format="PNG", couleur=(20, 20, 60), fond=(250, 249, 245)):
    """A stroke of a pen on off-white paper."""
    image = Image.new("RGB", (1600, 900), fond)
    ImageDraw.Draw(image).line([(300, 500), (700, 300), (900, 600), (1200, 350)], fill=couleur, width=14)
    sortie = io.BytesIO()
    image.save(sortie, format)
    return sortie.getvalue()


@pytest.fixture
def gens(db):
    return distribution()


@pytest.fixture
def delegation(gens):
    return gens.signataire.delegations.get()


def signer(par, delegation):
    """An act that this person signs."""
    instantane = exemple("labellisation")
    instantane["signataire"] |= {"delegation_ref": delegation.reference}
    return Acte.commander(
        "labellisation", fil="dossier/x", instantane=instantane, par=par, cle=str(Acte.objects.count())
    )


def test_the_acts_signed_from_now_on_bear_the_image(client, gens, delegation):
    avant = signer(gens.signataire, delegation)
    client.force_login(gens.signataire)
    envoi = {"delegation": delegation.pk, "action": "poser", "image": SimpleUploadedFile("s.png", paraphe())}
    assert client.post(SIGNATURE, envoi).status_code == 302
    image = ImageDeSignature.objects.get()
    assert client.get(f"{SIGNATURE}{image.pk}.png").content == image.lire_fichier()
    assert f"{image.pk}.png" in client.get(SIGNATURE).content.decode()
    assert Entree.objects.get(action="poser_signature").faits["empreinte"] == image.empreinte

    apres = signer(gens.signataire, delegation)
    assert "signature" not in avant.instantane and MENTION not in texte("labellisation", avant.instantane)
    assert apres.instantane["signature"] == {"image": image.empreinte}
    pdf = rendre("labellisation", apres.instantane)
    assert defauts(pdf) == [] and MENTION in texte("labellisation", apres.instantane)
    with pikepdf.open(io.BytesIO(pdf)) as ouvert:
        textes = [
            str(objet.Alt)
            for objet in ouvert.objects
            if isinstance(objet, pikepdf.Dictionary) and "/Alt" in objet
        ]
    assert any(dit.startswith("Signature de ") for dit in textes)

    # Removed, it stays on the acts that bear it, and its file stays.
    assert client.post(SIGNATURE, {"delegation": delegation.pk, "action": "oter"}).status_code == 302
    assert "signature" not in signer(gens.signataire, delegation).instantane
    assert rendre("labellisation", apres.instantane) and comparer().ecarts == 0


def test_an_image_signs_for_nobody_else(client, gens, delegation):
    ImageDeSignature.poser(delegation, paraphe(), par=gens.signataire)
    assert "signature" not in signer(gens.responsable, delegation).instantane
    instantane = exemple("labellisation") | {
        "signature": {"image": "ab" * 32}
    }  # nor does a snapshot bring its own
    instantane["signataire"] |= {"delegation_ref": None}
    acte = Acte.commander("labellisation", fil="dossier/y", instantane=instantane, par=gens.signataire)
    assert "signature" not in acte.instantane
    # Another responsable sees neither the image nor the delegation.
    client.force_login(gens.responsable)
    image = ImageDeSignature.objects.get()
    assert client.get(f"{SIGNATURE}{image.pk}.png").status_code == 404
    envoi = {"delegation": delegation.pk, "action": "oter"}
    assert client.post(SIGNATURE, envoi).status_code == 404
    assert "Aucune délégation" in client.get(SIGNATURE).content.decode()
    assert ImageDeSignature.objects.en_vigueur().count() == 1


def test_a_new_image_takes_the_place_of_the_former(gens, delegation):
    ImageDeSignature.poser(delegation, paraphe(), par=gens.signataire)
    ImageDeSignature.poser(delegation, paraphe(couleur=(90, 0, 0)), par=gens.signataire)
    assert ImageDeSignature.objects.count() == 2
    nouvelle = ImageDeSignature.objects.en_vigueur().get()
    assert signer(gens.signataire, delegation).instantane["signature"]["image"] == nouvelle.empreinte


def test_an_altered_image_stops_the_rendering(gens, delegation):
    image = ImageDeSignature.poser(delegation, paraphe(), par=gens.signataire)
    acte = signer(gens.signataire, delegation)
    with default_storage.open(image.fichier, "wb") as fichier:
        fichier.write(b"autre chose")
    with pytest.raises(ValueError, match="empreinte"):
        rendre("labellisation", acte.instantane)


def test_only_the_ink_is_kept():
    """Grey on white, cropped, small: no metadata, no second picture, no colour of the paper."""
    jpg = paraphe("JPEG")
    dessin = redessiner(jpg + b"<script>")
    with Image.open(io.BytesIO(dessin)) as image:
        assert image.format == "PNG" and image.mode == "L" and not image.info
        assert image.width <= 900 and image.height <= 360 and image.getextrema()[1] == 255
    assert hashlib.sha256(redessiner(jpg)).digest() == hashlib.sha256(dessin).digest()


def blanche():
    sortie = io.BytesIO()
    Image.new("L", (400, 200), 250).save(sortie, "PNG")
    return sortie.getvalue()


def lourde():
    sortie = io.BytesIO()
    Image.new("1", (5000, 4000)).save(sortie, "PNG")
    return sortie.getvalue()


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (blanche, "blanche"),
        (lourde, "12 millions"),
        (lambda: b"<svg onload=1>", "illisible"),
        (lambda: b"GIF89a", "PNG ou JPG"),
    ],
    ids=["blanche", "lourde", "svg", "gif"],
)
def test_what_is_no_signature_is_refused_with_a_sentence(contenu, phrase):
    with pytest.raises(NumerisationRefusee, match=phrase):
        redessiner(contenu())


def test_a_refusal_stands_beside_its_field(client, gens, delegation):
    client.force_login(gens.signataire)
    envoi = {"delegation": delegation.pk, "action": "poser", "image": SimpleUploadedFile("s.png", b"rien")}
    reponse = client.post(SIGNATURE, envoi)
    assert reponse.status_code == 422 and "illisible" in reponse.content.decode()
    assert not ImageDeSignature.objects.exists()
