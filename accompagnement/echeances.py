"""When the steps of this stage are due: the ball's sentence says the date."""

from datetime import datetime

from accompagnement.models import CreditJours, Inscription
from accompagnement.models.base import fin_du_jour
from manufactures.procedure import Etat
from manufactures.registres import echeance


def _ligne(dossier, lien: str, lignes):
    """The row that hangs on this dossier: without a query where a list has read it already."""
    champ = dossier._meta.get_field(lien)
    return (
        champ.get_cached_value(dossier)
        if champ.is_cached(dossier)
        else lignes.filter(dossier=dossier).first()
    )


@echeance("dossier")
def fin_de_l_incubation_ou_de_l_accompagnement(dossier) -> datetime | None:
    """The cohort's last day, then the credit's."""
    if dossier.etat == Etat.EN_INCUBATION:
        inscription = _ligne(dossier, "inscription", Inscription.objects.select_related("promotion"))
        return fin_du_jour(inscription.promotion.fin) if inscription else None
    if dossier.etat == Etat.EN_ACCOMPAGNEMENT:
        credit = _ligne(dossier, "credit_jours", CreditJours.objects)
        return fin_du_jour(credit.fin) if credit else None
    return None
