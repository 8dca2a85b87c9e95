"""What anybody learns of a paper or a file: genuine, altered, unknown, cancelled, replaced; and never more."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from manufactures import horloge
from manufactures.actes import frein
from manufactures.actes.models import Acte
from manufactures.actes.tasks import produire
from tests.actes.exemples_d_actes import exemple
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db
VERIFIER = "/verifier/"


@pytest.fixture(scope="module")
def sceau_du_module(tmp_path_factory):
    """One data folder, hence one test certificate, for these tests."""
    return tmp_path_factory.mktemp("donnees")


@pytest.fixture(autouse=True)
def donnees(settings, sceau_du_module):
    settings.DONNEES, settings.SCEAU_P12, settings.SCEAU_MOT_DE_PASSE = sceau_du_module, "", ""
    cache.clear()
    return sceau_du_module


def scelle(genre="labellisation", **options) -> Acte:
    acte = Acte.commander(genre, fil="dossier/D-1", instantane=exemple(genre), par=None, **options)
    produire(acte.pk)
    acte.refresh_from_db()
    assert acte.etat == "SCELLE", acte.motif_echec
    return acte


def pdf(contenu: bytes):
    return SimpleUploadedFile("acte.pdf", contenu, "application/pdf")


def flip(contenu: bytes, rang: int) -> bytes:
    change = bytearray(contenu)
    change[rang] ^= 1
    return bytes(change)


def mots(reponse) -> str:
    return " ".join(reponse.content.decode().replace("\u00a0", " ").split())


# --- The four answers ---


def test_the_digest_alone_tells_genuine_and_the_file_stays(client):
    acte = scelle()
    page = mots(client.post(VERIFIER, {"empreinte": acte.empreinte}))
    assert "identique, au bit près" in page and "Il n'a pas quitté votre machine" in page
    assert acte.numero in page


def test_the_file_tells_genuine_too(client):
    acte = scelle()
    page = mots(client.post(VERIFIER, {"fichier": pdf(acte.lire_fichier())}))
    assert "identique, au bit près" in page and "pas quitté" not in page


def test_one_flipped_byte_anywhere_is_said_altered(client):
    acte = scelle()
    contenu = acte.lire_fichier()
    rangs = [contenu.index(b"stream") + 40, len(contenu) // 3, 2 * len(contenu) // 3, len(contenu) - 30]
    for rang in rangs:
        reponse = client.post(VERIFIER, {"fichier": pdf(flip(contenu, rang))})
        assert reponse.status_code == 404
        assert "Altéré" in mots(reponse), rang
        par_code = client.post(
            reverse("actes:verification", args=[acte.code]), {"fichier": pdf(flip(contenu, rang))}
        )
        assert "identique" not in mots(par_code)


def test_a_byte_flipped_where_no_seal_looks_is_no_act_either(client):
    """The padding after the seal itself: the seal stands, the digest does not."""
    acte = scelle()
    contenu = acte.lire_fichier()
    fin = contenu.rindex(b"0>")
    page = mots(client.post(VERIFIER, {"fichier": pdf(contenu[:fin] + b"1" + contenu[fin + 1 :])}))
    assert "Altéré" in page and "identique" not in page


def test_a_file_of_somebody_else_is_unknown(client):
    page = mots(client.post(VERIFIER, {"fichier": pdf(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")}))
    assert "n'est pas un acte que l'ANCT a scellé" in page and "Altéré" not in page


def test_an_unknown_digest_asks_for_the_file(client):
    reponse = client.post(VERIFIER, {"empreinte": "ab" * 32})
    assert reponse.status_code == 404
    page = mots(reponse)
    assert "Seule son empreinte a été envoyée" in page and "Envoyer le fichier" in page
    assert "data-mp-empreinte" not in reponse.content.decode()  # the second time the file itself goes


def test_a_cancelled_act_says_so_and_leads_to_the_new_one(client):
    signataire = UserFactory()
    acte = Acte.commander(
        "labellisation", fil="dossier/D-1", instantane=exemple("labellisation"), par=signataire
    )
    produire(acte.pk)
    nouveau = acte.remplacer(
        par=signataire,
        motif="Une coquille.",
        corrections={"motifs.0": "le projet met en commun ses ateliers"},
    )
    page = mots(client.get(reverse("actes:verification", args=[acte.code])))
    assert "ne produit plus d'effet" in page
    assert nouveau.numero in page and reverse("actes:verification", args=[nouveau.code]) in page
    assert "Une coquille" not in page  # the reason is the house's


def test_an_act_under_embargo_answers_like_an_unknown_code(client):
    acte = scelle(retenu=True)
    page, inconnu = (
        client.get(reverse("actes:verification", args=[code])) for code in (acte.code, "7K4P-9QXM-T3WD")
    )
    assert page.status_code == inconnu.status_code == 404
    assert mots(page).replace(acte.code, "") == mots(inconnu).replace("7K4P-9QXM-T3WD", "")
    assert client.post(VERIFIER, {"empreinte": acte.empreinte}).status_code == 404
    assert acte.numero not in mots(client.post(VERIFIER, {"fichier": pdf(acte.lire_fichier())}))


def test_a_refusal_never_names_its_project(client):
    acte = scelle("non_selection")
    page = mots(client.get(reverse("actes:verification", args=[acte.code])))
    assert exemple("non_selection")["dossier"]["nom_projet"] not in page
    assert "Décision" in page and "non-sélection" not in page.lower()


def test_the_test_certificate_is_said_to_be_one(client):
    acte = scelle()
    page = mots(client.get(reverse("actes:verification", args=[acte.code])))
    assert "Sceau de démonstration, sans valeur." in page
    for jamais in ("authentique", "signature qualifiée", "cachet qualifié"):
        assert jamais not in page.lower()


def test_a_stored_file_that_was_changed_is_said_altered(client):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    acte = scelle()
    contenu = flip(acte.lire_fichier(), acte.lire_fichier().index(b"stream") + 40)
    default_storage.delete(acte.fichier)
    default_storage.save(acte.fichier, ContentFile(contenu))
    assert "Altéré" in mots(client.get(reverse("actes:verification", args=[acte.code])))


# --- Time and trust ---


def test_an_expired_certificate_is_told_and_the_act_stays_sealed(client, monkeypatch):
    acte = scelle()
    dans_onze_ans = horloge.maintenant() + timedelta(days=4100)
    with horloge.a(dans_onze_ans):
        page = mots(client.get(reverse("actes:verification", args=[acte.code])))
    assert "certificat expiré le" in page and "En vigueur" in page


def _revoquer(dossier, quand):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    cle, certificat, _ = pkcs12.load_key_and_certificates((dossier / "sceau/essai.p12").read_bytes(), None)
    ligne = (
        x509.RevokedCertificateBuilder()
        .serial_number(certificat.serial_number)
        .revocation_date(quand)
        .build()
    )
    liste = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificat.issuer)
        .last_update(datetime.now(UTC))
        .next_update(datetime.now(UTC) + timedelta(days=30))
        .add_revoked_certificate(ligne)
        .sign(cle, hashes.SHA256())
    )
    (dossier / "sceau/essai.crl").write_bytes(liste.public_bytes(serialization.Encoding.DER))


@pytest.mark.parametrize(
    ("jours", "phrase", "vigueur"),
    [
        (1, "l'acte reste scellé", True),
        (-1, "Le certificat était révoqué lorsque ce sceau a été posé.", False),
    ],
)
def test_a_revocation_counts_from_its_date(client, donnees, jours, phrase, vigueur):
    acte = scelle()
    _revoquer(donnees, datetime.now(UTC) + timedelta(days=jours))
    try:
        page = mots(client.get(reverse("actes:verification", args=[acte.code])))
    finally:
        (donnees / "sceau/essai.crl").unlink()
    assert phrase in page
    assert ("En vigueur" in page) is vigueur


# --- The brake ---


def test_files_and_wrong_codes_are_counted(client, monkeypatch):
    monkeypatch.setattr(frein, "PAR_MINUTE", 3)
    for _ in range(3):
        assert client.post(VERIFIER, {"empreinte": "ab" * 32}).status_code == 404
    refus = client.post(VERIFIER, {"empreinte": "ab" * 32})
    assert refus.status_code == 429 and refus["Retry-After"] == "60"
    assert client.get(reverse("actes:verification", args=["7K4P-9QXM-T3WD"])).status_code == 429
    assert client.get(VERIFIER).status_code == 200


def test_a_paper_s_own_code_is_not_counted(client, monkeypatch):
    monkeypatch.setattr(frein, "PAR_MINUTE", 1)
    acte = scelle()
    for _ in range(4):
        assert client.get(reverse("actes:verification", args=[acte.code])).status_code == 200


def test_another_address_is_not_held_back(client, monkeypatch):
    monkeypatch.setattr(frein, "PAR_MINUTE", 1)
    for _ in range(3):
        client.post(VERIFIER, {"empreinte": "ab" * 32})
    assert client.post(VERIFIER, {"empreinte": "ab" * 32}, REMOTE_ADDR="192.0.2.9").status_code == 404


@pytest.mark.parametrize("empreinte", ["AB" * 32, "ab", "x" * 64, "../../etc"])
def test_a_digest_that_is_none_is_refused(client, empreinte):
    assert client.post(VERIFIER, {"empreinte": empreinte}).status_code == 422


def test_the_digest_is_the_one_that_a_browser_draws(client):
    """SubtleCrypto's SHA-256, in hexadecimal: the same as ours on the same bytes."""
    acte = scelle()
    assert hashlib.sha256(acte.lire_fichier()).hexdigest() == acte.empreinte
    script = client.get("/static/js/verifier.js")
    assert script.status_code in (200, 404)  # served by the static files of the mode
