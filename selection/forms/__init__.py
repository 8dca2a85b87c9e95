"""Forms of the committee's stage: they check what a person can correct; whether one may is the deeds' business."""

from selection.forms.classement import HypotheseForm
from selection.forms.composition import FiltreDAgendaForm, RapporteursForm
from selection.forms.decisions import DecisionForm, DiffusionForm
from selection.forms.lecture import NoteForm, formulaires_de_notes
from selection.forms.scenarios import ScenarioForm
from selection.forms.seances import (
    AuditionForm,
    AvisForm,
    CompteRenduForm,
    ConfirmationForm,
    ConvocationForm,
    InscriptionForm,
    InteretForm,
    PresenceForm,
    PropositionForm,
    ReponseForm,
    SeanceForm,
    SecondeSeanceForm,
    VoteForm,
)

__all__ = [
    "AuditionForm",
    "AvisForm",
    "CompteRenduForm",
    "ConfirmationForm",
    "ConvocationForm",
    "DecisionForm",
    "DiffusionForm",
    "FiltreDAgendaForm",
    "HypotheseForm",
    "InscriptionForm",
    "InteretForm",
    "NoteForm",
    "PresenceForm",
    "PropositionForm",
    "RapporteursForm",
    "ReponseForm",
    "ScenarioForm",
    "SeanceForm",
    "SecondeSeanceForm",
    "VoteForm",
    "formulaires_de_notes",
]
