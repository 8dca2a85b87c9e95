"""The last ten seconds before a closing: sixty people deposit at once, on the site as production runs it.

Half of them leave together ten seconds before, a third one second before, the others on either side of the closing; one
begins a second before and gives its last bytes after.
Every answer must be a success or a clear refusal; each success has exactly one frozen version, one receipt and all its
files; each refusal has nothing.
"""

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

from scripts.outils.banc.mesure import MesureImpossible
from scripts.outils.banc.sites import ATTENTE, port_libre
from scripts.outils.banc.statistiques import MARGE_BASSE, quantile
from scripts.outils.installation import RACINE
from scripts.outils.processus import Processus
from scripts.outils.systeme import fin_du_journal

DEPOSANTS, SECONDES, PIECES = 60, 10.0, 5
ELAN = 2.0  # seconds to get ready, once the closing is known
PATIENCE = 60.0
# As the image starts it (Dockerfile).
REGLAGES = "--worker-class gthread --workers 2 --threads 4 --timeout 60 --no-control-socket"
REFUS = "Les dépôts sont clos depuis le"
CHAMP = re.compile(r'<input type="hidden" name="(cle_unique|csrfmiddlewaretoken)" value="([^"]+)"')
CASE = re.compile(r'name="(attestation_\w+)"')


@dataclass
class Deposant:
    """One person: their draft, the form they have open, what they were answered."""

    numero: str
    session: str
    champs: dict = field(default_factory=dict)
    temoins: dict = field(default_factory=dict)
    depart: float = 0.0  # seconds before the closing (negative: after)
    reste_a: float | None = None  # when half of the body leaves after the other, on the same scale
    parti_le: float = 0.0
    envoye_le: float = 0.0
    duree_ms: float = 0.0
    statut: int = 0
    refus_clair: bool = False
    panne: str = ""

    @property
    def chemin(self) -> str:
        """The page of their deposit."""
        return f"/dossiers/{self.numero}/depot/"

    @property
    def reussi(self) -> bool:
        """Told that it is deposited."""
        return self.statut == HTTPStatus.FOUND

    @property
    def refuse(self) -> bool:
        """Told that it is not, and why."""
        return self.statut == HTTPStatus.CONFLICT and self.refus_clair


