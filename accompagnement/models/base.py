"""What the rows of this stage share: whoever follows the dossier from here sees them, and nobody else."""

from datetime import date, datetime, time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from manufactures.francais import PARIS
from manufactures.registres import regards_sur

DEMI = Decimal("0.5")


class DuSuiviQuerySet(models.QuerySet):
    """Rows of a followed dossier (members, agents, auditors: neither experts nor committee)."""

    DOSSIER = "dossier"

    def visibles_par(self, user):
        """Rows of the dossiers whose support `user` follows."""
        if not user.is_active:
            return self.none()
        return self.filter(regards_sur(f"suivi:{self.DOSSIER}", user))


def suivi_par(chemin: str) -> type[DuSuiviQuerySet]:
    """The same reading for rows that reach their dossier by another path (`convention__dossier`)."""
    return type("DuSuiviQuerySet", (DuSuiviQuerySet,), {"DOSSIER": chemin})


def valider_demi_journees(jours: Decimal) -> None:
    """Days are counted by halves, never less."""
    if jours % DEMI:
        raise ValidationError("Comptez en demi-journées, par exemple 2,5.", code="demi_journee")


def champ_jours(libelle: str, **options) -> models.DecimalField:
    """A number of days, by half days."""
    return models.DecimalField(
        libelle,
        max_digits=5,
        decimal_places=1,
        validators=[MinValueValidator(0), valider_demi_journees],
        **options,
    )


def par_demi(champ: str) -> Q:
    """Condition of a constraint: this number of days is a multiple of 0.5."""
    return Q(**{champ: Func(F(champ) * Value(2), function="ROUND") / Value(Decimal("2"))})


def personnes_distinctes(*champs: str) -> Q:
    """Condition of a constraint: no two of these people are the same (a missing one is nobody)."""
    condition = Q()
    for rang, un in enumerate(champs):
        for autre in champs[rang + 1 :]:
            condition &= Q(**{f"{un}__isnull": True}) | Q(**{f"{autre}__isnull": True}) | ~Q(**{un: F(autre)})
    return condition


def jour_de(instant) -> str | None:
    """Day in Paris of an instant, as the acts' snapshots write it."""
    return instant.astimezone(PARIS).date().isoformat() if instant else None


def mois_apres(jour, mois: int):
    """The same day `mois` months later (the last day of the month where it does not exist)."""
    annee, rang = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    for recul in range(4):
        try:
            return jour.replace(year=annee, month=rang + 1, day=jour.day - recul)
        except ValueError:
            continue
    raise ValueError(jour)


def fin_du_jour(jour: date) -> datetime:
    """The last minute of a day, in Paris: when that day's duty is due."""
    return datetime.combine(jour, time(23, 59), tzinfo=PARIS)
