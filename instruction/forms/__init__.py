from instruction.forms.complements import DemandeForm, PiecesReclamees, ProlongerForm, ReponseForm
from instruction.forms.echanges import MessageForm, NoteInterneForm
from instruction.forms.grille import AffecterForm, EpingleForm, Grille, MotifForm, SignatureForm
from instruction.forms.liste import FiltreForm
from instruction.forms.refus import RefusForm

__all__ = [
    "AffecterForm",
    "DemandeForm",
    "EpingleForm",
    "FiltreForm",
    "Grille",
    "MessageForm",
    "MotifForm",
    "NoteInterneForm",
    "PiecesReclamees",
    "ProlongerForm",
    "RefusForm",
    "ReponseForm",
    "SignatureForm",
]
