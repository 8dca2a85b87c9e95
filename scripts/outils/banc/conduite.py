"""`scripts/bench`: how fast the pages are, against a bare Django page of the same run; how many letters a second.

Services of its own, one database a size, gunicorn on each, interleaved rounds; what it started is stopped at the end.
"""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from scripts.outils.banc import objectifs, rapport
from scripts.outils.banc.bases import BaseImpossible, Bases
from scripts.outils.banc.formulaires import FormulaireAbsent
from scripts.outils.banc.mesure import MesureImpossible
from scripts.outils.banc.ruee import Ruee, en_mots
from scripts.outils.banc.sites import Site, ouvrir_le_plancher, reperer
from scripts.outils.banc.statistiques import avertissements
from scripts.outils.banc.tours import Tours, mesurer_les_lettres
from scripts.outils.embarques import Services
from scripts.outils.environnement import dossier_de_donnees
from scripts.outils.installation import arreter, dire
from scripts.outils.options import lire_options_de_bench
from scripts.outils.systeme import ServiceIndisponible

GARDE = "banc"  # inside the data folder, with --garder


def main(arguments: list[str]) -> int:
    """0 when it measured, whatever the figures say; 1 when it could not."""
    choix = lire_options_de_bench(arguments)
    signal.signal(signal.SIGTERM, lambda numero, _: sys.exit(128 + numero))
    charge = os.getloadavg()[0]  # before we add ours
    donnees = Path(tempfile.mkdtemp(prefix="manufactures-bench-")).resolve()
    if choix.garder:
        donnees.rmdir()
        donnees = dossier_de_donnees() / GARDE
    banc = Banc(choix, donnees, charge)
    try:
        banc.derouler()
    except (MesureImpossible, BaseImpossible, FormulaireAbsent, ServiceIndisponible) as panne:
        arreter(f"Le banc n'a pas pu mesurer. {panne}")
    except KeyboardInterrupt:
        return 130
    finally:
        banc.arreter()
    return 0


class Banc:
    """Everything that runs for one benchmark."""

    def __init__(self, choix, donnees: Path, charge: float):
        self.choix, self.donnees, self.charge = choix, donnees, charge
        self.services = Services(donnees, {})
        self.plancher: Site | None = None
        self.sites: dict[int, Site] = {}

    def derouler(self) -> None:
        """Databases, sites, rounds, letters, report."""
        dire("Démarrage des services…")
        self.services.demarrer()
        bases = Bases(self.donnees, self.services.cluster, self.services.redis.url())
        urls = bases.preparer(self.choix.tailles)
        envs = {taille: bases.environnement(bases.nom(taille)) for taille in urls}
        absentes = self.ouvrir(bases, envs)
        tours = Tours(self.plancher, self.sites, tours=self.choix.tours, secondes=self.choix.secondes)
        tours.derouler()
        memoires = {taille: site.memoire_mo() for taille, site in self.sites.items()}
        self.fermer()  # letters are measured alone
        lettres = None
        if not self.choix.sans_lettres:
            lettres = mesurer_les_lettres(envs[min(envs)], tours=self.choix.tours)
        ruee = None if self.choix.sans_ruee else Ruee(bases.pour_la_ruee(), self.donnees).mener()
        self.dire_tout(tours, absentes, lettres, {t: round(m) for t, m in memoires.items() if m}, ruee)

    def ouvrir(self, bases: Bases, envs: dict[int, dict]) -> dict[str, str]:
        """Floor and sites, warm; the pages that are in none of the databases, and why."""
        premier = envs[min(envs)]
        self.plancher = ouvrir_le_plancher(premier, bases.plancher(), self.donnees)
        self.plancher.demarrer()
        absentes: dict[str, str] = {}
        for taille, env in envs.items():
            pages, manquent = reperer(env, self.choix.pages)
            absentes |= {f"{nom} ({taille})": raison for nom, raison in manquent.items()}
            site = Site(str(taille), "manufactures.wsgi:application", env, self.donnees)
            site.pages = {page.nom: page for page in pages}
            self.sites[taille] = site
            site.demarrer()
        for site in (self.plancher, *self.sites.values()):
            site.chauffer()
        if not any(site.pages for site in self.sites.values()):
            raise MesureImpossible(f"Aucune page à mesurer : {absentes}")
        return absentes

    def dire_tout(
        self,
        tours: Tours,
        absentes: dict,
        lettres: dict | None,
        memoires: dict[int, int],
        ruee: dict | None = None,
    ) -> None:
        """The table, the verdicts, and the file."""
        alertes = avertissements(
            charge=self.charge,
            processeurs=os.cpu_count() or 1,
            planchers_ms=tours.planchers[1],
            tours=self.choix.tours,
            secondes=self.choix.secondes,
        )
        lignes = tours.lignes()
        constats = objectifs.juger(lignes, lettres, memoires)
        machine = rapport.machine(
            charge=self.charge,
            tours=self.choix.tours,
            secondes=self.choix.secondes,
            plancher_ms=tours.planchers_medians(),
            avertissements=alertes,
        )
        contenu = rapport.composer(
            machine=machine, lignes=lignes, memoires=memoires, constats=constats, lettres=lettres, ruee=ruee
        )
        rapport.ecrire(self.choix.sortie, contenu)
        self.imprimer(contenu, absentes, constats)

    def imprimer(self, contenu: dict, absentes: dict, constats: list) -> None:
        """For people: on stdout."""
        plancher = contenu["machine"]["plancher_p50_ms"]
        print(rapport.tableau(contenu["pages"]))
        print(
            f"\nPlancher, p50 en ms : {plancher['1']} à 1 client, {plancher['4']} à 4, {plancher['8']} à 8."
        )
        if "lettres" in contenu:
            print(rapport.lettres_en_mots(contenu["lettres"]))
        if "ruee" in contenu:
            print(en_mots(contenu["ruee"]))
        for memoire in contenu["memoire"]:
            taille = rapport.en_milliers(memoire["dossiers"])
            print(f"Mémoire d'un ouvrier, {taille} dossiers : {memoire['memoire_mo']} Mo au plus.")
        for nom, raison in absentes.items():
            print(f"Absente : {nom}, {raison}.")
        print(f"\n{rapport.verdicts_en_mots(constats)}")
        for phrase in contenu["machine"]["avertissements"]:
            print(f"Attention : {phrase}")
        print(f"\nÉcrit dans {self.choix.sortie}")

    def fermer(self) -> None:
        """Stop the sites."""
        for site in filter(None, (self.plancher, *self.sites.values())):
            site.arreter()

    def arreter(self) -> None:
        """Stop what was started, and leave nothing unless asked."""
        self.fermer()
        self.services.arreter(quoi_qu_il_en_soit=not self.choix.garder)
        if self.choix.garder:
            dire(f"Données gardées dans {self.donnees} : la prochaine mesure s'en servira.")
            return
        self.services.cluster.effacer()
        shutil.rmtree(self.donnees, ignore_errors=True)
