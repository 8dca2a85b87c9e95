"""What stands at each place of a copy, then its rows: digests of frozen versions, chains of the journal, minutes."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal

from django.utils.html import escape

from candidatures.instantanes import ajouter_mois
from manufactures.demonstration.peuplement import temps
from manufactures.demonstration.peuplement.lots import Copie, Livre, Tableau
from manufactures.demonstration.peuplement.moules import Entree
from manufactures.demonstration.peuplement.recits import PAR_RANG
from manufactures.demonstration.peuplement.releve import JOURNAL
from manufactures.demonstration.peuplement.seances import (
    MINUTES_PAR_DOSSIER,
    PORTEUR,
    accorder,
    seance_du_rang,
)
from manufactures.demonstration.peuplement.signes import (
    COMMUN,
    RANG_DE_LISTE,
    RANG_DE_SUITE,
    RANG_DE_VAGUE,
    Champ,
)
from manufactures.demonstration.peuplement.tirages import Tirages, dire_les_gens
from manufactures.francais import compter, euros, euros_cents
from manufactures.journal.models import RACINE
from manufactures.programme.models import NatureAide

CENT = Decimal(100)
NUL = "\\N"
APRES = {"empreinte", "contenu", "evenement", "precedente", "nouvelle", "liste", "ordre"}  # known only later


RANG_DANS_LE_FIL, PRECEDENTE, NOUVELLE, ORDRE = ("rang",), ("precedente",), ("nouvelle",), ("ordre",)


class Rendu:
    """Fills the places of a lot's copies and gives its rows, table by table."""

    def __init__(self, tableau: Tableau, tirages: Tirages, livre: Livre):
        self.tableau, self.tirages, self.livre = tableau, tirages, livre
        self.rangs_de_liste: dict[int, int] = {}
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

    # -- values ----------------------------------------------------------------------------------------------------
    def _source(self, copie: Copie, recit: int) -> Copie:
        """The copy that this story's words come from."""
        if copie.membre is not None and copie.membre.recit == recit:
            return copie
        return self.tableau.representant(recit)

    def _autre(self, proprietaire: str) -> Copie:
        """A shared object of the lot, or the copy that stands for a story."""
        if proprietaire.startswith("recit-"):
            return self.tableau.representant(int(proprietaire[-2:]))
        return self.tableau.partages[proprietaire]

    def _cle_de(self, copie: Copie, proprietaire: str, table: str, rang: int) -> str:
        return self._autre(proprietaire).cle(table, rang)

    def _mot(self, copie: Copie, recit: int, champ: int, casse: str) -> str:
        if recit >= COMMUN:
            mot = self._mot_commun(recit, champ)
        else:
            identite = self._source(copie, recit).identite
            if champ == Champ.PROJET and casse == "bas":
                return identite.slug
            mot = identite.mots[champ]
        return {"": mot, "bas": mot.lower(), "haut": mot.upper()}[casse]

    def _html(self, copie: Copie, recit: str, champ: str, casse: str) -> str:
        return escape(self._mot(copie, int(recit), int(champ), casse))

    def _mot_commun(self, recit: int, champ: int) -> str:
        tableau = self.tableau
        if champ == Champ.VAGUE:
            return str(tableau.vague.numero)
        if champ == Champ.SUITE:
            return str(tableau.suite.numero)
        if champ == Champ.PROMOTION:
            premier = next(copie for nom, copie in tableau.partages.items() if nom.startswith("promotion"))
            return f"Promotion {next(iter(premier.bases.values()))}"
        return dire_les_gens({Champ.EXPERT: tableau.equipe[recit]})[champ]

    def _personne(self, copie: Copie, recit: int, qui: int) -> str:
        if qui == RANG_DE_VAGUE:
            return str(self.tableau.vague.pk)
        if qui == RANG_DE_SUITE:
            return str(self.tableau.suite.pk)
        if recit >= COMMUN:
            return str(self.tableau.equipe[recit].pk)
        return str(self._source(copie, recit).identite.gens[qui].pk)

    def _telephone(self, copie: Copie, recit: int, qui: int) -> str:
        if recit >= COMMUN:
            return self.tableau.equipe[recit].telephone
        return self._source(copie, recit).identite.gens[qui].telephone

    def _numero(self, copie: Copie, recit: int) -> str:
        return self._source(copie, recit).identite.numero

    def _siret(self, copie: Copie, recit: int) -> str:
        return self._source(copie, recit).identite.siret

    def _rna(self, copie: Copie, recit: int) -> str:
        return self._source(copie, recit).identite.rna

    def _commune(self, copie: Copie, recit: int) -> str:
        return self._source(copie, recit).identite.commune

    def _postal(self, copie: Copie, recit: int) -> str:
        return self._source(copie, recit).identite.postal

    def _somme(self, copie: Copie, multiple: int, maniere: str) -> str:
        montant = Decimal(multiple * copie.membre.prix) / CENT
        if maniere == "base":
            return f"{montant:.2f}"
        dit = euros_cents(montant) if maniere == "cents" else euros(montant)
        return dit.removesuffix("\u00a0€")

    def _acte(self, copie: Copie, proprietaire: str, k: int) -> str:
        source = copie if proprietaire == copie.moule.nom else self._autre(proprietaire)
        annee, rang = source.numeros[k]
        return f"MP-{annee}-{rang:06d}"

    def _code(self, copie: Copie, proprietaire: str, k: int) -> str:
        source = copie if proprietaire == copie.moule.nom else self._autre(proprietaire)
        return source.codes[k]

    def _annee(self, copie: Copie, k: str) -> str:
        return str(copie.numeros[int(k)][0])

    def _rang_annuel(self, copie: Copie, k: str) -> str:
        return str(copie.numeros[int(k)][1])

    def _uuid(self, copie: Copie, cle: str) -> str:
        return self.tirages.uuid()

    def _latitude(self, copie: Copie) -> str:
        return NUL

    _longitude = _latitude

    def _implicite(self, copie: Copie, maniere: tuple) -> str:
        """The delay of silence runs from the deposit, month by month."""
        depot = copie.instants[self.tableau.famille.depots[copie.membre.recit]]
        jour = ajouter_mois(depot.date(), self.tableau.vague.appel.delai_silence_mois)
        return temps.dire(maniere, datetime.combine(jour, temps.MIDI))

    def _outre_mer(self, copie: Copie) -> str:
        if copie.membre is None:
            return "false"
        return "true" if copie.identite.commune.startswith(("97", "98")) else "false"

    def _examines(self, copie: Copie) -> str:
        return str(self.tableau.examines)

    def _rang(self, copie: Copie, rang: int) -> str:
        tableau = self.tableau
        if rang == RANG_DE_VAGUE:
            return str(tableau.vague.numero)
        if rang == RANG_DE_SUITE:
            return str(tableau.suite.numero)
        if rang >= RANG_DE_LISTE:
            return str(self.rangs_de_liste.setdefault(copie.membre.rang, len(self.rangs_de_liste) + 1))
        return str(tableau.rangs[copie.membre.rang, seance_du_rang(rang)])

    # -- what a sitting says of all its items ----------------------------------------------------------------------
    def _points(self, copie: Copie, singulier: str) -> str:
        return accorder(len(self.tableau.agendas[copie.moule.nom]), singulier)

    def _nombre(self, copie: Copie) -> str:
        return str(len(self.tableau.agendas[copie.moule.nom]))

    def _duree(self, copie: Copie) -> str:
        return str(len(self.tableau.agendas[copie.moule.nom]) * MINUTES_PAR_DOSSIER)

    def _compte(self, copie: Copie, avis: str) -> str:
        return str(sum(PAR_RANG[c.membre.recit].avis == avis for c in self.tableau.agendas[copie.moule.nom]))

    def _entendus(self, copie: Copie) -> str:
        entendus = sum(PAR_RANG[c.membre.recit].audition for c in self.tableau.agendas[copie.moule.nom])
        return compter(entendus, *PORTEUR)

    def _enveloppe(self, copie: Copie, laquelle: str) -> str:
        """The wave's lines at the opening of the sitting; at its end, with what it proposes."""
        engage = self.livre.engage.setdefault(self.tableau.vague.pk, {})
        lignes = []
        for nature in NatureAide:
            pris = engage.get(nature, Decimal(0))
            if laquelle == "enveloppe_cloture":
                pris += self._propose(copie.moule.nom, nature)
            plafond = self.livre.plafonds[self.tableau.vague.pk, nature]
            lignes.append(
                {"ligne": nature.label, "plafond": f"{plafond:.2f}", "engage": f"{pris:.2f}",
                 "disponible": f"{plafond - pris:.2f}"}
            )  # fmt: skip
        return json.dumps(lignes, ensure_ascii=False, separators=(",", ":"))

    def _propose(self, nom: str, nature: str) -> Decimal:
        """What the favourable opinions of this sitting would take."""
        seance, somme = self.tableau.famille.seances[nom].cle, Decimal(0)
        for copie in self.tableau.agendas[nom]:
            if PAR_RANG[copie.membre.recit].arbitre == seance:
                somme += self.tableau.famille.engage(copie.membre, nature, propose=True)
        return somme

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
