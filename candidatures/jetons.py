"""Personal links sent by mail: signed, of one use, dated. The row decides; the signature refuses guesses before it."""

import secrets
import string

from django.core.signing import BadSignature, Signer

from manufactures import horloge

INVITATION, MANDAT = "invitation", "mandat"
LONGUEUR = 24  # letters drawn at each sending


def tirer() -> str:
    """What makes a link the last one sent: letters only."""
    return "".join(secrets.choice(string.ascii_letters) for _ in range(LONGUEUR))


def _signataire(usage: str) -> Signer:
    return Signer(salt=f"candidatures.{usage}", sep=".")


def signer(usage: str, ligne) -> str:
    """The token of this row's last sending; one usage never passes for another."""
    return _signataire(usage).sign(f"{ligne.pk}-{ligne.nonce}")


def lire(usage: str, jeton: str, lignes):
    """The row of `lignes` that this token opens now, or None: forged, answered, sent again or expired are the same."""
    try:
        cle, _, nonce = _signataire(usage).unsign(jeton).partition("-")
    except BadSignature:
        return None
    if not nonce:
        return None
    return lignes.filter(pk=cle, nonce=nonce, expire_le__gt=horloge.maintenant()).first()
