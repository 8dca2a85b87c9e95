"""The envelopes: what was asked, awarded, engaged and paid, by wave and kind, from the rows that say it.

Investment and seed money come from the decisions and the tranches. Engineering is paid to experts by the agency: its
days count at the call's price, all taxes included; an order is engaged, a certified one is paid.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import add

from django.db.models import (
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round
from django.urls import reverse

from accompagnement.models import EtatTranche, Journee, Mission, Tranche
from accompagnement.models.mission import COMMANDEES
from manufactures.accueil.pilotage.perimetre import Perimetre
from manufactures.procedure import EtatMission
from manufactures.programme.models import NatureAide
from selection.models import Decision
from selection.models.choix import SensDecision

EUROS = DecimalField(max_digits=18, decimal_places=2)
ZERO = Value(Decimal("0.00"), output_field=EUROS)
LOT = 2_000
COMPTES = {"demande": "Demandé", "accorde": "Accordé", "engage": "Engagé", "paye": "Payé"}
MONETAIRES = (NatureAide.INVESTISSEMENT, NatureAide.AMORCAGE)
PUBLIEE = Q(publiee_le__isnull=False)
CERTIFIEE = Q(etat=EtatMission.SERVICE_FAIT)


def prix_des_jours(jours, appel: str):
    """Days at the price of the call found at the end of this path, all taxes included, to the cent."""
    jours = F(jours) if isinstance(jours, str) else jours
    return _ttc(jours, F(f"{appel}prix_jour_ht"), F(f"{appel}tva_expertise"))


def _ttc(jours, prix, tva):
    brut = ExpressionWrapper(
        jours * prix * (Value(Decimal(100)) + tva) / Value(Decimal(100)), output_field=EUROS
    )
    return Round(brut, precision=2, output_field=EUROS)


# -- The rows that say it ------------------------------------------------------------------------------------------
def decisions(perimetre: Perimetre) -> QuerySet[Decision]:
    """Awards signed, published or not, that the reader may read."""
    visibles = Decision.objects.visibles_par(perimetre.user).filter(dossier__in=perimetre.dossiers)
    return visibles.filter(sens=SensDecision.ATTRIBUTION, signee_le__isnull=False, annulee_le=None).order_by()


def tranches(perimetre: Perimetre) -> QuerySet[Tranche]:
    """Payments made."""
    visibles = Tranche.objects.visibles_par(perimetre.user)
    return visibles.filter(etat=EtatTranche.PAYE, convention__dossier__in=perimetre.dossiers).order_by()


def missions(perimetre: Perimetre) -> QuerySet[Mission]:
    """Orders to experts, each with its price: of the days ordered, then of those done once certified."""
    valides = Journee.objects.filter(mission=OuterRef("pk"), etat="VALIDE").order_by()
    faits = Coalesce(
        Subquery(valides.values("mission").annotate(s=Sum("duree")).values("s")),
        Value(Decimal(0)),
        output_field=EUROS,
    )
    jours = Case(
        When(etat=EtatMission.SERVICE_FAIT, then=faits), default=F("jours_commandes"), output_field=EUROS
    )
    visibles = Mission.objects.visibles_par(perimetre.user).filter(dossier__in=perimetre.dossiers)
    return (
        visibles.filter(etat__in=COMMANDEES)
        .annotate(prix=_ttc(jours, F("prix_jour_ht"), F("tva")))
        .order_by()
    )


# -- Their sums ----------------------------------------------------------------------------------------------------
SOMMES = [(compte, nature) for nature in NatureAide for compte in ("accorde", "engage", "paye")]
RIEN = (Decimal("0.00"),) * len(SOMMES)


def _somme(expression, **options) -> Sum:
    return Sum(expression, output_field=EUROS, **options)


def _de_la_decision() -> dict:
    """What an award says."""
    jours = prix_des_jours("jours_accordes", "dossier__vague__appel__")
    sommes = {("accorde", NatureAide.INGENIERIE): _somme(jours, filter=PUBLIEE)}
    for nature in MONETAIRES:
        montant = f"montant_{nature.lower()}"
        sommes[("accorde", nature)] = _somme(montant, filter=PUBLIEE)
        sommes[("engage", nature)] = _somme(montant)
    return sommes


def _part(lignes: QuerySet, chemin: str, sommes: dict) -> QuerySet:
    """A key found at the end of `chemin`, then every sum of `SOMMES`: nothing for those that these rows don't say."""
    colonnes = {
        f"{compte}_{nature.lower()}_": Coalesce(sommes.get((compte, nature), ZERO), ZERO, output_field=EUROS)
        for compte, nature in SOMMES
    }
    return lignes.values(cle_=F(chemin)).annotate(**colonnes).values_list("cle_", *colonnes)


