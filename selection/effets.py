"""What this stage writes when a dossier leaves the path."""

from manufactures.registres import effet


@effet("dossier", "retirer", "abandonner")
def decisions_sans_objet(dossier, *, par, evenement, **faits) -> None:
    """A decision that waits has no object any more: it is cancelled, what it engaged is free again."""
    for decision in dossier.decisions.en_attente():
        decision.annuler(par=par)


@effet("dossier", "retirer")
def audition_sans_objet(dossier, *, par, evenement, **faits) -> None:
    """The hearing that was awaited will not be held: calendars are told."""
    for audition in dossier.auditions.attendues().select_for_update(of=("self",)):
        audition.dossier = dossier
        audition.effacer("Dossier retiré par le porteur", evenement=evenement, par=par)
