"""What the steps change in this stage's own rows, in the transition's transaction."""

from accompagnement.models import Convention, CreditJours
from manufactures.procedure import EtatConvention
from manufactures.programme.models import Enveloppe, NatureAide
from manufactures.registres import effet


def enveloppe_ingenierie(dossier) -> Enveloppe | None:
    """The line that pays the experts, where the wave has one."""
    return Enveloppe.objects.filter(vague=dossier.vague, nature=NatureAide.INGENIERIE).first()


@effet("mission", "commander")
def reserver_les_jours(mission, *, par, **faits) -> None:
    """The order takes its price from the engineering envelope; its days, the ledger takes them from the credit."""
    if enveloppe := enveloppe_ingenierie(mission.dossier):
        enveloppe.engager(mission.ttc(mission.jours_commandes))


@effet("mission", "certifier")
def rendre_les_jours(mission, *, par, **faits) -> None:
    """The price of days ordered and not done goes back to the envelope, as the ledger gives the days back."""
    inutilises = mission.jours_commandes - mission.jours_valides
    if inutilises and (enveloppe := enveloppe_ingenierie(mission.dossier)):
        enveloppe.liberer(mission.ttc(mission.jours_commandes) - mission.ttc(mission.jours_valides))


@effet("dossier", "clore", "abandonner")
def eteindre_le_credit(dossier, *, par, **faits) -> None:
    """No day is ordered after the end of the path."""
    CreditJours.eteindre(dossier)


@effet("dossier", "abandonner")
def resilier_la_convention(dossier, *, par, motif, **faits) -> None:
    """No payment follows the end of the path."""
    actives = (EtatConvention.EN_PROJET, EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)
    for convention in Convention.objects.filter(dossier=dossier, etat__in=actives):
        convention.passer("resilier", par=par, motif=motif)
