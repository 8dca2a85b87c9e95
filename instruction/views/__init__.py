from instruction.views.affectation import AffectationView
from instruction.views.avancement import AvancementView
from instruction.views.avis import AvisDuTiersView, AvisRenduView, AvisView, FichierAvisView
from instruction.views.complements import ComplementsView, EcheanceView, JugerView, ProlongerView
from instruction.views.controles import ControlesView, DoublonsView
from instruction.views.dossier import AffecterView, DossierView, GrilleView, NotesView, RegleView
from instruction.views.double_lecture import SecondeLectureView
from instruction.views.epingles import AnnotationsView, AnnotationView, EpinglesView, EpingleView
from instruction.views.exports import ExportView
from instruction.views.historique import HistoriqueView
from instruction.views.liens import LiensView, ReprendreView
from instruction.views.liste import ListeView
from instruction.views.messages import MessagesView
from instruction.views.modeles import ModelesDeMessagesView
from instruction.views.refus import IrrecevabiliteView, RefusView
from instruction.views.repondre import RepondreView
from instruction.views.verification import VerificationsView, VerificationView
from instruction.views.vues import VuesView, VueView

__all__ = [
    "AffectationView",
    "AffecterView",
    "AnnotationView",
    "AnnotationsView",
    "AvancementView",
    "AvisDuTiersView",
    "AvisRenduView",
    "AvisView",
    "ComplementsView",
    "ControlesView",
    "DossierView",
    "DoublonsView",
    "EpingleView",
    "EpinglesView",
    "ExportView",
    "FichierAvisView",
    "GrilleView",
    "HistoriqueView",
    "IrrecevabiliteView",
    "EcheanceView",
    "JugerView",
    "LiensView",
    "ListeView",
    "MessagesView",
    "ModelesDeMessagesView",
    "NotesView",
    "ProlongerView",
    "RefusView",
    "RegleView",
    "RepondreView",
    "ReprendreView",
    "SecondeLectureView",
    "VerificationView",
    "VerificationsView",
    "VueView",
    "VuesView",
]