def parts(perimetre: Perimetre, suite: str = "", cles: list[int] | None = None) -> list[QuerySet]:
    """What the awards, the payments and the orders say, summed by dossier, or by what follows it (`__vague`).

    With `cles`, of these dossiers alone.
    """

    def de(lignes: QuerySet, chemin: str) -> QuerySet:
        return lignes if cles is None else lignes.filter(**{f"{chemin}__in": cles})

    des_tranches = {("paye", n): _somme("montant_verse", filter=Q(nature=n)) for n in MONETAIRES}
    des_missions = {
        ("engage", NatureAide.INGENIERIE): _somme("prix"),
        ("paye", NatureAide.INGENIERIE): _somme("prix", filter=CERTIFIEE),
    }
    return [
        _part(de(decisions(perimetre), "dossier"), f"dossier{suite}", _de_la_decision()),
        _part(de(tranches(perimetre), "convention__dossier"), f"convention__dossier{suite}", des_tranches),
        _part(de(missions(perimetre), "dossier"), f"dossier{suite}", des_missions),
    ]


def _reunir(lignes: Iterable[tuple]) -> dict[int, tuple[Decimal, ...]]:
    """The sums of each key, in the order of `SOMMES`."""
    totaux: dict[int, tuple[Decimal, ...]] = {}
    for cle, *valeurs in lignes:
        totaux[cle] = tuple(map(add, totaux.get(cle, RIEN), valeurs))
    return totaux


def sommes(perimetre: Perimetre) -> dict[tuple[str, str], Decimal]:
    """Awarded, engaged and paid euros by kind over the waves on display, in one query."""
    premiere, *autres = parts(perimetre, "__vague")
    par_vague = _reunir(premiere.union(*autres, all=True))
    return {
        cle: sum((v[rang] for v in par_vague.values()), Decimal("0.00")) for rang, cle in enumerate(SOMMES)
    }


def par_dossier(perimetre: Perimetre, cles: list[int]) -> dict[int, dict[tuple[str, str], Decimal]]:
    """The same for each of these dossiers, in one query."""
    premiere, *autres = parts(perimetre, cles=cles)
    lignes = premiere.union(*autres, all=True)
    return {cle: dict(zip(SOMMES, v, strict=True)) for cle, v in _reunir(lignes).items()}


def au_fil_des_dossiers(perimetre: Perimetre) -> Callable[[int], tuple[Decimal, ...]]:
    """A reader of sums for keys that only grow: three streams walk beside the dossiers, nothing is kept."""
    flux = [_Flux(part.order_by("cle_").iterator(LOT)) for part in parts(perimetre)]

    def lire(cle: int) -> tuple[Decimal, ...]:
        dites = [sommes for un in flux if (sommes := un.de(cle)) is not RIEN]
        return tuple(map(sum, zip(*dites, strict=True))) if dites else RIEN

    return lire


