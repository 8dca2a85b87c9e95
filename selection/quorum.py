"""Quorum and majority, as pure arithmetic (CRPA R133-9 to R133-11; ordonnance 2014-1329)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


def requis(composition: int, numerateur: int = 1, denominateur: int = 2) -> int:
    """Members needed, at or above the fraction: half of nine is five, half of eight is four."""
    return -(-composition * numerateur // denominateur)


def majorite(votants: int) -> int:
    """Voices needed among those present or represented: more than half, so that an abstention weighs like a no."""
    return votants // 2 + 1


def seuil(regle: str, *, votants: int, composition: int) -> int:
    """Voices needed as the ballot opens, under the rule of the committee."""
    return majorite(composition if regle == "COMPOSITION" else votants)


@dataclass(frozen=True)
class Compte:
    """Who is here for one item: the members in the room or on line, and those whose proxy counts."""

    composition: int
    requis: int
    presents: frozenset[int]
    mandats: Mapping[int, int]  # giver -> holder, valid ones only
    deportes: frozenset[int]

    @property
    def nombre(self) -> int:
        """Present or represented."""
        return len(self.presents) + len(self.mandats)

    @property
    def atteint(self) -> bool:
        """Enough members for this item."""
        return self.nombre >= self.requis

    @property
    def voix(self) -> dict[int, int]:
        """Each voice and who casts it: one's own, plus the proxy received."""
        return {m: m for m in self.presents} | dict(self.mandats)


def compter(
    *,
    composition: int,
    requis: int,
    presents: Iterable[int],
    mandats: Mapping[int, int],
    deportes: Iterable[int] = (),
) -> Compte:
    """Count one item. The recused count neither in the quorum nor in the votes, the composition staying whole (the
    stricter reading); a proxy given to an absent or recused member, or given by a recused one, is void for the item.
    """
    hors = frozenset(deportes)
    ici = frozenset(presents) - hors
    valables = {
        donneur: porteur
        for donneur, porteur in mandats.items()
        if porteur in ici and donneur not in hors | ici
    }
    return Compte(composition, requis, ici, valables, hors)
