"""When silence becomes a refusal, once the time given to complete is taken off (CRPA L114-5, L231-4)."""

from datetime import date, datetime, timedelta

from candidatures.instantanes import date_implicite as date_implicite_initiale
from instruction.models.complements import fin_de_journee

PRES_DU_TERME = timedelta(days=30)


def date_implicite(dossier) -> date:
    """The day of the implicit refusal: receipt plus the call's delay, plus the days held by requests for completion.

    Prefetch `demandes_complements__pieces` to read many dossiers.
    """
    tenus = sum((d.duree_suspendue() for d in dossier.demandes_complements.all()), timedelta(0))
    jours = tenus.days + (1 if tenus > timedelta(tenus.days) else 0)
    return date_implicite_initiale(dossier) + timedelta(days=jours)


def terme_implicite(dossier) -> datetime:
    """The same as an instant, the end of that day in Paris: a due date for lists."""
    return fin_de_journee(date_implicite(dossier))
