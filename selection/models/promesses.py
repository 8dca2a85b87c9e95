"""What of a wave's envelope is promised already: voted and not signed, under vote, adopted by another sitting."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, Sum

from manufactures.procedure import Etat
from manufactures.programme.models import Enveloppe, NatureAide
from selection.models.choix import EtatScrutin, EtatSeance, SensAvis, TypeSeance
from selection.models.point import PointOrdreDuJour
from selection.models.seance import Seance

NATURES = {NatureAide.INVESTISSEMENT: "investissement", NatureAide.AMORCAGE: "amorcage"}
AVANT_LE_VOTE = (EtatSeance.PREVUE, EtatSeance.CONVOQUEE, EtatSeance.OUVERTE)
QUI_ATTRIBUENT = (SensAvis.FAVORABLE, SensAvis.RESERVE)


def en_vote() -> Exists:
    """The item has a ballot that was not cancelled."""
    vivants = Q(scrutins__etat__in=[e for e in EtatScrutin if e != EtatScrutin.ANNULE])
    return Exists(PointOrdreDuJour.objects.filter(vivants, pk=OuterRef("pk")))


def promis_ailleurs(vague, points, *, sauf_adoptes_de: int | None = None) -> dict[str, Decimal]:
    """Euros by kind that other items of the wave will take.

    Voted and not signed yet, under vote, or of a scenario adopted and not voted yet; those of the sitting
    `sauf_adoptes_de` are its own business: it votes in its order until nothing is left.
    """
    autres = PointOrdreDuJour.objects.filter(
        dossier__vague=vague,
        seance__type=TypeSeance.ARBITRAGE,
        dossier__etat=Etat.EN_ARBITRAGE,
        proposition__isnull=False,
    ).exclude(dossier__in=[p.dossier_id for p in points])
    adoptantes = Seance.objects.filter(pk=OuterRef("seance"), scenarios__adopte_le__isnull=False)
    adopte = Exists(adoptantes.exclude(pk=sauf_adoptes_de))
    a_venir = Q(adopte | en_vote(), resultat="", seance__etat__in=AVANT_LE_VOTE)
    promis = autres.filter(Q(avis__sens__in=QUI_ATTRIBUENT) | a_venir).exclude(
        avis__decisions__signee_le__isnull=False
    )
    sommes = promis.aggregate(**{nom: Sum(f"proposition__{nom}") for nom in NATURES.values()})
    return {nature: sommes[nom] or Decimal("0.00") for nature, nom in NATURES.items()}


def lignes_libres(
    vague, points, *, verrou: bool = False, sauf_adoptes_de: int | None = None
) -> list[tuple[Enveloppe, Decimal]]:
    """Each line of the wave, with what these items may share of it; locked, in the order of their keys, on `verrou`."""
    lignes = Enveloppe.objects.filter(vague=vague, nature__in=NATURES).order_by("pk")
    if verrou:
        lignes = lignes.select_for_update(of=("self",))
    lignes = list(lignes)  # before the sums: they are read under the lock
    promis = promis_ailleurs(vague, points, sauf_adoptes_de=sauf_adoptes_de)
    return [(ligne, ligne.reste - promis[ligne.nature]) for ligne in lignes]
