"""How long is left to deposit, in words: the server's sentence, which `rebours.js` only keeps up to date."""

from datetime import datetime, timedelta

from manufactures import horloge
from manufactures.francais import compter

HEURES_COMPTEES = 72  # under this, hours and minutes
MINUTE, HEURE = 60, 3600


def compte_a_rebours(limite: datetime, instant: datetime) -> str:
    """« Encore 28 jours. », « Encore 3 heures et 12 minutes. », « Encore moins d'une minute. »; never seconds."""
    reste = limite - instant
    secondes = int(reste.total_seconds())
    if secondes <= 0:
        return "Les dépôts sont clos."
    if reste >= timedelta(hours=HEURES_COMPTEES):
        return f"Encore {compter(horloge.jours_avant(limite), 'jour')}."
    if secondes < MINUTE:
        return "Encore moins d'une minute."
    heures, minutes = secondes // HEURE, secondes % HEURE // MINUTE
    parts = [compter(n, mot) for n, mot in ((heures, "heure"), (minutes, "minute")) if n]
    return f"Encore {' et '.join(parts)}."