class Ruee:
    """One rush on one database."""

    def __init__(self, env: dict, donnees: Path, *, deposants: int = DEPOSANTS):
        self.port = port_libre()
        self.env = {**env, "SITE_URL": f"http://127.0.0.1:{self.port}", "ALLOWED_HOSTS": "127.0.0.1"}
        commande = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", *REGLAGES.split()]
        journal = donnees / "site-ruee.log"
        self.site = Processus(
            "Le site de la ruée", [*commande, "manufactures.wsgi:application"], self.env, journal
        )
        self.nombre = deposants
        self.deposants: list[Deposant] = []
        self.cloture = 0.0
        self.constats: dict[str, dict] = {}

    def mener(self) -> dict:
        """The whole of it. Raises MesureImpossible when it cannot be played."""
        self.deposants = [Deposant(**pret) for pret in self.donnees("preparer", str(self.nombre))]
        self.site.demarrer()
        try:
            self.attendre()
            for deposant in self.deposants:
                self.ouvrir(deposant)
            self.jouer()
        finally:
            self.site.arreter()
        numeros = [deposant.numero for deposant in self.deposants]
        self.constats = self.donnees("constater", entree=json.dumps(numeros))
        return self.bilan()

    def attendre(self) -> None:
        """Until the site answers."""
        limite = time.monotonic() + ATTENTE
        while time.monotonic() < limite:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2):
                    return
            except OSError:
                if self.site.est_mort():
                    raise MesureImpossible(self.site.constat()) from None
                time.sleep(0.05)
        raise MesureImpossible(f"Le site de la ruée ne démarre pas.\n{fin_du_journal(self.site.journal)}")

    def ouvrir(self, deposant: Deposant) -> None:
        """Read the page of the deposit: its key, its token, the certificates that it asks for."""
        deposant.temoins = {"sessionid": deposant.session}
        statut, page, temoins = self.demander(deposant, "GET")
        if statut != HTTPStatus.OK:
            raise MesureImpossible(f"{deposant.chemin} répond {statut}.")
        deposant.temoins |= temoins
        deposant.champs = dict(CHAMP.findall(page)) | dict.fromkeys(CASE.findall(page), "on")
        deposant.champs["action"] = "deposer"

    def jouer(self) -> None:
        """Everybody leaves when they must; nobody waits for anybody."""
        for deposant, depart in zip(self.deposants, departs(self.nombre), strict=True):
            deposant.depart = depart
        self.deposants[-1].depart, self.deposants[-1].reste_a = 1.0, -0.3
        self.cloture = self.donnees("clore", str(SECONDES + ELAN), self.deposants[0].numero)
        fils = [Thread(target=self.deposer, args=(deposant,)) for deposant in self.deposants]
        for fil in fils:
            fil.start()
        for fil in fils:
            fil.join()

    def deposer(self, deposant: Deposant) -> None:
        """One deposit, at its instant."""
        self.attendre_jusqu_a(deposant.depart)
        deposant.parti_le = time.time()
        try:
            statut, page, _ = self.demander(deposant, "POST", urlencode(deposant.champs).encode())
        except OSError as panne:
            deposant.panne = f"{type(panne).__name__} : {panne}"
            return
        deposant.duree_ms = (time.time() - deposant.parti_le) * 1000
        deposant.statut, deposant.refus_clair = statut, REFUS in page.replace("\u00a0", " ")

    def attendre_jusqu_a(self, secondes: float) -> None:
        """So long before the closing."""
        time.sleep(max(self.cloture - secondes - time.time(), 0))

    def demander(self, deposant: Deposant, methode: str, corps: bytes | None = None) -> tuple[int, str, dict]:
        """One request on its own connection; when the last byte of the body left is kept."""
        entetes = {"Cookie": "; ".join(f"{nom}={valeur}" for nom, valeur in deposant.temoins.items())}
        if corps is not None:
            entetes["Content-Type"] = "application/x-www-form-urlencoded"
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            if deposant.reste_a is None or corps is None:
                connexion.request(methode, deposant.chemin, corps, entetes)
            else:
                longueur = {"Content-Length": str(len(corps))}
                connexion.request(
                    methode, deposant.chemin, self.en_deux_fois(deposant, corps), entetes | longueur
                )
            deposant.envoye_le = time.time()
            reponse = connexion.getresponse()
            page = reponse.read().decode()
        finally:
            connexion.close()
        recus = (
            temoin.partition(";")[0].partition("=") for temoin in reponse.headers.get_all("Set-Cookie", [])
        )
        return reponse.status, page, {nom: valeur for nom, _, valeur in recus}

    def en_deux_fois(self, deposant: Deposant, corps: bytes) -> Iterator[bytes]:
        """Half of the body now, the other half at its instant."""
        yield corps[: len(corps) // 2]
        self.attendre_jusqu_a(deposant.reste_a)
        yield corps[len(corps) // 2 :]

    def donnees(self, *quoi: str, entree: str = ""):
        """The database's side, in a process of its own."""
        commande = [sys.executable, "-m", "scripts.outils.banc.ruee_donnees", *quoi]
        fini = subprocess.run(
            commande, cwd=RACINE, env=self.env, input=entree, capture_output=True, text=True, check=False
        )
        if fini.returncode:
            raise MesureImpossible(f"La ruée ne se prépare pas ({quoi[0]}).\n{fini.stderr[-2000:]}")
        return json.loads(fini.stdout.strip().splitlines()[-1])

    def bilan(self) -> dict:
        """What the contract asks for; `perdus` and `doubles` must be zero."""
        durees = [d.duree_ms for d in self.deposants if not d.panne]
        return {
            "deposants": len(self.deposants),
            "reussis": sum(d.reussi for d in self.deposants),
            "refuses": sum(d.refuse for d in self.deposants),
            "perdus": sum(1 for _ in self.perdus()),
            "doubles": sum(c["versions"] > 1 or c["accuses"] > 1 for c in self.constats.values()),
            "p95_ms": round(quantile(durees, MARGE_BASSE), 1) if durees else None,
        }

    def perdus(self) -> Iterator[str]:
        """Answers that are neither a success nor a clear refusal, and those that the database does not bear out."""
        for deposant in self.deposants:
            constat = self.constats[deposant.numero]
            rien = {"etat": "BROUILLON", "versions": 0, "accuses": 0, "messages": 0}
            tout = {"etat": "DEPOSE", "versions": 1, "accuses": 1, "messages": 1, "pieces": PIECES}
            if deposant.panne or not (deposant.reussi or deposant.refuse):
                yield f"{deposant.numero} : {deposant.panne or deposant.statut}"
            elif not (tout if deposant.reussi else rien).items() <= constat.items():
                yield f"{deposant.numero} : {deposant.statut}, mais {constat}"


def departs(combien: int) -> list[float]:
    """Seconds before the closing at which each one leaves: together at first, then around the last instant."""
    ensemble, ensuite = combien // 2, combien // 3
    reste = combien - ensemble - ensuite
    autour = [0.5 - rang / max(reste - 1, 1) for rang in range(reste)]
    return [SECONDES] * ensemble + [1.0] * ensuite + autour


def en_mots(ruee: dict) -> str:
    """For people."""
    return (
        f"Ruée : {ruee['deposants']} dépôts dans les dix dernières secondes, {ruee['reussis']} réussis, "
        f"{ruee['refuses']} refusés, {ruee['perdus']} perdus, {ruee['doubles']} doubles ; p95 {ruee['p95_ms']:.0f} ms."
    )
