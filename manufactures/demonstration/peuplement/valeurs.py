"""What stands at each place of a copy: keys, words, numbers, sums, and what a sitting says of all its items."""

import json
from datetime import datetime
from decimal import Decimal

from django.utils.html import escape

from candidatures.instantanes import ajouter_mois
from manufactures.demonstration.peuplement import temps
from manufactures.demonstration.peuplement.lots import Copie, Livre, Tableau
from manufactures.demonstration.peuplement.recits import PAR_RANG
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
from manufactures.programme.models import NatureAide

CENT = Decimal(100)
NUL = "\\N"


class Valeurs:
    """Each kind of place has its method, `_kind(copie, *arguments)`."""

    def __init__(self, tableau: Tableau, tirages: Tirages, livre: Livre):
        self.tableau, self.tirages, self.livre = tableau, tirages, livre
        self.rangs_de_liste: dict[int, int] = {}

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
