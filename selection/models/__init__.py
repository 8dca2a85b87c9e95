"""The committee's nouns, one file an aggregate."""

from selection.models.arbitrage import NoteArbitrage, PropositionArbitrage
from selection.models.audition import Audition
from selection.models.avis import Avis, SensAvis
from selection.models.comite import College, Membre
from selection.models.decision import Decision, SensDecision, decision_d_attribution, vague_suivante
from selection.models.interets import DeclarationInterets, Deport, ReponseInteret, SourceDeport
from selection.models.lecture import Lecture, NoteLecture
from selection.models.point import PointOrdreDuJour, Resultat, Sortie
from selection.models.presence import Convocation, Mode, Presence, Reponse
from selection.models.scrutin import (
    Bulletin,
    Choix,
    Electeur,
    Emargement,
    EtatScrutin,
    Question,
    Scrutin,
    VoteNominal,
)
from selection.models.seance import EtatSeance, Seance, TypeSeance

__all__ = [
    "Audition",
    "Avis",
    "Bulletin",
    "Choix",
    "College",
    "Convocation",
    "Decision",
    "DeclarationInterets",
    "Deport",
    "Electeur",
    "Emargement",
    "EtatScrutin",
    "EtatSeance",
    "Lecture",
    "Membre",
    "Mode",
    "NoteArbitrage",
    "NoteLecture",
    "PointOrdreDuJour",
    "Presence",
    "PropositionArbitrage",
    "Question",
    "Reponse",
    "ReponseInteret",
    "Resultat",
    "Scrutin",
    "Seance",
    "SensAvis",
    "SensDecision",
    "Sortie",
    "SourceDeport",
    "TypeSeance",
    "VoteNominal",
    "decision_d_attribution",
    "vague_suivante",
]
