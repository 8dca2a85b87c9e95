"""Pages of the committee's stage: they translate HTTP, the models decide."""

from selection.views.auditions import AgendaAuditionView, AuditionPorteurView, AuditionView
from selection.views.classement import ClassementView
from selection.views.composition import ComposerView, RapporteursView
from selection.views.decisions import DecisionsView, DecisionView, DiffuserView, RedigerView
from selection.views.lecture import DeporterView, LectureView
from selection.views.preparation import (
    AgendaSeanceView,
    ArbitrageView,
    CreerSeanceView,
    InteretsView,
    OrdreDuJourView,
    ReponseView,
    SeancesView,
)
from selection.views.scenarios import ScenariosView
from selection.views.seance import DirectView, PresenceView, PresidenceView, SeanceView, TenueView, VoteView

__all__ = [
    "AgendaAuditionView",
    "AgendaSeanceView",
    "ArbitrageView",
    "AuditionPorteurView",
    "AuditionView",
    "ClassementView",
    "ComposerView",
    "CreerSeanceView",
    "DecisionView",
    "DecisionsView",
    "DeporterView",
    "DiffuserView",
    "DirectView",
    "InteretsView",
    "LectureView",
    "OrdreDuJourView",
    "PresenceView",
    "PresidenceView",
    "RapporteursView",
    "RedigerView",
    "ReponseView",
    "ScenariosView",
    "SeanceView",
    "SeancesView",
    "TenueView",
    "VoteView",
]