class _Flux:
    """Rows in the order of their key, read up to the key asked for."""

    def __init__(self, lignes: Iterator[tuple]):
        self.lignes = lignes
        self.courante = next(lignes, None)

    def de(self, cle: int) -> tuple[Decimal, ...]:
        """The sums of this key; keys are asked in their order."""
        while self.courante is not None and self.courante[0] < cle:
            self.courante = next(self.lignes, None)
        return self.courante[1:] if self.courante is not None and self.courante[0] == cle else RIEN


# -- The envelopes -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Montant:
    """One figure in euros, and the list whose rows add up to it."""

    compte: str
    libelle: str
    euros: Decimal
    lien: str


@dataclass(frozen=True)
class LigneEnveloppe:
    """One kind of support over the waves on display."""

    nature: NatureAide
    plafond: Decimal
    montants: tuple[Montant, ...]

    @property
    def engage(self) -> Decimal:
        """Euros engaged."""
        return next(m.euros for m in self.montants if m.compte == "engage")

    @property
    def reste(self) -> Decimal:
        """Euros still free."""
        return self.plafond - self.engage

    @property
    def part(self) -> int:
        """Whole percents engaged, for the bar; something engaged is never drawn as nothing."""
        if not self.plafond:
            return 0
        return min(100, max(int(self.engage * 100 / self.plafond), 1 if self.engage else 0))


def enveloppes(perimetre: Perimetre, demandes: dict[str, Decimal], totaux: dict) -> list[LigneEnveloppe]:
    """A line a kind: ceiling, asked, awarded, engaged, paid, left."""
    lignes = []
    for nature in (NatureAide.INGENIERIE, *MONETAIRES):
        if not perimetre.a_plafond(nature):
            continue
        valeurs = {"demande": demandes[nature]} | {c: totaux[(c, n)] for c, n in SOMMES if n == nature}
        montants = tuple(
            Montant(compte, libelle, valeurs[compte], adresse(perimetre, nature, compte))
            for compte, libelle in COMPTES.items()
        )
        lignes.append(LigneEnveloppe(nature, perimetre.plafond(nature), montants))
    return lignes


def adresse(perimetre: Perimetre, nature: str, compte: str) -> str:
    """The list behind one figure."""
    return f"{reverse('accueil:pilotage_enveloppe', args=[perimetre.code, nature.lower()])}?compte={compte}"


# -- The dossiers behind one figure --------------------------------------------------------------------------------
def _source(perimetre: Perimetre, nature: str, compte: str) -> tuple[QuerySet, str, object]:
    """The rows that a figure adds up, their path to the dossier, and what is added."""
    if nature == NatureAide.INGENIERIE and compte != "accorde":
        commandes = missions(perimetre)
        return commandes.filter(CERTIFIEE) if compte == "paye" else commandes, "dossier", "prix"
    if compte == "paye":
        return tranches(perimetre).filter(nature=nature), "convention__dossier", "montant_verse"
    signees = decisions(perimetre).filter(PUBLIEE) if compte == "accorde" else decisions(perimetre)
    if nature == NatureAide.INGENIERIE:
        return signees, "dossier", prix_des_jours("jours_accordes", "dossier__vague__appel__")
    return signees, "dossier", f"montant_{nature.lower()}"


def demande(nature: str):
    """What a dossier asks for, of one kind."""
    if nature == NatureAide.INGENIERIE:
        return prix_des_jours("demande_jours", "vague__appel__")
    return Coalesce(F(f"demande_{nature.lower()}"), ZERO, output_field=EUROS)


def dossiers_de(perimetre: Perimetre, nature: str, compte: str) -> QuerySet:
    """(dossier, amount) of every dossier that makes this figure, the largest amounts first."""
    if compte == "demande":
        lignes = perimetre.dossiers.values(cle_=F("pk")).annotate(montant=demande(nature))
    else:
        lignes, chemin, quoi = _source(perimetre, nature, compte)
        lignes = lignes.values(cle_=F(chemin)).annotate(montant=_somme(quoi))
    return lignes.filter(montant__gt=0).order_by("-montant", "cle_").values_list("cle_", "montant")
