"""The rows of a lot: its places filled, digests of frozen versions, chains of the journal, minutes."""

import hashlib
from decimal import Decimal

from manufactures.demonstration.peuplement import temps
from manufactures.demonstration.peuplement.lots import Copie, Livre, Tableau
from manufactures.demonstration.peuplement.moules import Entree
from manufactures.demonstration.peuplement.releve import JOURNAL
from manufactures.demonstration.peuplement.tirages import Tirages
from manufactures.demonstration.peuplement.valeurs import Valeurs
from manufactures.journal.models import RACINE
from manufactures.programme.models import NatureAide

APRES = {"empreinte", "contenu", "evenement", "precedente", "nouvelle", "liste", "ordre"}  # known only later
RANG_DANS_LE_FIL, PRECEDENTE, NOUVELLE, ORDRE = ("rang",), ("precedente",), ("nouvelle",), ("ordre",)


class Rendu(Valeurs):
    """Fills the places of a lot's copies and gives its rows, table by table."""

    def __init__(self, tableau: Tableau, tirages: Tirages, livre: Livre):
        super().__init__(tableau, tirages, livre)
        self.tables: dict[str, list[str]] = {}

    def ecrire(self) -> dict[str, list[str]]:
        """Every row of the lot, as COPY reads them."""
        for copie in self.tableau.toutes():
            self._remplir(copie)
        for copie in self.tableau.toutes():
            self._figer(copie)
        self._chainer()
        for copie in self.tableau.toutes():
            self._minuter(copie)
            for table, texte in copie.moule.blocs.items():
                self.tables.setdefault(table, []).append(texte.rendre(copie.valeurs))
            for table, rangees in copie.moule.melanges.items():
                self.tables.setdefault(table, []).extend(sorted(r.rendre(copie.valeurs) for r in rangees))
        self._engager()
        return self.tables

    def _remplir(self, copie: Copie) -> None:
        dits = copie.moule.dits
        copie.valeurs = [""] * len(copie.moule.places)
        for cle, place in copie.moule.places.items():
            genre = cle[0]
            if genre == "dit":
                instant, dit = dits[place]
                copie.valeurs[place] = temps.dire(dit.maniere, copie.instants[instant])
            elif genre == "cle":
                copie.valeurs[place] = str(copie.bases[cle[1]] + cle[2])
            elif genre not in APRES and cle != RANG_DANS_LE_FIL:
                copie.valeurs[place] = getattr(self, f"_{genre}")(copie, *cle[1:])

    def _engager(self) -> None:
        """What the lot has taken on its wave's envelope."""
        engage = self.livre.engage.setdefault(self.tableau.vague.pk, {})
        for membre in self.tableau.lot.membres:
            for nature in NatureAide:
                engage[nature] = engage.get(nature, Decimal(0)) + self.tableau.famille.engage(membre, nature)

    # -- digests and chains ----------------------------------------------------------------------------------------
    def _figer(self, copie: Copie) -> None:
        """The frozen version and its digest, which the receipt and the journal repeat."""
        for empreinte, contenu, texte in copie.moule.versions:
            canonique = texte.rendre(copie.valeurs)
            copie.valeurs[empreinte] = hashlib.sha256(canonique.encode()).hexdigest()
            copie.valeurs[contenu] = canonique.replace("\\", "\\\\")

    def _chainer(self) -> None:
        """Each thread in the order of time: a dossier's own, a sitting's where its items meet, a member's for ever."""
        fils: dict[str, list[tuple]] = {}
        for copie in self.tableau.toutes():
            rang = copie.membre.rang if copie.membre else 0
            for entree in copie.moule.journal:
                cle = (copie.instants[entree.instant], copie.membre is None, rang, entree.rang)
                fils.setdefault(entree.fil.rendre(copie.valeurs), []).append((cle, copie, entree))
        lignes = self.tables.setdefault(JOURNAL, [])
        for fil, entrees in fils.items():
            traverse = not any(entree.fil.places for _, _, entree in entrees)
            rang, empreinte = self.livre.chaines.get(fil, (0, RACINE)) if traverse else (0, RACINE)
            for _, copie, entree in sorted(entrees, key=lambda e: e[0]):
                rang += 1
                empreinte = self._ecrire_une_ligne(copie, entree, rang, empreinte, lignes)
                if copie.membre is None:
                    self.tableau.evenements[copie.moule.nom, entree.rang] = rang
            if traverse:
                self.livre.chaines[fil] = rang, empreinte

    @staticmethod
    def _ecrire_une_ligne(copie: Copie, entree: Entree, rang: int, precedente: str, lignes: list[str]) -> str:
        places, valeurs = copie.moule.places, copie.valeurs
        valeurs[places[RANG_DANS_LE_FIL]], valeurs[places[PRECEDENTE]] = str(rang), precedente
        empreinte = hashlib.sha256(entree.canonique.rendre(valeurs).encode()).hexdigest()
        valeurs[places[NOUVELLE]] = empreinte
        lignes.append(entree.ligne.rendre(valeurs))
        return empreinte

    # -- minutes ---------------------------------------------------------------------------------------------------
    def _minuter(self, copie: Copie) -> None:
        """Lists of all the items, and the numbers that lines of the sitting's thread now bear."""
        for cle, place in copie.moule.places.items():
            if cle[0] == "liste":
                copie.valeurs[place] = self._liste(copie, cle[1]).replace("\\", "\\\\")
            elif cle[0] == "evenement":
                nom = f"seance-{cle[1]}"
                seance = self._autre(nom)
                numero = seance.cle("selection_seance", 0)
                copie.valeurs[place] = f"seance/{numero}#{self.tableau.evenements[nom, cle[2]]}"

    def _liste(self, copie: Copie, cle: str) -> str:
        quoi = copie.moule.nom, cle
        dits = [c for c in self.tableau.agendas[copie.moule.nom] if quoi in c.moule.fragments]
        if cle == "liste_classee":
            dits.sort(key=lambda c: c.moule.fragments[quoi][0])
        textes = []
        for ordre, membre in enumerate(dits, 1):
            if ORDRE in membre.moule.places:
                membre.valeurs[membre.moule.places[ORDRE]] = str(ordre)
            textes.append(membre.moule.fragments[quoi][1].rendre(membre.valeurs))
        return f"[{','.join(textes)}]"
