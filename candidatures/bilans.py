"""What a budget says: totals, the gap to the cent, ceilings and rates of the call; Decimal throughout, never a float.

The same figures come from the rows as stored and from the rows as typed (`forms/pages.py`): the browser never adds up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from candidatures.models.choix import (
    FINANCEURS_PUBLICS,
    BaseMontants,
    NatureExploitation,
    Sens,
    StatutRessource,
    TypeFinanceur,
    Volet,
)
from manufactures.francais import euros, nombre

ZERO = Decimal("0.00")
CENTIME = Decimal("0.01")
SEUIL_DU_DEVIS = Decimal(1000)  # usual practice: a quote from 1 000 euros on
NOMMES = 3  # items named in a sentence
A_TROUVER = (StatutRessource.SOLLICITE, StatutRessource.ENVISAGE)
SANS_PREUVE = (TypeFinanceur.ETAT_ANCT, TypeFinanceur.AUTOFINANCEMENT)  # this very call, one's own money
DE_LA_NATURE = {Volet.INVESTISSEMENT: "d'investissement", Volet.AMORCAGE: "d'amorçage"}


@dataclass(frozen=True)
class Rangee:
    """A row of a plan, from the database or from the screen."""

    montant: Decimal
    libelle: str = ""
    eligible: bool = False
    type_financeur: str = ""
    statut: str = ""
    est_prouvee: bool = True


def additionner(montants: Iterable[Decimal]) -> Decimal:
    """The exact sum. A float is refused: it no longer knows its cents."""
    total = ZERO
    for montant in montants:
        if not isinstance(montant, Decimal):
            raise TypeError("Un montant s'additionne en Decimal.")
        total += montant
    return total


def phrase_du_solde(ecart: Decimal) -> str:
    """The sentence under a plan (screen 6)."""
    if ecart > 0:
        return f"Il manque {euros(ecart)}."
    if ecart < 0:
        return f"{euros(-ecart)} de trop dans les ressources."
    return "Équilibré au centime."


@dataclass(frozen=True)
class Plan:
    """A financing plan: what it costs, who pays, and what is asked from this call."""

    volet: Volet
    depenses: tuple[Rangee, ...] = ()
    ressources: tuple[Rangee, ...] = ()
    demande: Decimal = ZERO
    illisibles: int = 0  # amounts typed that are none

    @property
    def total_depenses(self) -> Decimal:
        """Expenses."""
        return additionner(x.montant for x in self.depenses)

    @property
    def total_ressources(self) -> Decimal:
        """Resources."""
        return additionner(x.montant for x in self.ressources)

    @property
    def ecart(self) -> Decimal:
        """Expenses less resources: what is still to find, or the surplus where negative."""
        return self.total_depenses - self.total_ressources

    @property
    def est_equilibre(self) -> bool:
        """To the cent."""
        return self.ecart == 0

    @property
    def est_vide(self) -> bool:
        """Nothing planned, nothing asked."""
        return not (self.depenses or self.ressources or self.demande)

    @property
    def phrase(self) -> str:
        """The balance in words."""
        return phrase_du_solde(self.ecart)

    @property
    def anct(self) -> Decimal:
        """What the plan expects from this call."""
        return additionner(x.montant for x in self.ressources if x.type_financeur == TypeFinanceur.ETAT_ANCT)

    @property
    def eligibles(self) -> Decimal:
        """Expenses that may be subsidised."""
        return additionner(x.montant for x in self.depenses if x.eligible)

    @property
    def publiques(self) -> Decimal:
        """Public money."""
        return additionner(x.montant for x in self.ressources if x.type_financeur in FINANCEURS_PUBLICS)

    @property
    def part_publique(self) -> Decimal | None:
        """Public money in percent of the eligible expenses, or None without any."""
        return self.publiques * 100 / self.eligibles if self.eligibles else None

    @property
    def a_combler(self) -> list[Rangee]:
        """Financers of this very plan that have not agreed yet."""
        return [x for x in self.ressources if x.statut in A_TROUVER]


@dataclass(frozen=True)
class Regles:
    """Ceilings and rates: rows of the call, none is coded; an empty one is no limit."""

    plafonds: dict[str, Decimal | None] = field(default_factory=dict)
    taux: dict[str, int | None] = field(default_factory=dict)
    part_publique: int = 100

    @classmethod
    def de(cls, dossier) -> "Regles":
        """Those of the dossier's call, for its legal form."""
        appel, forme = dossier.vague.appel, dossier.forme_juridique
        collectivite = forme is not None and forme.est_collectivite
        return cls(
            {
                Volet.INVESTISSEMENT: appel.plafond_investissement,
                Volet.AMORCAGE: appel.plafond_amorcage,
            },
            {Volet.INVESTISSEMENT: appel.taux_investissement, Volet.AMORCAGE: appel.taux_amorcage},
            appel.plafond_public_public if collectivite else appel.plafond_public_prive,
        )

    def avertir(self, plan: Plan) -> list[str]:
        """What exceeds them, and what would do: a warning, never a wall (screen 6)."""
        return [phrase for phrase in (self._plafond(plan), self._taux(plan), self._public(plan)) if phrase]

    def _plafond(self, plan) -> str:
        plafond = self.plafonds.get(plan.volet)
        if plafond is None or plan.demande <= plafond:
            return ""
        return (
            f"L'État peut apporter {euros(plafond)} au plus en {plan.volet.label.lower()} pour cet appel. "
            "Réduisez ce montant ou laissez-le : vous serez averti au dépôt."
        )

    def _taux(self, plan) -> str:
        taux = self.taux.get(plan.volet)
        if taux is None or plan.demande * 100 <= plan.eligibles * taux:
            return ""
        maximum = (plan.eligibles * taux / 100).quantize(CENTIME)
        return (
            f"La subvention {DE_LA_NATURE[plan.volet]} ne dépasse pas {taux} % des dépenses éligibles : "
            f"{euros(maximum)} pour ce plan."
        )

    def _public(self, plan) -> str:
        part = plan.part_publique
        if part is None or part <= self.part_publique:
            return ""
        a_trouver = (plan.publiques - plan.eligibles * self.part_publique / 100).quantize(CENTIME)
        return (
            f"Avec {nombre(part, 1)} % d'aides publiques, le plan dépasse le plafond de "
            f"{self.part_publique} %. Remplacez {euros(a_trouver)} par de l'autofinancement ou de l'argent privé."
        )


