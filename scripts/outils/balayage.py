"""`scripts/balayer`: wapiti walks the site as each role and attacks every form; one table says what it found.

It writes: never against a service in use. Without --adresse it starts a demonstration of its own, in a folder of its
own. The scanner lives in its own environment: what it depends on is not what the site depends on.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from scripts.outils.environnement import dossier_de_donnees
from scripts.outils.installation import RACINE, VERROUS, arreter, dire, executer, trouver_uv
from scripts.outils.options import options_de_balayage

MODULES = "sql,xss,file,redirect,csrf,ssrf,exec"
GRAVITES = ("information", "faible", "moyenne", "haute", "critique")
MOYENNE = 2
MOT_DE_PASSE = "demonstration"
# Left out: what would end the session or change the password, the mails of the others, files that never change.
HORS = ("/compte/", "/compte/*", "/demo/*", "/static/*")


def main(arguments: list[str]) -> int:
    """0 when nothing of medium gravity or more was found, 1 when something was, 2 when a role was not walked."""
    choix = options_de_balayage().parse_args(arguments)
    dossier = dossier_de_donnees(choix.donnees) / "balayage"
    dossier.mkdir(parents=True, exist_ok=True)
    wapiti = installer(dossier / "environnement")
    with demonstration(choix.adresse, dossier, choix.port) as adresse:
        bilans = {role: balayer(wapiti, adresse, role, dossier, choix) for role in choix.roles}
    return conclure(bilans, dossier)


def installer(environnement: Path) -> str:
    """The scanner, locked, digests checked, in an environment of its own."""
    verrou, cachet = VERROUS / "balayage.txt", environnement / "verrou"
    empreinte = hashlib.sha256(verrou.read_bytes()).hexdigest()
    if not cachet.exists() or cachet.read_text() != empreinte:
        uv, python = trouver_uv(), str(environnement / "bin" / "python")
        dire("Installation de wapiti…")
        executer(
            uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(environnement)
        )
        executer(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(verrou))
        cachet.write_text(empreinte)
    return str(environnement / "bin" / "wapiti")


@contextmanager
def demonstration(adresse: str | None, dossier: Path, port: int):
    """The address to walk: the one given, or that of a demonstration started here and stopped at the end."""
    if adresse:
        yield adresse.rstrip("/")
        return
    commande = [
        str(RACINE / "scripts" / "demo"),
        "--port",
        str(port),
        "--donnees",
        str(dossier / "donnees"),
        "--reset",
    ]
    env = {
        nom: valeur
        for nom, valeur in os.environ.items()
        if nom not in ("DATABASE_URL", "REDIS_URL", "DONNEES")
    }
    demo = subprocess.Popen(commande, cwd=RACINE, env=env, stdout=subprocess.PIPE, text=True)
    try:
        if not any(ligne.startswith("Prêt") for ligne in demo.stdout):
            arreter("La démonstration n'a pas démarré.")
        threading.Thread(target=demo.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait()


# --- One role ---------------------------------------------------------------------------------------------------------


def entrer(adresse: str, role: str, biscuits: Path) -> CookieJar:
    """Sign in by the page, and leave the cookies where the scanner reads them."""
    bocal = CookieJar()
    ouvrir = navigateur(bocal)
    page = ouvrir(f"{adresse}/compte/login/").read().decode()
    jeton = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]
    envoi = {"csrfmiddlewaretoken": jeton, "login": f"{role}@manufactures.test", "password": MOT_DE_PASSE}
    reponse = ouvrir(f"{adresse}/compte/login/", urlencode(envoi).encode())
    if urlsplit(reponse.url).path != "/accueil/":
        arreter(f"{role} n'entre pas : {reponse.url}")
    champs = ("value", "expires", "secure", "port", "version")
    lus = {biscuit.name: {champ: getattr(biscuit, champ) for champ in champs} for biscuit in bocal}
    biscuits.write_text(json.dumps({urlsplit(adresse).hostname: {"/": lus}}))
    biscuits.chmod(0o600)
    return bocal


def navigateur(bocal: CookieJar):
    """Opens addresses with these cookies, through no proxy."""
    return build_opener(ProxyHandler({}), HTTPCookieProcessor(bocal)).open


def est_encore_entre(adresse: str, bocal: CookieJar) -> bool:
    """The session that the scanner used still opens a page: what it walked, it walked signed in."""
    try:
        return urlsplit(navigateur(bocal)(f"{adresse}/accueil/").url).path == "/accueil/"
    except HTTPError:
        return False


def balayer(wapiti: str, adresse: str, role: str, dossier: Path, choix) -> dict:
    """Walk and attack as one role: pages, findings, whether the session held. Bounded in time, a module at a time."""
    dire(f"{role}…")
    biscuits, rapport = dossier / f"{role}.biscuits", dossier / f"{role}.json"
    rapport.unlink(missing_ok=True)
    bocal = entrer(adresse, role, biscuits)
    with canari() as ecoute:
        commande = [wapiti, "-u", f"{adresse}/", "-c", str(biscuits), "-m", MODULES, "--scope", "domain"]
        for chemin in HORS:
            commande += ["-x", adresse + chemin]
        commande += ["--max-scan-time", str(choix.exploration), "--max-attack-time", str(choix.attaque)]
        commande += [
            "--max-files-per-dir",
            "8",
            "--max-parameters",
            "12",
            "-d",
            "5",
            "-t",
            "10",
            "--tasks",
            "3",
        ]
        commande += ["--external-endpoint", ecoute, "--internal-endpoint", ecoute, "--flush-session"]
        commande += [
            "--store-session",
            str(dossier / "sessions"),
            "--store-config",
            str(dossier / "reglages"),
        ]
        commande += ["--no-bugreport", "-f", "json", "-o", str(rapport)]
        with (dossier / f"{role}.log").open("w") as journal:
            env = {**os.environ, "NO_PROXY": "127.0.0.1,localhost"}
            subprocess.run(commande, stdout=journal, stderr=subprocess.STDOUT, env=env, check=False)
    tenu = est_encore_entre(adresse, bocal)
    biscuits.unlink()
    if not rapport.exists():
        return {"pages": 0, "tenu": False, "trouves": []}
    lu = json.loads(rapport.read_text())
    trouves = [
        {"genre": genre, **faille} for genre, failles in lu["vulnerabilities"].items() for faille in failles
    ]
    return {"pages": lu["infos"]["crawled_pages_nbr"], "tenu": tenu, "trouves": trouves}


class Canari(BaseHTTPRequestHandler):
    """Whoever asks for an address that only an attack has named was made to do so (SSRF)."""

    def do_GET(self):
        """Remember the call; tell the scanner, when it asks, which of its attacks was obeyed."""
        morceaux = self.path.strip("/").split("/")
        if morceaux[0] == "ssrf" and len(morceaux) >= 4:  # noqa: PLR2004 -- /ssrf/session/path/parameter
            appel = {
                "url": self.path,
                "date": datetime.now(UTC).isoformat(),
                "ip": self.client_address[0],
                "method": "GET",
            }
            self.server.appels.setdefault(morceaux[2], {}).setdefault(morceaux[3], []).append(appel)
        corps = json.dumps(self.server.appels).encode() if "get_ssrf" in self.path else b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(corps)

    def log_message(self, *_):
        """Says nothing."""


@contextmanager
def canari():
    """A listener on this machine; yields its address."""
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), Canari)
    serveur.appels = {}
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{serveur.server_port}/"
    finally:
        serveur.shutdown()


# --- What was found ---------------------------------------------------------------------------------------------------


def conclure(bilans: dict[str, dict], dossier: Path) -> int:
    """One line a role, then each finding of medium gravity or more."""
    print(f"{'rôle':14}{'pages':>7}" + "".join(f"{gravite:>13}" for gravite in GRAVITES))
    graves, manques = [], []
    for role, bilan in bilans.items():
        comptes = [sum(f["level"] == niveau for f in bilan["trouves"]) for niveau in range(len(GRAVITES))]
        print(f"{role:14}{bilan['pages']:>7}" + "".join(f"{nombre:>13}" for nombre in comptes))
        graves += [(role, faille) for faille in bilan["trouves"] if faille["level"] >= MOYENNE]
        manques += [role] if not bilan["tenu"] else []
    for role, faille in graves:
        quoi = f"{GRAVITES[faille['level']]}, {faille['genre']}, {faille['method']} {faille['path']}"
        print(f"{role} : {quoi} : {faille['info']}")
    for role in manques:
        print(f"{role} : la session n'a pas tenu jusqu'au bout, ce rôle n'est pas parcouru.")
    print(f"Rapports : {dossier}")
    return 1 if graves else 2 if manques else 0
