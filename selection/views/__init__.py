"""Pages of the committee's stage: they translate HTTP, the models decide."""

from selection.views.arbitrage import ArbitrageView
from selection.views.auditions import (
    AgendaAuditionView,
    AuditionPorteurView,
    AuditionView,
    NotesDAuditionView,
)
from selection.views.classement import ClassementView
from selection.views.comite import CollegeView, CompositionView, MembreView, NommerView, ReglesView
from selection.views.composition import ComposerView, RapporteursView
from selection.views.decisions import DecisionsView, DecisionView, DiffuserView, PreparerView, RedigerView
from selection.views.equilibre import EquilibreView
from selection.views.gestes_de_seance import PresenceView, PresidenceView, TenueView, VoteView
from selection.views.lecture import DeporterView, LectureView
from selection.views.plan_d_auditions import (
    DeplacerSeanceView,
    IndisponibilitesView,
    MinuteurView,
    PlanDAuditionsView,
)
from selection.views.preparation import (
    AgendaSeanceView,
    CreerSeanceView,
    InteretsView,
    OrdreDuJourView,
    ReponseView,
    SeancesView,
)
from selection.views.registre import RegistreView
from selection.views.scenarios import ScenariosView
from selection.views.seance import DirectView, SeanceView

__all__ = [
    "AgendaAuditionView",
    "AgendaSeanceView",
    "ArbitrageView",
    "AuditionPorteurView",
    "AuditionView",
    "ClassementView",
    "CollegeView",
    "ComposerView",
    "CompositionView",
    "CreerSeanceView",
    "DecisionView",
    "DecisionsView",
    "DeplacerSeanceView",
    "DeporterView",
    "DiffuserView",
    "DirectView",
    "EquilibreView",
    "IndisponibilitesView",
    "InteretsView",
    "LectureView",
    "MinuteurView",
    "NotesDAuditionView",
    "MembreView",
    "NommerView",
    "OrdreDuJourView",
    "PlanDAuditionsView",
    "PreparerView",
    "PresenceView",
    "PresidenceView",
    "RapporteursView",
    "RedigerView",
    "RegistreView",
    "ReglesView",
    "ReponseView",
    "ScenariosView",
    "SeanceView",
    "SeancesView",
    "TenueView",
    "VoteView",
]
