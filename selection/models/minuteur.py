"""The timer of a hearing, on the row of the sitting: every board reads it with the same poll, by the server's clock."""

from datetime import timedelta

from django.db import models, transaction

from manufactures import horloge
from selection.models.base import SECRETARIAT, exiger, exiger_role, noter
from selection.models.choix import EtatSeance
from selection.models.tenue import C_EST_AU_SECRETARIAT

MINUTES_AU_PLUS = 120


class Minuteur(models.Model):
    """It runs until an instant, or waits with so many seconds left; neither is set where nobody started it."""

    minuteur_fin = models.DateTimeField("fin du minuteur", null=True, blank=True)
    minuteur_reste = models.PositiveIntegerField("secondes restantes, en pause", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def minuteur_est_lance(self) -> bool:
        """Running or paused."""
        return self.minuteur_fin is not None or self.minuteur_reste is not None

    @property
    def minuteur_secondes(self) -> int:
        """Seconds left now; below zero once the time is over."""
        if self.minuteur_fin is None:
            return self.minuteur_reste or 0
        return round((self.minuteur_fin - horloge.maintenant()).total_seconds())

    @property
    def minuteur_reste_dit(self) -> str:
        """« 12 min 05 s », « dépassé de 0 min 30 s »."""
        minutes, secondes = divmod(abs(self.minuteur_secondes), 60)
        duree = f"{minutes}\u00a0min\u00a0{secondes:02}\u00a0s"
        return f"dépassé de {duree}" if self.minuteur_secondes < 0 else duree

    def lancer_le_minuteur(self, minutes: int, *, par) -> None:
        """Start for so many minutes, whatever it was doing."""
        exiger(1 <= minutes <= MINUTES_AU_PLUS, f"De 1 à {MINUTES_AU_PLUS} minutes.")
        fin = horloge.maintenant() + timedelta(minutes=minutes)
        self._regler_le_minuteur(par, lambda seance: (fin, None))

    def suspendre_le_minuteur(self, *, par) -> None:
        """Keep what is left."""

        def garder(seance):
            exiger(seance.minuteur_fin is not None, "Le minuteur ne tourne pas.")
            return None, max(0, seance.minuteur_secondes)

        self._regler_le_minuteur(par, garder)

    def reprendre_le_minuteur(self, *, par) -> None:
        """Go on with what was left."""

        def repartir(seance):
            exiger(seance.minuteur_reste is not None, "Le minuteur n'est pas en pause.")
            return horloge.maintenant() + timedelta(seconds=seance.minuteur_reste), None

        self._regler_le_minuteur(par, repartir)

    def arreter_le_minuteur(self, *, par) -> None:
        """No timer any more; twice is once."""
        self._regler_le_minuteur(par, lambda seance: (None, None))

    def _regler_le_minuteur(self, par, regler) -> None:
        """Read the row again under its lock, ask for the two columns, write them."""
        with transaction.atomic():
            seance = self._verrouiller(EtatSeance.OUVERTE)
            exiger_role(seance, par, *SECRETARIAT, phrase=C_EST_AU_SECRETARIAT)
            fin, reste = regler(seance)
            noter(seance, minuteur_fin=fin, minuteur_reste=reste)
        self.minuteur_fin, self.minuteur_reste = fin, reste
