"""Figures of a noisy machine: quantiles, medians over rounds, and what to say when the rounds disagree."""

import math
import statistics
from collections.abc import Sequence

CHARGE_TRANQUILLE = 0.5  # load average a processor, before we start
DISPERSION_TOLEREE = 0.30  # of the floor, between rounds: (max - min) / median
MARGE_BASSE = 0.95  # quantile of the slow answers


def quantile(valeurs: Sequence[float], part: float) -> float:
    """The nearest rank: a value that was really measured."""
    rangees = sorted(valeurs)
    return rangees[max(0, math.ceil(part * len(rangees)) - 1)]


def resumer(durees_ms: Sequence[float], secondes: float) -> dict:
    """One round of one page: half of the answers, almost all of them, how many a second."""
    return {
        "p50_ms": statistics.median(durees_ms),
        "p95_ms": quantile(durees_ms, MARGE_BASSE),
        "par_seconde": len(durees_ms) / secondes,
    }


def mediane_des_tours(tours: Sequence[dict]) -> dict:
    """Each figure is the median of its rounds: one disturbed round changes nothing."""
    return {cle: statistics.median(tour[cle] for tour in tours) for cle in tours[0]}


def dispersion(valeurs: Sequence[float]) -> float:
    """How far the rounds are from one another, against their median."""
    return (max(valeurs) - min(valeurs)) / statistics.median(valeurs)


def avertissements(
    *, charge: float, processeurs: int, planchers_ms: Sequence[float], tours: int, secondes: float
) -> list[str]:
    """Why these figures should be taken with care; nothing on a quiet machine."""
    phrases = []
    if charge > CHARGE_TRANQUILLE * processeurs:
        phrases.append(
            f"La machine travaillait déjà avant la mesure : charge {en_francais(charge, 1)} "
            f"pour {processeurs} processeurs."
        )
    if len(planchers_ms) > 1 and (ecart := dispersion(planchers_ms)) > DISPERSION_TOLEREE:
        phrases.append(
            f"Le plancher a varié de {ecart * 100:.0f} % d'un tour à l'autre "
            f"({en_francais(min(planchers_ms), 1)} à {en_francais(max(planchers_ms), 1)} ms) : "
            "ne comparez que les rapports."
        )
    if tours < TOURS_POUR_JUGER:
        phrases.append(f"Moins de {TOURS_POUR_JUGER} tours : des ordres de grandeur, pas un jugement.")
    if tours < TOURS_POUR_P95 or secondes < SECONDES_POUR_P95:
        phrases.append(
            f"Le p95 demande {TOURS_POUR_P95} tours de {SECONDES_POUR_P95} s : "
            f"ici {tours} de {en_francais(secondes, 1)} s."
        )
    return phrases


TOURS_POUR_JUGER = 5
TOURS_POUR_P95, SECONDES_POUR_P95 = 9, 2


def en_francais(nombre: float, decimales: int) -> str:
    """A decimal comma."""
    return f"{nombre:.{decimales}f}".replace(".", ",")
