from instruction.views.complements import ComplementsView, ProlongerView, RepondreView
from instruction.views.dossier import AffecterView, DossierView, GrilleView, NotesView, RegleView
from instruction.views.liste import ExportView, ListeView
from instruction.views.messages import MessagesView
from instruction.views.refus import IrrecevabiliteView, RefusView

__all__ = [
    "AffecterView",
    "ComplementsView",
    "DossierView",
    "ExportView",
    "GrilleView",
    "IrrecevabiliteView",
    "ListeView",
    "MessagesView",
    "NotesView",
    "ProlongerView",
    "RefusView",
    "RegleView",
    "RepondreView",
]
