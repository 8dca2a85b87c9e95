"""The accounts, from the envelope to the payment: each stage adds up its own rows, and must agree with the next.

Nothing is read from a total kept elsewhere but the envelope's own: awards, conventions, tranches, payments and
repayments are summed here, by wave and kind of subsidy, whatever their number, in five queries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Q, Sum

from accompagnement.models import Convention, EtatTranche, Recouvrement, Tranche
from instruction.regards import ROLES_AGENTS, vagues_suivies
from manufactures.francais import euros
from manufactures.programme.models import Enveloppe, NatureAide
from selection.models import Decision
from selection.models.choix import SensDecision

ZERO = Decimal("0.00")
MONETAIRES = (NatureAide.INVESTISSEMENT, NatureAide.AMORCAGE)
VAGUE = "convention__dossier__vague"
# The stages of the money, in their order: each is at most the one before, unless said otherwise below.
ETAPES = {
    "plafond": "Enveloppe",
    "engage": "Engagé",
    "attribue": "Attribué",
    "conventionne": "Conventionné",
    "prevu": "En tranches",
    "ordonne": "Ordonné",
    "paye": "Payé",
    "exige": "Redemandé",
    "reverse": "Reversé",
}


@dataclass
class Compte:
    """One kind of subsidy of one wave: its sum at each stage."""

    vague: str
    nature: str
    sommes: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(ETAPES, ZERO))

    @property
    def libelle(self) -> str:
        """« Vague 2, investissement »."""
        nature = NatureAide(self.nature).label.lower() if self.nature else "toutes natures"
        return f"{self.vague[:1].upper()}{self.vague[1:]}, {nature}"

    @property
    def montants(self) -> list[tuple[str, Decimal]]:
        """(heading, sum) in the order of the stages."""
        return [(libelle, self.sommes[etape]) for etape, libelle in ETAPES.items()]

    @property
    def net(self) -> Decimal:
        """Euros that the beneficiaries hold."""
        return self.sommes["paye"] - self.sommes["reverse"]

    @property
    def ecarts(self) -> list[str]:
        """What does not add up, in words; nothing when the accounts are right."""
        return list(self._ecarts())

    def _ecarts(self) -> Iterator[str]:
        for une, autre in (("engage", "attribue"), ("conventionne", "prevu")):
            if self.sommes[une] != self.sommes[autre]:
                yield self._dire("différent de", une, autre)
        bornes = (
            ("engage", "plafond"),
            ("conventionne", "attribue"),
            ("ordonne", "conventionne"),
            ("paye", "ordonne"),
            ("exige", "paye"),
            ("reverse", "exige"),
        )
        for petit, grand in bornes:
            if self.sommes[petit] > self.sommes[grand]:
                yield self._dire("supérieur à", petit, grand)

    def _dire(self, relation: str, une: str, autre: str) -> str:
        gauche = f"{ETAPES[une]} {euros(self.sommes[une])}"
        return f"{gauche}, {relation} {ETAPES[autre].lower()} {euros(self.sommes[autre])}"


def _par_nature(lignes, vague: str, **champs) -> Iterator[tuple]:
    """(wave, kind, sum) where each kind of subsidy is a field of the row."""
    for ligne in lignes.order_by().values(cle=F(vague)).annotate(**{n: Sum(c) for n, c in champs.items()}):
        for nature in champs:
            yield ligne["cle"], nature, ligne[nature]


def _montants() -> dict[str, str]:
    return {nature.value: f"montant_{nature.lower()}" for nature in MONETAIRES}


def dresser(user) -> list[Compte]:
    """The accounts of the waves that `user` follows, then their total."""
    vagues = vagues_suivies(user, *ROLES_AGENTS)
    comptes: dict[tuple, Compte] = {}
    lignes = Enveloppe.objects.filter(vague__in=vagues, nature__in=MONETAIRES)
    for ligne in lignes.select_related("vague").order_by("vague__numero", "-nature"):
        compte = Compte(str(ligne.vague.libelle), ligne.nature)
        compte.sommes |= {"plafond": ligne.plafond, "engage": ligne.engage}
        comptes[ligne.vague_id, ligne.nature] = compte
    for (vague, nature), etape, somme in _sommes(vagues):
        if (vague, nature) not in comptes:
            comptes[vague, nature] = Compte("sans enveloppe", nature)
        comptes[vague, nature].sommes[etape] += somme or ZERO
    return [*comptes.values(), total(comptes.values())]


def total(comptes) -> Compte:
    """All of them together."""
    somme = Compte("ensemble", "")
    for compte in comptes:
        for etape, montant in compte.sommes.items():
            somme.sommes[etape] += montant
    return somme


def _sommes(vagues) -> Iterator[tuple]:
    """((wave, kind), stage, sum) of everything that comes after the envelope."""
    signees = Decision.objects.filter(
        sens=SensDecision.ATTRIBUTION, signee_le__isnull=False, annulee_le=None, dossier__vague__in=vagues
    )
    for vague, nature, somme in _par_nature(signees, "dossier__vague", **_montants()):
        yield (vague, nature), "attribue", somme
    conventions = Convention.objects.filter(dossier__vague__in=vagues)
    for vague, nature, somme in _par_nature(conventions, "dossier__vague", **_montants()):
        yield (vague, nature), "conventionne", somme
    tranches = Tranche.objects.filter(**{f"{VAGUE}__in": vagues}).order_by()
    sommes = tranches.values("nature", cle=F(VAGUE)).annotate(
        prevu=Sum("montant"),
        ordonne=Sum("montant_verse", filter=Q(ordonnee_le__isnull=False)),
        paye=Sum("montant_verse", filter=Q(etat=EtatTranche.PAYE)),
    )
    for ligne in sommes:
        for etape in ("prevu", "ordonne", "paye"):
            yield (ligne["cle"], ligne["nature"]), etape, ligne[etape]
    yield from _reversements(vagues)


def _reversements(vagues) -> Iterator[tuple]:
    """What is claimed back and what came."""
    lignes = Recouvrement.objects.filter(**{f"{VAGUE}__in": vagues}).order_by()
    sommes = lignes.values("nature", cle=F(VAGUE)).annotate(
        exige=Sum("montant_exige"), reverse=Sum("montant_exige", filter=Q(reverse_le__isnull=False))
    )
    for ligne in sommes:
        for etape in ("exige", "reverse"):
            yield (ligne["cle"], ligne["nature"]), etape, ligne[etape]
