"""A small OpenID provider that really answers on a port: discovery, keys, token, signed userinfo."""

import hashlib
import json
import secrets
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "manufactures", "secret-du-client"


class Fournisseur:
    """What it answers may be bent for one test: `identite`, `infos` and `config` are laid over the right answers."""

    def __init__(self):
        self.cle = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.autre_cle = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.personne = {
            "sub": "sub-1",
            "email": "agent.etat@exemple.test",
            "given_name": "Alix",
            "usual_name": "Roy",
            "siret": "13002603200016",
        }
        self.amr = ["pwd"]
        self.identite, self.infos, self.config = {}, {}, {}
        self.signe_avec = self.cle
        self.userinfo_en_clair = False
        self.codes: dict[str, dict] = {}
        self.serveur = ThreadingHTTPServer(("127.0.0.1", 0), self._gestionnaire())
        self.emetteur = f"http://127.0.0.1:{self.serveur.server_port}"
        self.fil = threading.Thread(target=self.serveur.serve_forever, args=(0.05,), daemon=True)
        self.fil.start()

    def arreter(self):
        """Give the port back."""
        self.serveur.shutdown()
        self.serveur.server_close()
        self.fil.join()

    def autoriser(self, adresse: str) -> str:
        """What a browser gets once the person has agreed: the address it is sent back to."""
        demande = {nom: valeurs[0] for nom, valeurs in parse_qs(urlsplit(adresse).query).items()}
        assert demande["client_id"] == CLIENT and demande["response_type"] == "code"
        code = secrets.token_urlsafe(24)
        self.codes[code] = demande
        return demande["redirect_uri"] + "?" + urlencode({"code": code, "state": demande["state"]})

    def _signer(self, dit: dict) -> str:
        return jwt.encode(dit, self.signe_avec, algorithm="RS256", headers={"kid": "cle-1"})

    def _commun(self) -> dict:
        instant = int(time.time())
        return {
            "iss": self.emetteur,
            "aud": CLIENT,
            "sub": self.personne["sub"],
            "iat": instant,
            "exp": instant + 60,
        }

    def jeton(self, posts: dict) -> dict | None:
        """The token endpoint: the code serves once, the secret and the proof of the verifier are checked."""
        demande = self.codes.pop(posts.get("code", ""), None)
        preuve = hashlib.sha256(posts.get("code_verifier", "").encode()).digest()
        if (
            demande is None
            or (posts["client_id"], posts["client_secret"]) != (CLIENT, SECRET)
            or posts["redirect_uri"] != demande["redirect_uri"]
            or urlsafe_b64encode(preuve).decode().rstrip("=") != demande["code_challenge"]
        ):
            return None
        identite = self._commun() | {"nonce": demande["nonce"], "amr": self.amr} | self.identite
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self._signer(identite),
        }

    def _gestionnaire(fournisseur):  # noqa: N805 (the handler's self is another one)
        class Gestionnaire(BaseHTTPRequestHandler):
            def _repondre(self, corps: str, genre: str = "application/json", code: int = 200):
                self.send_response(code)
                self.send_header("Content-Type", genre)
                self.end_headers()
                self.wfile.write(corps.encode())

            def do_GET(self):
                chemin = urlsplit(self.path).path
                if chemin == "/.well-known/openid-configuration":
                    racine = fournisseur.emetteur
                    adresses = {
                        "authorization": "authorize",
                        "token": "token",
                        "userinfo": "userinfo",
                        "end_session": "fin",
                    }
                    config = {f"{nom}_endpoint": f"{racine}/{ou}" for nom, ou in adresses.items()}
                    config |= {"issuer": racine, "jwks_uri": f"{racine}/jwks"} | fournisseur.config
                    self._repondre(json.dumps(config))
                elif chemin == "/jwks":
                    cle = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(fournisseur.cle.public_key()))
                    self._repondre(
                        json.dumps({"keys": [cle | {"kid": "cle-1", "alg": "RS256", "use": "sig"}]})
                    )
                elif chemin == "/userinfo":
                    dites = fournisseur._commun() | fournisseur.personne | fournisseur.infos
                    if fournisseur.userinfo_en_clair:
                        self._repondre(json.dumps(dites))
                    else:
                        self._repondre(fournisseur._signer(dites), "application/jwt")
                else:
                    self._repondre("{}", code=404)

            def do_POST(self):
                corps = self.rfile.read(int(self.headers["Content-Length"])).decode()
                jeton = fournisseur.jeton({nom: valeurs[0] for nom, valeurs in parse_qs(corps).items()})
                self._repondre(json.dumps(jeton or {"error": "invalid_grant"}), code=200 if jeton else 400)

            def log_message(self, *args):
                """Silent."""

        return Gestionnaire
