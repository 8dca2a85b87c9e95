"""Addresses of the support: cohorts, one project's thread, money, days, experts."""

from django.urls import path

from accompagnement import views

app_name = "accompagnement"

urlpatterns = [
    path("accompagnement/", views.ListeView.as_view(), name="liste"),
    path("accompagnement/promotions/", views.PromotionsView.as_view(), name="promotions"),
    path("accompagnement/promotions/<int:pk>/", views.PromotionView.as_view(), name="promotion"),
    path("accompagnement/sessions/<int:pk>/", views.SessionView.as_view(), name="session"),
    path(
        "accompagnement/hors-ligne/service_worker.js",
        views.TravailleurView.as_view(),
        name="travailleur_hors_ligne",
    ),
    path("accompagnement/hors-ligne/jeton/", views.JetonView.as_view(), name="jeton_hors_ligne"),
    path("accompagnement/hors-ligne/<int:pk>/", views.HorsLigneView.as_view(), name="hors_ligne"),
    path(
        "accompagnement/hors-ligne/<int:pk>/manifeste.webmanifest",
        views.ManifesteView.as_view(),
        name="manifeste_hors_ligne",
    ),
    path(
        "accompagnement/hors-ligne/<int:pk>/presences/",
        views.PresencesHorsLigneView.as_view(),
        name="presences_hors_ligne",
    ),
    path(
        "accompagnement/hors-ligne/<int:pk>/photos/",
        views.PhotosHorsLigneView.as_view(),
        name="photos_hors_ligne",
    ),
    path("accompagnement/livrables/<int:pk>/", views.LivrableView.as_view(), name="livrable"),
    path("accompagnement/paiements/", views.PaiementsView.as_view(), name="paiements"),
    path("accompagnement/paiements/<int:pk>/", views.BordereauView.as_view(), name="bordereau"),
    path("accompagnement/comptes/", views.ComptesView.as_view(), name="comptes"),
    path("accompagnement/silences/", views.SilencesView.as_view(), name="silences"),
    path(
        "accompagnement/recommandations/<int:pk>/",
        views.RecommandationView.as_view(),
        name="recommandation",
    ),
    path("accompagnement/<str:numero>/", views.ProjetView.as_view(), name="projet"),
    path("accompagnement/<str:numero>/bilan/", views.BilanView.as_view(), name="bilan"),
    path("accompagnement/<str:numero>/convention/", views.ConventionView.as_view(), name="convention"),
    path(
        "accompagnement/<str:numero>/convention/passer/",
        views.PasserConventionView.as_view(),
        name="passer_convention",
    ),
    path("accompagnement/<str:numero>/convention/avenants/", views.AvenantsView.as_view(), name="avenants"),
    path(
        "accompagnement/<str:numero>/convention/recouvrements/",
        views.RecouvrementsView.as_view(),
        name="recouvrements",
    ),
    path("accompagnement/<str:numero>/tranches/<int:pk>/", views.TrancheView.as_view(), name="tranche"),
    path("accompagnement/<str:numero>/credit/", views.CreditView.as_view(), name="credit"),
    path("accompagnement/<str:numero>/missions/proposer/", views.ProposerView.as_view(), name="proposer"),
    path("accompagnement/<str:numero>/cloture/", views.ClotureView.as_view(), name="cloture"),
    path("e/", views.ChiffresView.as_view(), name="chiffres"),
    path("e/<str:code>/", views.PorteView.as_view(), name="porte"),
    path("experts/", views.SemaineView.as_view(), name="experts"),
    path("experts/noter/", views.NoterView.as_view(), name="noter"),
    path("experts/releves/", views.RelevesView.as_view(), name="releves"),
    path("experts/releves/<int:pk>/", views.ReleveView.as_view(), name="releve"),
    path("experts/mois/", views.MoisView.as_view(), name="mois"),
    path("experts/missions/<int:pk>/", views.MissionView.as_view(), name="mission"),
    path("experts/missions/<int:pk>/passer/", views.PasserMissionView.as_view(), name="passer_mission"),
    path("experts/journees/<int:pk>/", views.JourneeView.as_view(), name="journee"),
]
