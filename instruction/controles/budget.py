"""The two plans against the call: balanced to the cent, under the ceiling, under the rates."""

from collections.abc import Iterator
from decimal import Decimal

from candidatures.bilans import Plan, Regles, plans_de
from candidatures.models import Volet
from instruction.controles.constat import DE_L_APPEL, Constat, selon
from instruction.epingles import ancre
from manufactures.francais import euros, nombre

NOMS = {Volet.INVESTISSEMENT: "investissement", Volet.AMORCAGE: "amorçage"}


def controler(dossier) -> Iterator[Constat]:
    """Plan by plan, what is written in it; an empty plan says nothing."""
    regles = Regles.de(dossier)
    for plan in plans_de(dossier):
        if plan.est_vide:
            continue
        for code, libelle, mesure in (
            ("equilibre", "Plan équilibré", _equilibre(plan)),
            ("plafond", "Plafond de la subvention", _plafond(plan, regles)),
            ("taux", "Taux de la subvention", _taux(plan, regles)),
            ("public", "Part d'aides publiques", _public(plan, regles)),
        ):
            if mesure is not None:
                yield _constat(dossier, plan, (code, libelle), mesure)


def _constat(dossier, plan: Plan, nom: tuple[str, str], mesure: tuple[bool, str]) -> Constat:
    (code, libelle), (tenu, phrase) = nom, mesure
    return Constat(
        f"budget.{code}.{plan.volet.lower()}",
        f"{libelle}, {NOMS[plan.volet]}",
        selon(tenu),
        phrase,
        DE_L_APPEL,
        dossier.depose_le,
        f"#{ancre(f'depenses_{plan.volet.lower()}')}",
        f"Le plan d'{NOMS[plan.volet]}",
        "C5",
    )


def _equilibre(plan: Plan):
    if plan.anct != plan.demande:
        return (
            False,
            f"{euros(plan.demande)} demandés ; le plan attend {euros(plan.anct)} de cet appel. {plan.phrase}",
        )
    return plan.est_equilibre, f"{euros(plan.total_depenses)} de dépenses. {plan.phrase}"


def _plafond(plan: Plan, regles: Regles):
    plafond = regles.plafonds.get(plan.volet)
    if plafond is None:
        return None
    return plan.demande <= plafond, f"{euros(plan.demande)} demandés, {euros(plafond)} au plus."


def _taux(plan: Plan, regles: Regles):
    taux = regles.taux.get(plan.volet)
    if taux is None or not plan.demande:
        return None
    if not plan.eligibles:
        return False, f"{euros(plan.demande)} demandés sans dépense éligible ({taux} % au plus)."
    part = nombre(plan.demande * 100 / plan.eligibles, 1)
    return (
        plan.demande * 100 <= plan.eligibles * Decimal(taux),
        f"{part} % des {euros(plan.eligibles)} éligibles demandés, {taux} % au plus.",
    )


def _public(plan: Plan, regles: Regles):
    part = plan.part_publique
    if part is None:
        return None
    return (
        part <= regles.part_publique,
        f"{nombre(part, 1)} % d'aides publiques, {regles.part_publique} % au plus.",
    )
