"""The waves of the call, and the sentence of the moment: the countdown is the server's, never in seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices

from manufactures import francais, horloge
from manufactures.programme.models import Appel, Vague

HEURES_COMPTEES = 72  # under this, the countdown says hours


class Moment(TextChoices):
    """Where the call stands for who would apply."""

    SANS = "SANS", "Pas de calendrier"
    AVANT = "AVANT", "Avant l'ouverture"
    OUVERT = "OUVERT", "Dépôts ouverts"
    DERNIERES_HEURES = "DERNIERES_HEURES", "Dernières 72 heures"
    CLOS = "CLOS", "Dépôts clos"


@dataclass(frozen=True)
class Calendrier:
    """The waves of the call, the open one, and what to say of it."""

    vagues: list[Vague]
    ouverte: Vague | None
    moment: Moment
    phrase: str


def appel_courant() -> Appel | None:
    """The call on display: the latest one; the clock is read along with it."""
    appel = Appel.objects.annotate(instant=horloge.Horloge()).order_by("-pk").first()
    if appel is not None:
        horloge.noter(appel.instant)
    return appel


def calendrier(appel: Appel | None) -> Calendrier:
    """The waves of a call, in one query."""
    vagues = list(appel.vagues.order_by("numero")) if appel else []
    instant = horloge.maintenant()
    ouverte = next((v for v in vagues if v.ouverture <= instant < v.cloture), None)
    return Calendrier(vagues, ouverte, *_dire(vagues, ouverte, instant))


def vague_en_vigueur(vagues: list[Vague]) -> Vague | None:
    """The wave whose texts are in force: the open one, else the next to open, else the last."""
    instant = horloge.maintenant()
    return next((v for v in vagues if v.cloture > instant), vagues[-1] if vagues else None)


def numero_en_vigueur(appel: Appel) -> int:
    """Its number, the first one's while the calendar is empty: one query."""
    vague = vague_en_vigueur(list(appel.vagues.order_by("numero")))
    return vague.numero if vague else 1


def compte_a_rebours(jusqu_a: datetime, instant: datetime) -> str:
    """« Encore 28 jours. », in hours under 72 hours; never in seconds."""
    reste = jusqu_a - instant
    if reste < timedelta(hours=HEURES_COMPTEES):
        heures = max(int(reste.total_seconds() // 3600), 0)
        if heures == 0:
            return "Encore moins d'une heure."
        return f"Encore {francais.compter(heures, 'heure')}."
    return f"Encore {francais.compter(horloge.jours_avant(jusqu_a), 'jour')}."


def _dire(vagues: list[Vague], ouverte: Vague | None, instant: datetime) -> tuple[Moment, str]:
    if ouverte is not None:
        return _dire_ouverte(vagues, ouverte, instant)
    closes = [v for v in vagues if v.cloture <= instant]
    a_venir = next((v for v in vagues if v.ouverture > instant), None)
    if a_venir is not None and closes:
        return Moment.AVANT, (
            f"Les dépôts de la {closes[-1].libelle} sont clos depuis le {francais.echeance(closes[-1].cloture)}. "
            f"La {a_venir.libelle} ouvrira le {francais.echeance(a_venir.ouverture)}."
        )
    if a_venir is not None:
        return Moment.AVANT, f"L'appel ouvrira le {francais.echeance(a_venir.ouverture)}."
    if closes:
        cloture = francais.echeance(closes[-1].cloture)
        return Moment.CLOS, (
            f"Les dépôts sont clos depuis le {cloture}. Les dossiers déposés sont en cours d'examen."
        )
    return Moment.SANS, "Aucun calendrier n'est publié pour l'instant."


def _dire_ouverte(vagues: list[Vague], ouverte: Vague, instant: datetime) -> tuple[Moment, str]:
    derniere = ", la dernière" if ouverte == vagues[-1] and len(vagues) > 1 else ""
    phrase = (
        f"{ouverte.libelle[:1].upper()}{ouverte.libelle[1:]}{derniere}\u00a0: dépôt avant le "
        f"{francais.echeance(ouverte.cloture)}. {compte_a_rebours(ouverte.cloture, instant)}"
    )
    if ouverte.cloture - instant >= timedelta(hours=HEURES_COMPTEES):
        return Moment.OUVERT, phrase
    heure = francais.heure(ouverte.cloture)
    return Moment.DERNIERES_HEURES, f"{phrase} Un dossier reçu à {heure} pile est en retard."