def regarder(plan: Plan, regles: Regles) -> list[str]:
    """Everything worth a warning about one plan."""
    trouves = regles.avertir(plan)
    if plan.anct != plan.demande and plan.ressources:
        trouves.append(
            f"Vous demandez {euros(plan.demande)} ; le plan attend {euros(plan.anct)} de cet appel."
        )
    for ligne in plan.ressources:
        acquise = ligne.statut == StatutRessource.ACQUIS and ligne.type_financeur not in SANS_PREUVE
        if acquise and not ligne.est_prouvee:
            trouves.append(f"{ligne.libelle} : acquis, sans preuve. Joignez la décision, ou son adresse.")
    return trouves


def plans_de(dossier) -> list[Plan]:
    """Both plans as stored; the final ones, written after the arbitration, are not the porteur's."""
    lignes = [x for x in dossier.lignes_financement.all() if not x.definitif]
    return dresser_les_plans(dossier, [(x.volet, x.sens, _rangee(x)) for x in lignes])


def dresser_les_plans(dossier, lignes: list[tuple[str, str, Rangee]]) -> list[Plan]:
    """Both plans, from rows that come with their plan and their side."""
    demandes = {
        Volet.INVESTISSEMENT: dossier.demande_investissement,
        Volet.AMORCAGE: dossier.demande_amorcage,
    }

    def de(volet, sens):
        return tuple(rangee for v, s, rangee in lignes if (v, s) == (volet, sens))

    return [Plan(v, de(v, Sens.DEPENSE), de(v, Sens.RESSOURCE), demandes[v]) for v in Volet]


def _rangee(ligne) -> Rangee:
    return Rangee(
        ligne.montant, ligne.libelle, ligne.eligible, ligne.type_financeur, ligne.statut, ligne.est_prouvee
    )


def avertissements(dossier, contenu: dict | None = None) -> list[str]:
    """What the deposit says of the budget without refusing it: ceilings, proofs and quotes still awaited.

    `contenu` is the dossier as it will be frozen, where the page has read it already.
    """
    regles = Regles.de(dossier)
    trouves = [phrase for plan in plans_de(dossier) for phrase in regarder(plan, regles)]
    if contenu is None:
        achats = [(e.designation, e.total_ht, e.devis_id) for e in dossier.equipements.all()]
    else:
        achats = [(e["designation"], Decimal(e["total_ht"]), e["devis"]) for e in contenu["equipements"]]
    noms = [nom for nom, total, devis in achats if total >= SEUIL_DU_DEVIS and not devis]
    if noms:
        suite = f" et {len(noms) - NOMMES} de plus" if len(noms) > NOMMES else ""
        trouves.append(
            f"Sans devis : {', '.join(noms[:NOMMES])}{suite}. "
            f"Un devis est d'usage à partir de {euros(SEUIL_DU_DEVIS)}."
        )
    return trouves


@dataclass(frozen=True)
class Achat:
    """A row of the equipment list."""

    total_ht: Decimal
    taux_tva: Decimal = ZERO
    mutualise: bool = False

    @property
    def total_ttc(self) -> Decimal:
        """With its VAT, to the cent."""
        return (self.total_ht * (100 + self.taux_tva) / 100).quantize(CENTIME)


@dataclass(frozen=True)
class Achats:
    """The equipment list, added up."""

    lignes: tuple[Achat, ...] = ()
    illisibles: int = 0

    @property
    def total_ht(self) -> Decimal:
        """Without VAT."""
        return additionner(x.total_ht for x in self.lignes)

    @property
    def total_ttc(self) -> Decimal:
        """With it, row by row."""
        return additionner(x.total_ttc for x in self.lignes)

    @property
    def partages_ht(self) -> Decimal:
        """What is shared, hence what the investment subsidy may pay (press kit p. 12)."""
        return additionner(x.total_ht for x in self.lignes if x.mutualise)

    def total(self, base: str) -> Decimal:
        """On the basis on which the plan is written."""
        return self.total_ttc if base == BaseMontants.TTC else self.total_ht


@dataclass(frozen=True)
class AnneeLue:
    """One year of the business plan; no balance is required here."""

    libelle: str
    produits: Decimal
    charges: Decimal

    @property
    def resultat(self) -> Decimal:
        """Products less charges; it may be negative."""
        return self.produits - self.charges


def exploitation(rangees: Iterable[dict], colonnes: dict) -> list[AnneeLue]:
    """The years side by side: `colonnes` says in which key of a row each year's amount stands."""
    rangees = list(rangees)

    def somme(nature, cle):
        return additionner(r[cle] for r in rangees if r.get("nature") == nature and r.get(cle) is not None)

    return [
        AnneeLue(annee.label, somme(NatureExploitation.PRODUIT, cle), somme(NatureExploitation.CHARGE, cle))
        for annee, cle in colonnes.items()
    ]
