"""When silence becomes a refusal, once the time given to complete is taken off (CRPA L114-5, L231-4)."""

from datetime import date, datetime, timedelta

from candidatures.instantanes import date_implicite as date_implicite_initiale
from instruction.models.complements import EtatDemande, fin_de_journee
from manufactures.procedure import Etat

EXAMINES = (Etat.DEPOSE, Etat.EN_INSTRUCTION, Etat.A_COMPLETER)
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


def echeance_de(dossier) -> datetime | None:
    """The date that matters now: the open request's, else the implicit refusal's; none once the examination is over.

    Lists read it on the dossier (`echeance_le`), where the database keeps the same date.
    """
    if dossier.etat == Etat.A_COMPLETER:
        ouverte = next((d for d in dossier.demandes_complements.all() if d.etat == EtatDemande.OUVERTE), None)
        return ouverte.echeance if ouverte else None
    return terme_implicite(dossier) if dossier.etat in EXAMINES else None
