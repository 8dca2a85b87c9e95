"""What ProConnect says is signed: nothing is believed before its signature, its issuer and its addressee are read.

https://partenaires.proconnect.gouv.fr: `id_token` and `userinfo` are both JWT, of the same issuer, for the same client.
"""

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

ALGORITHMES = ["RS256", "ES256"]  # asymmetric alone: the client's secret signs nothing
TOLERANCE = 30  # seconds between two machines' clocks


class RefusProConnect(OAuth2Error):
    """A sign-in that cannot be believed; `phrase` is for the person, the message for the log."""

    phrase = "La réponse de ProConnect n'a pas pu être vérifiée. Recommencez\u00a0; si cela continue, prévenez-nous."

    def __init__(self, raison: str, phrase: str = ""):
        super().__init__(raison)
        self.phrase = phrase or self.phrase


def lire(jeton: str, cles: list[dict], *, emetteur: str, client: str, exigees: tuple[str, ...]) -> dict:
    """The claims of a signed token. Raises RefusProConnect for whatever is wrong with it."""
    try:
        entete = jwt.get_unverified_header(jeton)
        trouvees = [cle for cle in cles if cle.get("kid") == entete.get("kid")]
        if not trouvees:
            raise RefusProConnect("signé d'une clé inconnue")
        if trouvees[0].get("alg", entete["alg"]) != entete["alg"]:
            raise RefusProConnect("signé d'un autre algorithme que sa clé")
        return jwt.decode(
            jeton,
            key=jwt.PyJWK.from_dict(trouvees[0], algorithm=entete["alg"]).key,
            algorithms=ALGORITHMES,
            audience=client,
            issuer=emetteur,
            leeway=TOLERANCE,
            options={"require": ["iss", "aud", "sub", *exigees]},
        )
    except (jwt.PyJWTError, KeyError, ValueError) as cause:
        raise RefusProConnect(f"{type(cause).__name__}\u00a0: {cause}") from cause
