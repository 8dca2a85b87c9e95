"""When the committee's steps are due: the sentence of the ball says it."""

from datetime import datetime, time

from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import echeance
from selection.models import Audition, EtatSeance, PointOrdreDuJour

AU_COMITE = (Etat.EN_COMITE, Etat.EN_ARBITRAGE)


@echeance("dossier")
def au_comite(dossier) -> datetime | None:
    """The sitting summoned, the hearing, the wave's publication, the end of the reserve list."""
    if dossier.etat in AU_COMITE:
        points = PointOrdreDuJour.objects.filter(
            dossier=dossier, resultat="", seance__etat=EtatSeance.CONVOQUEE
        )
        return points.order_by("seance__debut").values_list("seance__debut", flat=True).first()
    if dossier.etat == Etat.A_AUDITIONNER:
        return Audition.objects.filter(dossier=dossier, tenue=None).values_list("debut", flat=True).first()
    if dossier.etat == Etat.AVIS_RENDU:
        return dossier.vague.decision_prevue
    if dossier.etat == Etat.LISTE_COMPLEMENTAIRE:
        fin = dossier.decisions.filter(fin_liste__isnull=False).values_list("fin_liste", flat=True).last()
        return datetime.combine(fin, time(23, 59), tzinfo=horloge.PARIS) if fin else None
    return None
