"""When the steps of this stage are due: the ball's sentence says the date."""

from datetime import datetime

from accompagnement.models import CreditJours, Inscription
from accompagnement.models.base import fin_du_jour
from manufactures.procedure import Etat
from manufactures.registres import echeance


@echeance("dossier")
def fin_de_l_incubation_ou_de_l_accompagnement(dossier) -> datetime | None:
    """The cohort's last day, then the credit's."""
    if dossier.etat == Etat.EN_INCUBATION:
        fin = Inscription.objects.filter(dossier=dossier).values_list("promotion__fin", flat=True).first()
    elif dossier.etat == Etat.EN_ACCOMPAGNEMENT:
        fin = CreditJours.objects.filter(dossier=dossier).values_list("fin", flat=True).first()
    else:
        return None
    return fin_du_jour(fin) if fin else None
