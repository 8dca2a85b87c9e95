"""The committee's nouns, one file an aggregate."""

from selection.models.arbitrage import NoteArbitrage, PropositionArbitrage
from selection.models.audition import Audition
from selection.models.avis import Avis
from selection.models.carnet import NotePersonnelle
from selection.models.choix import (
    Choix,
    EtatScrutin,
    EtatSeance,
    Mode,
    Question,
    Reponse,
    ReponseInteret,
    Resultat,
    SensAvis,
    SensDecision,
    SourceDeport,
    TypeSeance,
)
from selection.models.comite import College, Membre
from selection.models.decision import Decision, decision_d_attribution
from selection.models.interets import DeclarationInterets, Deport
from selection.models.lecture import Lecture, NoteLecture
from selection.models.notes_d_audition import NoteAudition
from selection.models.plages import Indisponibilite, PlageAuditions
from selection.models.point import PointOrdreDuJour, Sortie
from selection.models.presence import Convocation, Presence
from selection.models.regles import Majorite, ReglesDuComite
from selection.models.regles_de_decision import vague_suivante
from selection.models.scenario import Base, LigneScenario, Maniere, Scenario
from selection.models.scrutin import Scrutin
from selection.models.seance import Seance
from selection.models.signature import Signature
from selection.models.souhaits import EtatSouhait, SouhaitDeCreneau
from selection.models.tenue import Qualite
from selection.models.urne import Bulletin, Electeur, Emargement, VoteNominal

__all__ = [
    "Audition",
    "Avis",
    "Base",
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
    "EtatSouhait",
    "Indisponibilite",
    "Lecture",
    "LigneScenario",
    "Majorite",
    "Maniere",
    "Membre",
    "Mode",
    "NoteArbitrage",
    "NoteAudition",
    "NoteLecture",
    "NotePersonnelle",
    "PlageAuditions",
    "PointOrdreDuJour",
    "Presence",
    "PropositionArbitrage",
    "Qualite",
    "Question",
    "ReglesDuComite",
    "Reponse",
    "ReponseInteret",
    "Resultat",
    "Scenario",
    "Scrutin",
    "Seance",
    "SensAvis",
    "SensDecision",
    "Signature",
    "Sortie",
    "SouhaitDeCreneau",
    "SourceDeport",
    "TypeSeance",
    "VoteNominal",
    "decision_d_attribution",
    "vague_suivante",
]
