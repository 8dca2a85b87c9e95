"""Drafts in one go: the decision that follows each opinion of a sitting, for an agent to read again and correct."""

from dataclasses import dataclass, field

from django.db import transaction

from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.griefs import criteres_notes, proposer
from selection.models import Avis, Decision, SensDecision
from selection.models.regles_de_decision import LONGUEUR_MOTIF, S, sens_conformes

SANS_SUITE = "L'avis ne donne pas une seule décision : rédigez-la."


@dataclass
class Preparation:
    """What was drafted, and what was left with its reason."""

    decisions: list[Decision] = field(default_factory=list)
    laisses: list[tuple[Avis, str]] = field(default_factory=list)


def preparer(avis_rendus, *, par) -> Preparation:
    """A draft an opinion, each in its own transaction: one that a rule stops holds back no other."""
    faite = Preparation()
    for avis in avis_rendus:
        try:
            with transaction.atomic():
                faite.decisions.append(_rediger(avis, par))
        except (TransitionInterdite, GesteInterdit) as raison:
            faite.laisses.append((avis, str(raison)))
    return faite


def _rediger(avis: Avis, par) -> Decision:
    sens = sens_qui_suit(avis)
    if sens is None:
        raise TransitionInterdite(SANS_SUITE)
    champs = {}
    if sens in (S.REFUS, S.AJOURNEMENT):
        champs["griefs"] = proposer(avis, criteres_notes(avis.dossier))
    return Decision.rediger(avis.dossier, par=par, sens=sens, motif=motif_qui_suit(avis), **champs)


def sens_qui_suit(avis: Avis) -> SensDecision | None:
    """The decision that follows an opinion; None where two would, or none."""
    conformes = sens_conformes(avis, avis.dossier.etat)
    return next(iter(conformes)) if len(conformes) == 1 else None


def motif_qui_suit(avis: Avis) -> str:
    """The committee's grounds, introduced where they are too short to stand alone."""
    motif = avis.point.proposition.motif if avis.seance.est_arbitrage else avis.motifs
    if len(motif.strip()) >= LONGUEUR_MOTIF:
        return motif
    return f"Suivant l'avis {avis.adjectif} du comité et les motifs de son procès-verbal : {motif}"
