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
    """The order takes its days from the credit and its price from the engineering envelope."""
    CreditJours.verrouiller(mission.dossier).reserver(mission.jours_commandes)
    if enveloppe := enveloppe_ingenierie(mission.dossier):
        enveloppe.engager(mission.ttc(mission.jours_commandes))


@effet("mission", "certifier")
def rendre_les_jours(mission, *, par, **faits) -> None:
    """Days ordered and not done go back to the project, their price to the envelope."""
    inutilises = mission.jours_commandes - mission.jours_valides
    CreditJours.verrouiller(mission.dossier).rendre(inutilises)
    if inutilises and (enveloppe := enveloppe_ingenierie(mission.dossier)):
        enveloppe.liberer(mission.ttc(mission.jours_commandes) - mission.ttc(mission.jours_valides))


@effet("dossier", "abandonner")
def resilier_la_convention(dossier, *, par, motif, **faits) -> None:
    """No payment follows the end of the path."""
    actives = (EtatConvention.EN_PROJET, EtatConvention.SIGNEE, EtatConvention.EN_EXECUTION)
    for convention in Convention.objects.filter(dossier=dossier, etat__in=actives):
        convention.passer("resilier", par=par, motif=motif)
