"""The client: `http.client` in threads, one connection a request, as gunicorn's sync workers close each.

The same client measures the floor, so that what it costs itself is in both.
"""

import http.client
import time
from dataclasses import dataclass
from threading import Barrier, Thread

from scripts.outils.banc.formulaires import Formulaire, formulaire_de
from scripts.outils.banc.statistiques import resumer

PATIENCE = 60.0  # seconds for one answer
REPONSES_AU_MOINS = 6  # by all clients together, however slow the page
DEBORDEMENT = 5  # times the asked duration, and then even a slow page stops


class MesureImpossible(Exception):
    """A page does not answer what it should; the message says which, and what it answered."""


@dataclass(frozen=True)
class Passage:
    """One reader of one page: the address, and the session that opens it."""

    chemin: str
    session: str = ""
    formulaire: str = ""  # address of the page that holds the form, where the page is a form that is saved
    htmx: bool = False  # saved by the page's script


@dataclass
class Page:
    """A page to measure: one passage a client, in turn."""

    nom: str
    passages: list[Passage]
    attendu: int = 200
    requetes: int | None = None
    lignes: int | None = None
    affichees: int | None = None

    def suffit_a(self, clients: int) -> bool:
        """Whether so many may visit at once: two people who save the same form would be told of each other."""
        return not self.passages[0].formulaire or clients <= len(self.passages)


class Client:
    """One visitor: their cookies, and their form if the page is one."""

    def __init__(self, port: int, page: Page, passage: Passage):
        self.port, self.page, self.passage = port, page, passage
        self.temoins = {"sessionid": passage.session} if passage.session else {}
        self.formulaire: Formulaire | None = None

    def preparer(self) -> None:
        """Read the form once, outside what is measured."""
        if self.passage.formulaire and self.formulaire is None:
            _, corps = self.demander("GET", self.passage.formulaire, attendu=200)
            self.formulaire = formulaire_de(corps.decode(), self.passage.chemin)

    def visiter(self) -> float:
        """Ask once; milliseconds until the last byte."""
        if self.formulaire is None:
            return self.demander("GET", self.passage.chemin, attendu=self.page.attendu)[0]
        corps = self.formulaire.remplir()
        duree, _ = self.demander("POST", self.passage.chemin, corps, attendu=self.page.attendu)
        self.formulaire.enregistre()
        return duree

    def demander(self, methode: str, chemin: str, corps: bytes = b"", *, attendu: int) -> tuple[float, bytes]:
        """One request on its own connection. Raises MesureImpossible on any other answer than the expected."""
        entetes = {"Cookie": "; ".join(f"{nom}={valeur}" for nom, valeur in self.temoins.items())}
        if methode == "POST":
            entetes["Content-Type"] = "application/x-www-form-urlencoded"
            entetes |= {"HX-Request": "true"} if self.passage.htmx else {}
        debut = time.perf_counter()
        connexion = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connexion.request(methode, chemin, corps or None, entetes)
            reponse = connexion.getresponse()
            recu = reponse.read()
        except OSError as panne:
            raise MesureImpossible(
                f"{self.page.nom} : {methode} {chemin} n'aboutit pas ({panne})."
            ) from panne
        finally:
            connexion.close()
        duree = (time.perf_counter() - debut) * 1000
        if reponse.status != attendu:
            raise MesureImpossible(
                f"{self.page.nom} : {methode} {chemin} répond {reponse.status}, {attendu} attendu."
            )
        for temoin in reponse.headers.get_all("Set-Cookie", []):
            nom, _, valeur = temoin.partition(";")[0].partition("=")
            self.temoins[nom] = valeur
        return duree, recu


def mesurer(port: int, page: Page, *, clients: int, secondes: float) -> dict:
    """One round: so many clients at once for so long. Raises MesureImpossible."""
    visiteurs = [Client(port, page, page.passages[i % len(page.passages)]) for i in range(clients)]
    for visiteur in visiteurs:
        visiteur.preparer()
    durees: list[float] = []
    pannes: list[Exception] = []
    depart = Barrier(clients)

    def courir(visiteur: Client) -> None:
        depart.wait()
        debut, faites = time.perf_counter(), 0
        try:
            while (ecoule := time.perf_counter() - debut) < secondes or (
                faites * clients < REPONSES_AU_MOINS and ecoule < secondes * DEBORDEMENT
            ):
                durees.append(visiteur.visiter())
                faites += 1
        except MesureImpossible as panne:
            pannes.append(panne)

    fils = [Thread(target=courir, args=(visiteur,)) for visiteur in visiteurs]
    debut = time.perf_counter()
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    if pannes:
        raise pannes[0]
    return resumer(durees, time.perf_counter() - debut)
