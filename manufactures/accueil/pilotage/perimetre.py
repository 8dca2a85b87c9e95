"""What one reader steers: the dossiers of their list, in one wave or in all, and the waves' envelopes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet

from candidatures.models import Dossier
from instruction.regards import ROLES_AGENTS, dossiers_des_agents, vagues_suivies
from manufactures.programme.models import NatureAide

TOUTES = "toutes"


@dataclass(frozen=True)
class VaguePilotee:
    """A wave with its ceilings, as the page needs it."""

    pk: int
    libelle: str
    cloture: datetime
    decision_prevue: datetime | None
    plafonds: dict[str, Decimal]


@dataclass(frozen=True)
class Perimetre:
    """One reader, and the wave chosen among theirs (None: all)."""

    user: object
    vagues: tuple[VaguePilotee, ...]
    vague: VaguePilotee | None = None

    @classmethod
    def de(cls, user, choix: str = "") -> "Perimetre":
        """The reader's waves in one query; a choice that is none of them is no choice."""
        vagues = tuple(_vagues(user))
        return cls(user, vagues, next((v for v in vagues if str(v.pk) == choix), None))

    @property
    def retenues(self) -> tuple[VaguePilotee, ...]:
        """The waves on display."""
        return (self.vague,) if self.vague else self.vagues

    @property
    def code(self) -> str:
        """The choice, as an address says it."""
        return str(self.vague.pk) if self.vague else TOUTES

    @property
    def en_mots(self) -> str:
        """« vague 2 », « toutes vagues »."""
        return self.vague.libelle if self.vague else "toutes vagues"

    @cached_property
    def filtre(self) -> dict[str, str]:
        """What the address of a list says of the choice."""
        return {"vague": str(self.vague.pk)} if self.vague else {}

    @cached_property
    def dossiers(self) -> QuerySet[Dossier]:
        """The rows of the reader's list, those of the wave alone."""
        dossiers = dossiers_des_agents(self.user).order_by()
        return dossiers.filter(vague=self.vague.pk) if self.vague else dossiers

    @property
    def cles(self) -> list[int]:
        """Keys of the waves on display."""
        return [vague.pk for vague in self.retenues]

    def plafond(self, nature: str) -> Decimal:
        """The ceiling of one kind over the waves on display."""
        return sum((v.plafonds.get(nature, Decimal(0)) for v in self.retenues), Decimal("0.00"))

    def a_plafond(self, nature: str) -> bool:
        """Some wave on display has an envelope of this kind."""
        return any(nature in v.plafonds for v in self.retenues)


def _vagues(user) -> list[VaguePilotee]:
    """The waves of the reader's calls and their envelopes, in one query."""
    lignes = (
        vagues_suivies(user, *ROLES_AGENTS)
        .order_by("appel", "numero")
        .values_list(
            "pk", "libelle", "cloture", "decision_prevue", "enveloppes__nature", "enveloppes__plafond"
        )
    )
    vagues: dict[int, VaguePilotee] = {}
    for pk, libelle, cloture, decision_prevue, nature, plafond in lignes:
        vague = vagues.setdefault(pk, VaguePilotee(pk, libelle, cloture, decision_prevue, {}))
        if nature in NatureAide.values:
            vague.plafonds[nature] = plafond
    return list(vagues.values())
