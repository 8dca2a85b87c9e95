from candidatures.views.depot import AccuseView, DepotView
from candidatures.views.dossier import DossierView, LectureView, PasserView
from candidatures.views.equipe import EquipeView, RetirerMembreView
from candidatures.views.liste import CommunesView, CreerView, ListeView
from candidatures.views.pieces import AjouterPieceView, PieceView, RetirerPieceView
from candidatures.views.section import SectionView

__all__ = [
    "AccuseView",
    "AjouterPieceView",
    "CommunesView",
    "CreerView",
    "DepotView",
    "DossierView",
    "EquipeView",
    "LectureView",
    "ListeView",
    "PasserView",
    "PieceView",
    "RetirerMembreView",
    "RetirerPieceView",
    "SectionView",
]
