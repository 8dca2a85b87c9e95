"""What a decision may be, from which state, by which act; when it follows the opinion. Pure rules."""

from decimal import ROUND_UP, Decimal

from candidatures.models import Dossier
from manufactures import horloge
from manufactures.procedure import Etat
from manufactures.programme.models import Vague
from selection.models.avis import Avis
from selection.models.choix import SensAvis, SensDecision

LONGUEUR_MOTIF = 60
EVOLUTIONS = 2  # a refusal tells the two changes that would weigh most, no list to tick off

S = SensDecision
GENRE = {S.LABELLISATION: "labellisation", S.LISTE_COMPLEMENTAIRE: "non_selection", S.AJOURNEMENT: "ajournement",
         S.REFUS: "non_selection", S.ATTRIBUTION: "attribution"}  # fmt: skip
ACTION = {S.LABELLISATION: "labelliser", S.LISTE_COMPLEMENTAIRE: "mettre_en_liste", S.AJOURNEMENT: "ajourner",
          S.REFUS: "ne_pas_retenir", S.ATTRIBUTION: "attribuer"}  # fmt: skip
# The states in which each decision may be prepared and published.
DEPUIS = {
    S.LABELLISATION: (Etat.AVIS_RENDU, Etat.LISTE_COMPLEMENTAIRE),
    S.LISTE_COMPLEMENTAIRE: (Etat.AVIS_RENDU,),
    S.AJOURNEMENT: (Etat.AVIS_RENDU,),
    S.REFUS: (Etat.AVIS_RENDU, Etat.LISTE_COMPLEMENTAIRE),
    S.ATTRIBUTION: (Etat.EN_ARBITRAGE,),
}


def sens_conformes(avis: Avis, etat: str) -> set[str]:
    """The decisions that follow this opinion; any other departs from it and says why."""
    if avis.seance.est_arbitrage:
        return {S.ATTRIBUTION} if avis.sens in (SensAvis.FAVORABLE, SensAvis.RESERVE) else set()
    if etat == Etat.LISTE_COMPLEMENTAIRE:  # a place frees, or the list ends
        return {S.LABELLISATION, S.REFUS}
    if avis.rang_complementaire:
        return {S.LISTE_COMPLEMENTAIRE}
    return {
        SensAvis.FAVORABLE: {S.LABELLISATION},
        SensAvis.RESERVE: {S.LABELLISATION, S.LISTE_COMPLEMENTAIRE},
        SensAvis.DEFAVORABLE: {S.REFUS},
        SensAvis.AJOURNEMENT: {S.AJOURNEMENT},
    }[SensAvis(avis.sens)]


def taux(montant: Decimal, depense: Decimal) -> Decimal:
    """Amount over expense, four decimals rounded up: the ceiling stays within rate × expense."""
    return (
        (montant / depense).quantize(Decimal("0.0001"), rounding=ROUND_UP) if depense else Decimal("0.0000")
    )


def vague_suivante(dossier: Dossier) -> Vague | None:
    """The wave in which an adjourned or refused project may come back: open or to come."""
    return (
        Vague.objects.filter(
            appel=dossier.vague.appel, cloture__gt=horloge.maintenant(), numero__gt=dossier.vague.numero
        )
        .order_by("cloture")
        .first()
    )
