"""The seal: put once, seen whole, betrayed by one changed byte."""

import json
import stat
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from manufactures.actes.rendu import rendre
from manufactures.actes.sceau import NOM_ESSAI, sceller, verifier_sceau


@pytest.fixture(scope="module")
def pdf():
    exemple = Path(__file__).parent / "exemples/fin_de_parcours.json"
    return rendre("fin_de_parcours", json.loads(exemple.read_text()))


@pytest.fixture(autouse=True)
def donnees(settings, tmp_path):
    """A data folder of its own: the test certificate is made there."""
    settings.DONNEES, settings.SCEAU_P12, settings.SCEAU_MOT_DE_PASSE = tmp_path, "", ""
    return tmp_path


def test_a_sealed_file_is_ours(pdf):
    resultat = verifier_sceau(sceller(pdf))
    assert resultat.valide and not resultat.raison
    assert resultat.emetteur == NOM_ESSAI and resultat.est_essai
    assert resultat.instant is not None


def test_the_test_certificate_is_made_once_and_kept_secret(pdf, donnees):
    sceller(pdf)
    premier = (donnees / "sceau/essai.p12").read_bytes()
    sceller(pdf)
    assert (donnees / "sceau/essai.p12").read_bytes() == premier
    assert stat.S_IMODE((donnees / "sceau/essai.p12").stat().st_mode) == 0o600


def test_one_changed_byte_is_seen(pdf):
    scelle = bytearray(sceller(pdf))
    scelle[scelle.index(b"stream") + 40] ^= 1
    assert not verifier_sceau(bytes(scelle)).valide


def test_an_object_appended_after_the_seal_is_seen(pdf):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    ajout = IncrementalPdfFileWriter(BytesIO(sceller(pdf)))
    ajout.add_object(generic.pdf_string("ajout"))
    sortie = BytesIO()
    ajout.write(sortie)

    resultat = verifier_sceau(sortie.getvalue())
    assert not resultat.valide
    assert resultat.raison == "Ce fichier a été complété après la pose du sceau."


def test_bytes_appended_after_the_seal_are_seen(pdf):
    assert not verifier_sceau(sceller(pdf) + b"\n% ajout").valide


def test_someone_else_s_seal_is_not_ours(pdf, settings, tmp_path):
    scelle = sceller(pdf)
    settings.DONNEES = tmp_path / "ailleurs"
    resultat = verifier_sceau(scelle)
    assert not resultat.valide
    assert resultat.raison == "Le sceau de ce fichier n'est pas celui de l'agence."


@pytest.mark.parametrize("contenu", [b"", b"%PDF-1.7 rien", b"bonjour" * 100])
def test_any_file_gets_an_answer(contenu):
    assert not verifier_sceau(contenu).valide


def test_a_file_without_seal(pdf):
    assert verifier_sceau(pdf).raison == "Ce fichier ne porte pas de sceau."


def test_the_seal_keeps_the_tags_and_the_archive_marks(pdf):
    with pikepdf.open(BytesIO(sceller(pdf))) as scelle:
        assert scelle.Root.MarkInfo.Marked and "/StructTreeRoot" in scelle.Root
        assert scelle.open_metadata()["pdfaid:part"] == "3"


def test_the_seal_is_never_called_a_signature(pdf):
    with pikepdf.open(BytesIO(sceller(pdf))) as scelle:
        champ = scelle.Root.AcroForm.Fields[0]
        assert str(champ.T) == "Sceau"
        assert str(champ.V.Reason).startswith("Sceau électronique")
