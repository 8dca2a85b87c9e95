"""When the committee's steps are due: the sentence of the ball says it."""

from django.db.models import Max

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.registres import echeance
from selection.models import Audition, Decision, EtatSeance, PointOrdreDuJour

AU_COMITE = (Etat.EN_COMITE, Etat.EN_ARBITRAGE)


@echeance("dossier")
def au_comite(dossiers):
    """The sitting summoned, the hearing, the wave's publication, the end of the reserve list."""

    def dans(*etats):
        return [dossier.pk for dossier in dossiers if dossier.etat in etats]

    if inscrits := dans(*AU_COMITE):
        points = PointOrdreDuJour.objects.filter(
            dossier__in=inscrits, resultat="", seance__etat=EtatSeance.CONVOQUEE
        )
        yield points.values_list("dossier", "seance__debut")
    if attendus := dans(Etat.A_AUDITIONNER):
        yield Audition.objects.filter(dossier__in=attendus, tenue=None).values_list("dossier", "debut")
    if rendus := dans(Etat.AVIS_RENDU):
        yield Dossier.objects.filter(pk__in=rendus).values_list("pk", "vague__decision_prevue")
    if reserves := dans(Etat.LISTE_COMPLEMENTAIRE):
        fins = Decision.objects.filter(dossier__in=reserves, fin_liste__isnull=False).order_by()
        dernieres = fins.values("dossier").annotate(fin=horloge.FinDuJour(Max("fin_liste")))
        yield dernieres.values_list("dossier", "fin")
