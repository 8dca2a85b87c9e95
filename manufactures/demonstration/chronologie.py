"""Turns the data into dated deeds, and plays them all in the order of time: one history, as if it had been lived."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.comptes.models import User
from manufactures.demonstration.jeu import Calendrier, lire_jeu
from manufactures.programme.models import Appel, Vague
from selection.models import Membre, Seance


@dataclass
class Scene:
    """Where the history is played: the call, the people, and the rows that the deeds have made so far."""

    calendrier: Calendrier
    appel: Appel
    vagues: dict[int, Vague]
    gens: dict[str, User]
    sieges: dict[str, Membre]
    jeu: dict = field(
        default_factory=lire_jeu
    )  # people, sittings, cohorts, dossiers: the history that is told
    dossiers: dict[str, int] = field(default_factory=dict)  # key of the data -> primary key
    seances: dict[str, int] = field(default_factory=dict)
    promotions: dict[str, int] = field(default_factory=dict)

    def dossier(self, cle: str) -> Dossier:
        """The dossier, read anew: a deed never starts from a stale row."""
        return Dossier.objects.select_related("vague__appel", "forme_juridique").get(pk=self.dossiers[cle])

    def seance(self, cle: str) -> Seance:
        """The sitting, read anew."""
        return Seance.objects.select_related("vague__appel").get(pk=self.seances[cle])


@dataclass(order=True)
class Evenement:
    """A deed at its instant; `rang` keeps the order of the procedure between deeds of the same instant."""

    instant: datetime
    rang: int
    recit: str = field(compare=False)
    geste: Callable[[], None] = field(compare=False)


class Chronologie:
    """The deeds to come, in whatever order they are told."""

    def __init__(self, scene: Scene):
        self.scene = scene
        self.evenements: list[Evenement] = []

    def prevoir(self, instant: datetime, recit: str, geste: Callable, *args, **options) -> None:
        """Tell a deed: `geste(scene, *args, **options)` will be done at `instant`."""
        self.evenements.append(
            Evenement(instant, len(self.evenements), recit, lambda: geste(self.scene, *args, **options))
        )

    def le(self, texte: str, heure: str = "12:00") -> datetime:
        """« J-420 12:00 » as an instant of Paris."""
        return self.scene.calendrier.instant(texte, heure)

    def jouer(self) -> Iterator[Evenement]:
        """Do every deed at its instant, in the order of time; yields each one once done.

        Raises RuntimeError naming the deed that the procedure refused.
        """
        for evenement in sorted(self.evenements):
            try:
                with horloge.a(evenement.instant):
                    evenement.geste()
            except Exception as cause:
                quand = evenement.instant.strftime("%d/%m/%Y %H:%M")
                raise RuntimeError(f"{evenement.recit}, le {quand} : {cause}") from cause
            yield evenement
