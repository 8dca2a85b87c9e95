"""How far a draft is, in one plain sentence: what is missing, and the time that is left."""

from datetime import timedelta

from manufactures import horloge
from manufactures.francais import compter
from manufactures.francais import echeance as dire_echeance

EN_JOURS = timedelta(hours=48)  # below, the hours count


def temps_restant(duree: timedelta) -> str:
    """« 6 jours », then hours, then minutes: never more than what is left."""
    if duree >= EN_JOURS:
        return compter(duree.days, "jour")
    minutes = max(int(duree.total_seconds()) // 60, 0)
    return compter(minutes // 60, "heure") if minutes >= 60 else compter(minutes, "minute")  # noqa: PLR2004


def phrase_d_avancement(dossier, manques) -> str:
    """« Pas encore déposé : il manque 3 réponses, il reste 6 jours. »"""
    reponses = f"il manque {compter(len(manques), 'réponse')}" if manques else "tout y est"
    cloture = dossier.echeance()
    reste = cloture - horloge.maintenant()
    if reste <= timedelta():
        return (
            f"Pas encore déposé\u00a0: {reponses}, les dépôts sont clos depuis le {dire_echeance(cloture)}."
        )
    return f"Pas encore déposé\u00a0: {reponses}, il reste {temps_restant(reste)}."
