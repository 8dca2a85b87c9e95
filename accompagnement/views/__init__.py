"""The web of the support: views translate HTTP, the models do the deeds."""

from accompagnement.views.argent import ConventionView, PasserConventionView, TrancheView
from accompagnement.views.emargement import ChiffresView, PorteView
from accompagnement.views.experts import JourneeView, MissionView, PasserMissionView, SemaineView
from accompagnement.views.incubation import (
    BilanView,
    LivrableView,
    PromotionsView,
    PromotionView,
    SessionView,
)
from accompagnement.views.projet import ClotureView, CreditView, ListeView, ProjetView, ProposerView

__all__ = [
    "BilanView",
    "ChiffresView",
    "ClotureView",
    "ConventionView",
    "CreditView",
    "JourneeView",
    "ListeView",
    "LivrableView",
    "MissionView",
    "PasserConventionView",
    "PasserMissionView",
    "PorteView",
    "ProjetView",
    "PromotionView",
    "PromotionsView",
    "ProposerView",
    "SemaineView",
    "SessionView",
    "TrancheView",
]
