"""The seal of an act proves where the file comes from and that nobody changed it. It is no signature.

PAdES-B by pyHanko, with the certificate of the settings; without one, a test certificate is made once
in the data folder, and whatever it seals says that it is worth nothing. Where a time stamp authority is configured,
each seal bears its token (PAdES-B-T): no token, no seal.
"""

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NOM_ESSAI = "Sceau de démonstration, sans valeur"
CHAMP = "Sceau"

# pyHanko and cryptography take a third of a second to load: pages that neither seal nor verify
# do without, hence the imports inside the functions of this module.


HORODATAGE_S = 10


class HorodatageIndisponible(Exception):
    """The authority gave no token: the act waits, however long it takes."""


@dataclass(frozen=True)
class ResultatSceau:
    """What the seal of a file tells. `valide` is the only verdict; `raison` says why it is not."""

    valide: bool
    raison: str = ""
    instant: datetime | None = None
    emetteur: str = ""
    est_essai: bool = False
    present: bool = False  # a seal is there, ours or not, whole or broken
    expire_le: datetime | None = None
    revoque_le: datetime | None = None
    horodate_le: datetime | None = None  # as an authority that we know says; None without token
    horodateur: str = ""
    horodateur_inconnu: bool = False  # a token is there, of an authority whose certificate we don't keep

    def est_perime(self, instant: datetime) -> bool:
        """The certificate is past its end: what it sealed before stays sealed."""
        return self.expire_le is not None and self.expire_le < instant


def sceller(pdf: bytes) -> bytes:
    """The same file, sealed: no change is allowed after."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.sign.timestamps import TimestampRequestError

    apposition = signers.PdfSignatureMetadata(
        field_name=CHAMP,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason="Sceau électronique : origine et intégrité du document",
    )
    sortie = BytesIO()
    champ = fields.SigFieldSpec(CHAMP, on_page=0, box=None)
    signataire = signers.PdfSigner(
        apposition,
        signer=_certificat(),
        timestamper=_horodateur(settings.HORODATAGE_URL),
        new_field_spec=champ,
    )
    try:
        signataire.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=sortie)
    except TimestampRequestError as refus:
        raise HorodatageIndisponible(
            "l'autorité d'horodatage n'a pas répondu, ou a refusé. Le sceau sera posé dès qu'elle répondra."
        ) from refus
    return sortie.getvalue()


@lru_cache(maxsize=2)
def _horodateur(adresse: str):
    """Asks the authority, once a seal; the size of its tokens is learnt once a process."""
    if not adresse:
        return None
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    return RequestsHTTPTimeStamper(adresse, timeout=HORODATAGE_S)


def verifier_sceau(pdf: bytes) -> ResultatSceau:
    """Whether our seal stands on this file and covers all of it. Never raises: any file may be handed in."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        sceaux = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if not sceaux:
            return ResultatSceau(False, "Ce fichier ne porte pas de sceau.")
        contexte = ValidationContext(trust_roots=_racines(), allow_fetching=False)
        heure = _heure_du_jeton(sceaux[0])
        temps = ValidationContext(trust_roots=_autorites(), allow_fetching=False, moment=heure)
        etat = validate_pdf_signature(sceaux[0], contexte, ts_validation_context=temps)
    except Exception:  # a damaged or hostile file may fail anywhere in the parser: the answer is the same
        return ResultatSceau(False, "Le sceau de ce fichier est illisible.", present=True)
    certificat, jeton = etat.signing_cert, etat.timestamp_validity
    connu = jeton is not None and bool(jeton.trusted)
    emetteur = certificat.subject.native.get("common_name", "")
    revoque_le = _revocations().get((certificat.issuer.dump(), certificat.serial_number))
    return ResultatSceau(
        valide=not (raison := _raison(etat, revoque_le, heure if connu else etat.signer_reported_dt)),
        raison=raison,
        instant=etat.signer_reported_dt,
        emetteur=emetteur,
        est_essai=emetteur == NOM_ESSAI,
        present=True,
        expire_le=certificat.not_valid_after,
        revoque_le=revoque_le,
        horodate_le=heure if connu else None,
        horodateur=jeton.signing_cert.subject.native.get("common_name", "") if connu else "",
        horodateur_inconnu=jeton is not None and not connu,
    )


