"""The accounts of days, wave by wave: the ledger's places add up to what was granted, as the credits say it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Sum

from accompagnement.models import CompteJours, CreditJours, Poste
from instruction.regards import ROLES_AGENTS, vagues_suivies
from manufactures.francais import jours as en_jours

ZERO = Decimal("0.0")
# Where granted days stand: together they make the sum that was granted.
PLACES = (Poste.DISPONIBLE, Poste.RESERVE, Poste.NOTE, Poste.CONSOMME, Poste.CADUC)
ETAPES = ["Accordés", *(place.label for place in PLACES)]


@dataclass
class CompteDeJours:
    """One wave: what its credits grant, and each place of the ledger."""

    vague: str
    accordes: Decimal = ZERO
    consommes: Decimal = ZERO
    caducs: Decimal = ZERO
    places: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(Poste.values, ZERO))

    @property
    def libelle(self) -> str:
        """« Vague 2 »."""
        return f"{self.vague[:1].upper()}{self.vague[1:]}"

    @property
    def montants(self) -> list[tuple[str, Decimal]]:
        """(heading, days) in the order of the columns."""
        return list(zip(ETAPES, [self.accordes, *(self.places[place] for place in PLACES)], strict=True))

    @property
    def ecarts(self) -> list[str]:
        """What does not add up, in words."""
        return list(self._ecarts())

    def _ecarts(self) -> Iterator[str]:
        places = sum((self.places[place] for place in PLACES), ZERO)
        if places != self.accordes:
            yield f"{en_jours(self.accordes)} accordés, {en_jours(places)} au grand livre"
        if sum(self.places.values(), ZERO):
            yield "le grand livre ne s'équilibre pas"
        for place, au_credit in ((Poste.CONSOMME, self.consommes), (Poste.CADUC, self.caducs)):
            if (au_livre := self.places[place]) != au_credit:
                ecart = f"{en_jours(au_credit)} aux crédits, {en_jours(au_livre)} au grand livre"
                yield f"{place.label.lower()}\u00a0: {ecart}"


def dresser_les_jours(user) -> list[CompteDeJours]:
    """The waves that `user` follows and that granted days, then all together: two queries."""
    vagues = vagues_suivies(user, *ROLES_AGENTS)
    comptes: dict[int, CompteDeJours] = {}
    credits_ = CreditJours.objects.filter(dossier__vague__in=vagues).order_by()
    sommes = credits_.values(cle=F("dossier__vague"), nom=F("dossier__vague__libelle")).annotate(
        accordes_=Sum("accordes"), consommes_=Sum("consommes"), caducs_=Sum("caducs")
    )
    for ligne in sorted(sommes, key=lambda ligne: ligne["nom"]):
        comptes[ligne["cle"]] = CompteDeJours(
            str(ligne["nom"]), ligne["accordes_"], ligne["consommes_"], ligne["caducs_"]
        )
    soldes = CompteJours.objects.filter(credit__dossier__vague__in=vagues).order_by()
    for ligne in soldes.values("poste", cle=F("credit__dossier__vague")).annotate(somme=Sum("solde")):
        comptes[ligne["cle"]].places[ligne["poste"]] = ligne["somme"]
    return [*comptes.values(), _ensemble(comptes.values())] if comptes else []


def _ensemble(comptes) -> CompteDeJours:
    somme = CompteDeJours("ensemble")
    for compte in comptes:
        somme.accordes += compte.accordes
        somme.consommes += compte.consommes
        somme.caducs += compte.caducs
        for place, jours in compte.places.items():
            somme.places[place] += jours
    return somme
