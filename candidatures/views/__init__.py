from candidatures.views.commentaires import CommentairesView, CommentaireView
from candidatures.views.depot import AccuseView, DepotView, ImpressionView
from candidatures.views.dossier import DossierView, LectureView, PasserView, RepriseView
from candidatures.views.historique import HistoriqueView
from candidatures.views.liste import CommunesView, CreerView, ListeView
from candidatures.views.pieces import AjouterPieceView, PieceView, RetirerPieceView
from candidatures.views.section import SectionView

__all__ = [
    "AccuseView",
    "AjouterPieceView",
    "CommentaireView",
    "CommentairesView",
    "CommunesView",
    "CreerView",
    "DepotView",
    "DossierView",
    "HistoriqueView",
    "ImpressionView",
    "LectureView",
    "ListeView",
    "PasserView",
    "PieceView",
    "RetirerPieceView",
    "RepriseView",
    "SectionView",
]