def _raison(etat, revoque_le, pose_le):
    """What is wrong, or nothing. `intact` alone would accept a file completed after the seal.

    `pose_le` is the authority's time where one gave it, else the time that the seal says of itself. The path ends at
    the sealing certificate itself, which is one of ours: its dates and its revocation are read here.
    """
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    certificat, jeton = etat.signing_cert, etat.timestamp_validity
    if not (etat.intact and etat.valid) or (jeton is not None and not (jeton.intact and jeton.valid)):
        return "Ce fichier a été modifié après la pose du sceau."
    if not etat.trusted:
        return "Le sceau de ce fichier n'est pas celui de l'agence."
    if not (etat.docmdp_ok and etat.seed_value_ok) or etat.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return "Ce fichier a été complété après la pose du sceau."
    if pose_le is None or not certificat.not_valid_before <= pose_le <= certificat.not_valid_after:
        return "Le certificat n'était pas en cours de validité lorsque ce sceau a été posé."
    if revoque_le is not None and revoque_le <= pose_le:
        return "Le certificat était révoqué lorsque ce sceau a été posé."
    return ""


# --- Certificate ---


def _certificat():
    if settings.SCEAU_P12:
        return _charger(str(settings.SCEAU_P12), settings.SCEAU_MOT_DE_PASSE)
    return _charger(str(_certificat_d_essai()), "")


@lru_cache(maxsize=4)
def _charger(chemin, mot_de_passe):
    """Read once a process. A wrong file or password stops here, with the name of the variable."""
    from pyhanko.sign import signers

    signataire = signers.SimpleSigner.load_pkcs12(chemin, passphrase=mot_de_passe.encode() or None)
    if signataire is None:
        raise ImproperlyConfigured("SCEAU_P12 : certificat ou mot de passe illisible.")
    return signataire


def _racines():
    """Certificates whose seal is ours: the present one with its chain, and former ones kept as PEM files."""
    from pyhanko.keys import load_certs_from_pemder

    present = _certificat()
    anciens = sorted(str(pem) for pem in _dossier().glob("*.pem"))
    return [present.signing_cert, *present.cert_registry, *load_certs_from_pemder(anciens)]


def _heure_du_jeton(sceau):
    """When the authority says that the seal was put, or None. Its certificate is read as it was that day."""
    for attribut in sceau.signer_info["unsigned_attrs"] or ():
        if attribut["type"].native == "signature_time_stamp_token":
            return attribut["values"][0]["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return None


def _autorites():
    """Certificates of the time stamp authorities that we trust, kept as PEM files: present and former ones."""
    from pyhanko.keys import load_certs_from_pemder

    return list(load_certs_from_pemder(sorted(str(pem) for pem in (_dossier() / "horodatage").glob("*.pem"))))


def emetteurs() -> set[str]:
    """Names on the certificates that seal or sealed for us."""
    return {certificat.subject.native.get("common_name", "") for certificat in _racines()}


def _revocations() -> dict:
    """Instants of revocation by issuer and serial number, from the lists (.crl) put beside the certificates."""
    from cryptography import x509

    trouvees = {}
    for chemin in sorted(_dossier().glob("*.crl")):
        contenu = chemin.read_bytes()
        lire = x509.load_pem_x509_crl if contenu.startswith(b"-----") else x509.load_der_x509_crl
        liste = lire(contenu)
        emetteur = liste.issuer.public_bytes()
        trouvees |= {(emetteur, ligne.serial_number): ligne.revocation_date_utc for ligne in liste}
    return trouvees


def _dossier():
    dossier = Path(settings.DONNEES) / "sceau"
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    return dossier


def _certificat_d_essai():
    """Path of the test certificate, made by whichever process comes first."""
    chemin = _dossier() / "essai.p12"
    with open(_dossier() / "verrou", "w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        if not chemin.exists():
            brouillon = chemin.with_suffix(".tmp")
            with open(os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as fichier:
                fichier.write(_fabriquer())
            brouillon.replace(chemin)
    return chemin


def _fabriquer():
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs12

    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NOM_ESSAI)])
    maintenant = datetime.now(UTC)  # the machine's own clock: a certificate is checked against it
    refuses = (
        "key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    )
    usages = dict.fromkeys(refuses.split(), False)
    certificat = (
        x509.CertificateBuilder(nom, nom, cle.public_key(), x509.random_serial_number())
        .not_valid_before(maintenant - timedelta(days=1))
        .not_valid_after(maintenant + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usages), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle.public_key()), critical=False)
        .sign(cle, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"sceau", cle, certificat, None, serialization.NoEncryption()
    )
