"""When silence becomes a refusal, once the time given to complete is taken off (CRPA L114-5, L231-4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, DateTimeField, F, Func, Value, When

from candidatures.instantanes import date_implicite as date_implicite_initiale
from instruction.models.complements import EtatDemande, fin_de_journee
from manufactures import horloge
from manufactures.procedure import Etat

EXAMINES = (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER)
PRES_DU_TERME = timedelta(days=30)


def date_implicite(dossier, *, au_plus: bool = False) -> date:
    """The day of the implicit refusal: receipt plus the call's delay, plus the days held by requests for completion.

    `au_plus`: as if the open request were answered on its last day. Prefetch `demandes_complements__pieces` to read
    many dossiers.
    """
    tenus = sum(
        (d.duree_suspendue(au_plus=au_plus) for d in dossier.demandes_complements.all()), timedelta(0)
    )
    jours = tenus.days + (1 if tenus > timedelta(tenus.days) else 0)
    return date_implicite_initiale(dossier) + timedelta(days=jours)


def terme_implicite(dossier) -> datetime:
    """The same as an instant, the end of that day in Paris: a due date for lists."""
    return fin_de_journee(date_implicite(dossier))


def avec_le_terme(dossiers):
    """Each dossier with `terme_le`, the instant of the implicit refusal, or None once the examination is over.

    The database's own calculation, the one that keeps `echeance_le`: an open request that holds the delay counts as if
    it were answered on its last day.
    """
    terme = Func(
        F("pk"), Value(Etat.EN_INSTRUCTION.value), F("depose_le"), F("vague"),
        function="instruction_echeance", output_field=DateTimeField(),
    )  # fmt: skip
    return dossiers.annotate(terme_le=Case(When(etat__in=EXAMINES, then=terme), output_field=DateTimeField()))


@dataclass(frozen=True)
class HorlogeLegale:
    """How the delay of the implicit decision stands on one dossier."""

    terme: date
    jours: int  # left before the term; negative once it has come
    tenue_jusquau: datetime | None = None  # the delay waits for a request, until then at most

    @property
    def est_proche(self) -> bool:
        """It comes within a month, and runs."""
        return self.tenue_jusquau is None and 0 <= self.jours <= PRES_DU_TERME.days

    @property
    def est_echue(self) -> bool:
        """The refusal is born of silence: a decision may still take its place."""
        return self.jours < 0


def horloge_legale(dossier) -> HorlogeLegale | None:
    """The clock of a dossier under examination, None otherwise; reads `demandes_complements__pieces` as prefetched."""
    if dossier.etat not in EXAMINES or dossier.depose_le is None:
        return None
    tenante = next((d for d in dossier.demandes_complements.all() if d.tient_le_delai), None)
    terme = date_implicite(dossier, au_plus=True)
    return HorlogeLegale(
        terme, (terme - horloge.aujourd_hui()).days, tenante.echeance if tenante is not None else None
    )


def echeance_de(dossier) -> datetime | None:
    """The date that matters now: the open request's, else the implicit refusal's; none once the examination is over.

    Lists read it on the dossier (`echeance_le`), where the database keeps the same date.
    """
    if dossier.etat == Etat.A_COMPLETER:
        ouverte = next((d for d in dossier.demandes_complements.all() if d.etat == EtatDemande.OUVERTE), None)
        return ouverte.echeance if ouverte else None
    return terme_implicite(dossier) if dossier.etat in EXAMINES else None
