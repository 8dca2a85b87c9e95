"""The rounds: in each, every page of every size once, its floor beside it; medians come from the rounds."""

import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict

from scripts.outils.banc.lettres import VARIANTES
from scripts.outils.banc.mesure import MesureImpossible, mesurer
from scripts.outils.banc.sites import Site
from scripts.outils.banc.statistiques import mediane_des_tours
from scripts.outils.installation import RACINE, dire

CLIENTS = (1, 4, 8)
LETTRES_PAR_TOUR = 12


class Tours:
    """What is measured, round after round."""

    def __init__(self, plancher: Site, sites: dict[int, Site], *, tours: int, secondes: float):
        self.plancher, self.sites = plancher, sites
        self.nombre, self.secondes = tours, secondes
        self.mesures: dict[tuple, list[dict]] = defaultdict(list)
        self.rapports: dict[tuple, list[float]] = defaultdict(list)
        self.planchers: dict[int, list[float]] = defaultdict(list)  # p50 of each round, by number of clients

    def derouler(self) -> None:
        """All rounds, with a word on how long is left."""
        debut = time.monotonic()
        for tour in range(self.nombre):
            self.un_tour()
            ecoule = time.monotonic() - debut
            reste = ecoule / (tour + 1) * (self.nombre - tour - 1)
            dire(f"Tour {tour + 1} sur {self.nombre} : {ecoule:.0f} s, encore {reste:.0f} s environ.")

    def un_tour(self) -> None:
        """One client: the floor beside each page. Several: the floor once, then the pages."""
        noms = list(dict.fromkeys(nom for site in self.sites.values() for nom in site.pages))
        voisins = []
        for nom in noms:
            plancher = self.mesurer_le_plancher(1)
            voisins.append(plancher)
            self.mesurer_une_page(nom, 1, plancher)
        self.planchers[1].append(statistics.median(voisins))
        for clients in CLIENTS[1:]:
            plancher = self.mesurer_le_plancher(clients)
            self.planchers[clients].append(plancher)
            for nom in noms:
                self.mesurer_une_page(nom, clients, plancher)

    def mesurer_le_plancher(self, clients: int) -> float:
        """Its p50, now."""
        page = self.plancher.pages["plancher"]
        return mesurer(self.plancher.port, page, clients=clients, secondes=self.secondes)["p50_ms"]

    def mesurer_une_page(self, nom: str, clients: int, plancher: float) -> None:
        """The page at each size, one after the other: what disturbs one disturbs the others."""
        for taille, site in self.sites.items():
            if (page := site.pages.get(nom)) and page.suffit_a(clients):
                mesure = mesurer(site.port, page, clients=clients, secondes=self.secondes)
                self.mesures[nom, taille, clients].append(mesure)
                self.rapports[nom, taille, clients].append(mesure["p50_ms"] / plancher)

    def planchers_medians(self) -> dict[int, float]:
        """The floor's p50, by number of clients."""
        return {clients: statistics.median(p50) for clients, p50 in self.planchers.items()}

    def lignes(self) -> list[dict]:
        """One line a page, a size and a number of clients, in the contract's form."""
        lignes = []
        for (nom, taille, clients), tours in self.mesures.items():
            page, mediane = self.sites[taille].pages[nom], mediane_des_tours(tours)
            lignes.append(
                {
                    "page": nom,
                    "dossiers": taille,
                    "clients": clients,
                    "requetes": page.requetes,
                    "lignes": page.lignes,
                    "affichees": page.affichees,
                    "p50_ms": round(mediane["p50_ms"], 2),
                    "p95_ms": round(mediane["p95_ms"], 2),
                    "par_seconde": round(mediane["par_seconde"], 2),
                    "ratio_plancher": round(statistics.median(self.rapports[nom, taille, clients]), 3),
                }
            )
        return lignes


def mesurer_les_lettres(env: dict, *, tours: int, par_tour: int = LETTRES_PAR_TOUR) -> dict:
    """The act's path, the same pages by WeasyPrint alone, and a plain letter: each in a process of its own."""
    mesures: dict[str, list[dict]] = defaultdict(list)
    for tour in range(tours):
        for variante in VARIANTES:
            commande = [sys.executable, "-m", "scripts.outils.banc.lettres", variante, str(par_tour)]
            fini = subprocess.run(
                commande,
                cwd=RACINE,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            if fini.returncode:
                raise MesureImpossible(f"Les lettres ({variante}) ont échoué.\n{fini.stderr[-2000:]}")
            mesures[variante].append(json.loads(fini.stdout.strip().splitlines()[-1]))
        dire(f"Lettres, tour {tour + 1} sur {tours}.")
    return resumer_les_lettres(mesures)


def resumer_les_lettres(mesures: dict[str, list[dict]]) -> dict:
    """Medians of the rounds; each ratio compares what one round measured."""

    def mediane(variante: str, cle: str) -> float:
        return statistics.median(mesure[cle] for mesure in mesures[variante])

    def rapport(plancher: str) -> float:
        paires = zip(mesures[plancher], mesures["acte"], strict=True)
        return round(statistics.median(nu["par_seconde"] / acte["par_seconde"] for nu, acte in paires), 3)

    return {
        "par_seconde": round(mediane("acte", "par_seconde"), 2),
        "plancher_par_seconde": round(mediane("nue", "par_seconde"), 2),
        "ratio": rapport("nue"),
        "memoire_mo": round(max(mesure["memoire_mo"] for mesure in mesures["acte"])),
        "type_par_seconde": round(mediane("type", "par_seconde"), 2),
        "ratio_type": rapport("type"),
    }
