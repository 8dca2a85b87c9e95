"""When the steps of this stage are due: the ball's sentence says the date."""

from accompagnement.models import CreditJours, Inscription
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import echeance


@echeance("dossier")
def fin_de_l_incubation_ou_de_l_accompagnement(dossiers):
    """The cohort's last day, then the credit's."""
    incubes = [dossier.pk for dossier in dossiers if dossier.etat == Etat.EN_INCUBATION]
    if incubes:
        inscriptions = Inscription.objects.filter(dossier__in=incubes)
        yield inscriptions.values_list("dossier", horloge.FinDuJour("promotion__fin"))
    accompagnes = [dossier.pk for dossier in dossiers if dossier.etat == Etat.EN_ACCOMPAGNEMENT]
    if accompagnes:
        credits_ = CreditJours.objects.filter(dossier__in=accompagnes)
        yield credits_.values_list("dossier", horloge.FinDuJour("fin"))
