"""Forms of the committee's stage: they check what a person can correct; whether one may is the deeds' business."""

from selection.forms.auditions import (
    ChangementDeSeanceForm,
    CreneauForm,
    DeplacerForm,
    IndisponibiliteForm,
    PlageForm,
    SouhaitForm,
    SupportForm,
)
from selection.forms.classement import HypotheseForm
from selection.forms.comite import ReglesForm
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
    "ChangementDeSeanceForm",
    "CompteRenduForm",
    "ConfirmationForm",
    "ConvocationForm",
    "CreneauForm",
    "DecisionForm",
    "DeplacerForm",
    "DiffusionForm",
    "FiltreDAgendaForm",
    "HypotheseForm",
    "IndisponibiliteForm",
    "InscriptionForm",
    "InteretForm",
    "NoteForm",
    "PlageForm",
    "PresenceForm",
    "PropositionForm",
    "RapporteursForm",
    "ReglesForm",
    "ReponseForm",
    "ScenarioForm",
    "SeanceForm",
    "SecondeSeanceForm",
    "SouhaitForm",
    "SupportForm",
    "VoteForm",
    "formulaires_de_notes",
]
