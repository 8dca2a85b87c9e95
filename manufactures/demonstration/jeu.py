"""The demonstration's data, and the calendar that turns « J-420 12:00 » into an instant of Paris."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from manufactures import horloge
from manufactures.programme.donnees import geographie

DONNEES = Path(__file__).with_name("donnees")
APPEL = Path(geographie.__file__).with_name("appel.json")
MIDI = "12:00"


def _lire(chemin: Path):
    return json.loads(chemin.read_text(encoding="utf-8"))


@cache
def lire_jeu() -> dict:
    """People, sittings, cohorts and the 46 dossiers, as offsets from the day of loading."""
    return _lire(DONNEES / "demonstration.json")


@cache
def lire_laureats() -> dict[int, dict]:
    """The press kit's 20 laureates, by their order in it."""
    return {fiche["ordre"]: fiche for fiche in _lire(DONNEES / "laureats.json")}


@cache
def lire_appel() -> dict:
    """The call's configuration."""
    return _lire(APPEL)


@dataclass(frozen=True)
class Calendrier:
    """The day of loading, from which every date of the demonstration is counted."""

    jour_j: date

    def jour(self, texte: str) -> date:
        """« J-420 » or « J-420 12:00 » as a day."""
        return self.jour_j + timedelta(days=int(texte.split(maxsplit=1)[0][1:]))

    def instant(self, texte: str, heure: str = MIDI) -> datetime:
        """The same as an instant of Paris; `heure` where the text gives none."""
        dite = texte.split()[1] if " " in texte else heure
        return datetime.combine(self.jour(texte), time.fromisoformat(dite), tzinfo=horloge.PARIS)
