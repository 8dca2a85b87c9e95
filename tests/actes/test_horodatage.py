"""The time of a seal, said by an authority: its token, its silence, and an authority that nobody knows."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys, tsp, x509
from cryptography import x509 as certificats
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.timestamps import DummyTimeStamper

from manufactures import horloge
from manufactures.actes import sceau
from manufactures.actes.models import ESSAIS_MAX, Acte
from manufactures.actes.rendu import rendre
from manufactures.actes.sceau import HorodatageIndisponible, sceller, verifier_sceau
from manufactures.actes.tasks import produire
from tests.actes.exemples_d_actes import exemple
from tests.outils.pdf_durable import defauts

DATE = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)


@pytest.fixture(scope="module")
def pdf():
    return rendre("fin_de_parcours", exemple("fin_de_parcours"))


@pytest.fixture(scope="module")
def autorite():
    """The key and the certificate of a time stamp authority, good when it says the time, expired when one reads it."""
    cle = rsa.generate_private_key(65537, 2048)
    nom = certificats.Name([certificats.NameAttribute(certificats.NameOID.COMMON_NAME, "Autorité d'essai")])
    certificat = (
        certificats.CertificateBuilder(nom, nom, cle.public_key(), certificats.random_serial_number())
        .not_valid_before(DATE - timedelta(days=10))
        .not_valid_after(DATE + timedelta(seconds=30))
        .add_extension(certificats.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            certificats.ExtendedKeyUsage([certificats.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
        .sign(cle, hashes.SHA256())
    )
    return cle, certificat


@pytest.fixture
def serveur(autorite):
    """An authority that answers over HTTP; `panne` makes it refuse."""
    cle, certificat = autorite
    forme = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    horodateur = DummyTimeStamper(
        x509.Certificate.load(certificat.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(cle.private_bytes(*forme)),
        fixed_dt=DATE,
    )

    class Reponse(BaseHTTPRequestHandler):
        def do_POST(self):
            demande = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            if self.server.panne:
                self.send_error(503)
                return
            jeton = asyncio.run(horodateur.async_request_tsa_response(demande)).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(jeton)

        def log_message(self, *_):
            pass

    http = HTTPServer(("127.0.0.1", 0), Reponse)
    http.panne, http.adresse = False, f"http://127.0.0.1:{http.server_port}/"
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield http
    http.shutdown()
    http.server_close()


@pytest.fixture(autouse=True)
def donnees(settings, tmp_path, serveur):
    settings.DONNEES, settings.SCEAU_P12, settings.SCEAU_MOT_DE_PASSE = tmp_path / "donnees", "", ""
    settings.HORODATAGE_URL = serveur.adresse
    sceau._horodateur.cache_clear()
    return settings.DONNEES


@pytest.fixture
def connue(donnees, autorite):
    """Its certificate stands where the agency keeps those that it trusts."""
    dossier = donnees / "sceau" / "horodatage"
    dossier.mkdir(parents=True)
    (dossier / "autorite.pem").write_bytes(autorite[1].public_bytes(serialization.Encoding.PEM))


def test_the_seal_bears_the_time_of_the_authority(pdf, connue):
    scelle = sceller(pdf)
    resultat = verifier_sceau(scelle)
    assert resultat.valide, resultat.raison
    assert (resultat.horodate_le, resultat.horodateur) == (DATE, "Autorité d'essai")
    assert not resultat.horodateur_inconnu
    assert defauts(scelle) == []


def test_one_changed_byte_is_still_seen(pdf, connue):
    altere = bytearray(sceller(pdf))
    altere[len(altere) // 2] ^= 1
    assert not verifier_sceau(bytes(altere)).valide


def test_the_token_of_an_unknown_authority_is_said_and_changes_nothing_else(pdf):
    resultat = verifier_sceau(sceller(pdf))
    assert resultat.valide and resultat.horodateur_inconnu and resultat.horodate_le is None


def test_bytes_appended_to_a_stamped_file_are_seen(pdf):
    assert "complété" in verifier_sceau(sceller(pdf) + b"\n% autre chose").raison


def test_a_silent_authority_gives_no_seal(pdf, serveur):
    serveur.panne = True
    with pytest.raises(HorodatageIndisponible, match="n'a pas répondu"):
        sceller(pdf)


@pytest.mark.django_db
def test_the_act_waits_as_long_as_the_authority_is_silent(serveur):
    acte = Acte.commander("fin_de_parcours", fil="dossier/x", instantane=exemple("fin_de_parcours"), par=None)
    serveur.panne = True
    for essai in range(1, ESSAIS_MAX + 2):
        avant = horloge.instant_exact()
        produire(acte.pk)
        acte.refresh_from_db()
        assert (acte.etat, acte.essais) == ("A_RENDRE", min(essai, ESSAIS_MAX - 1))
    assert "l'autorité d'horodatage n'a pas répondu" in acte.motif_echec
    assert acte.prochain_essai_le - avant >= timedelta(minutes=30)

    serveur.panne = False
    produire(acte.pk)
    acte.refresh_from_db()
    assert (acte.etat, acte.motif_echec) == ("SCELLE", "") and verifier_sceau(acte.lire_fichier()).valide
