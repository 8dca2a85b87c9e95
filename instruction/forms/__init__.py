from instruction.forms.complements import DemandeForm, PiecesReclamees, ProlongerForm, ReponseForm
from instruction.forms.echanges import MessageForm, NoteInterneForm
from instruction.forms.grille import AffecterForm, Grille, MotifForm, RefusForm, SignatureForm, saisie
from instruction.forms.liste import FiltreForm

__all__ = [
    "AffecterForm",
    "DemandeForm",
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
    "saisie",
]
