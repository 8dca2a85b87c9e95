"""The web of the support: views translate HTTP, the models do the deeds."""

from accompagnement.views.argent import ConventionView, PasserConventionView, TrancheView
from accompagnement.views.avenants import AvenantsView
from accompagnement.views.comptes import ComptesView
from accompagnement.views.emargement import ChiffresView, PorteView
from accompagnement.views.experts import JourneeView, MissionView, PasserMissionView, SemaineView
from accompagnement.views.hors_ligne import (
    HorsLigneView,
    JetonView,
    ManifesteView,
    PhotosHorsLigneView,
    PresencesHorsLigneView,
    TravailleurView,
)
from accompagnement.views.incubation import (
    BilanView,
    LivrableView,
    PromotionsView,
    PromotionView,
    SessionView,
)
from accompagnement.views.mois import MoisView, NoterView
from accompagnement.views.paiements import BordereauView, PaiementsView
from accompagnement.views.projet import ClotureView, CreditView, ListeView, ProjetView, ProposerView
from accompagnement.views.recommandations import RecommandationView, SilencesView
from accompagnement.views.recouvrement import RecouvrementsView
from accompagnement.views.releves import RelevesView, ReleveView

__all__ = [
    "AvenantsView",
    "BilanView",
    "BordereauView",
    "ChiffresView",
    "ClotureView",
    "ComptesView",
    "ConventionView",
    "CreditView",
    "HorsLigneView",
    "JetonView",
    "JourneeView",
    "ListeView",
    "LivrableView",
    "ManifesteView",
    "MissionView",
    "MoisView",
    "NoterView",
    "PaiementsView",
    "PasserConventionView",
    "PasserMissionView",
    "PhotosHorsLigneView",
    "PorteView",
    "PresencesHorsLigneView",
    "ProjetView",
    "PromotionView",
    "PromotionsView",
    "ProposerView",
    "RecouvrementsView",
    "SemaineView",
    "RecommandationView",
    "ReleveView",
    "RelevesView",
    "SessionView",
    "SilencesView",
    "TrancheView",
    "TravailleurView",
]
