"""Addresses of the pre-screening; the porteur's own stand under their dossier."""

from django.urls import path

from instruction import views

app_name = "instruction"

urlpatterns = [
    path("instruction/", views.ListeView.as_view(), name="liste"),
    path("instruction/export.csv", views.ExportView.as_view(), name="export"),
    path("instruction/export/<str:extension>/", views.ExportView.as_view(), name="export_classeur"),
    path("instruction/avancement/", views.AvancementView.as_view(), name="avancement"),
    path("instruction/affectation/", views.AffectationView.as_view(), name="affectation"),
    path("instruction/vues/", views.VuesView.as_view(), name="vues"),
    path("instruction/vues/<int:pk>/", views.VueView.as_view(), name="vue"),
    path("instruction/modeles/", views.ModelesDeMessagesView.as_view(), name="modeles_de_messages"),
    path("instruction/verifications/", views.VerificationsView.as_view(), name="verifications"),
    path("instruction/<str:numero>/", views.DossierView.as_view(), name="dossier"),
    path("instruction/<str:numero>/grille/", views.GrilleView.as_view(), name="grille"),
    path("instruction/<str:numero>/regles/<str:code>/", views.RegleView.as_view(), name="regle"),
    path("instruction/<str:numero>/epingles/", views.EpinglesView.as_view(), name="epingles"),
    path("instruction/<str:numero>/epingles/<int:pk>/", views.EpingleView.as_view(), name="epingle"),
    path("instruction/<str:numero>/annotations/", views.AnnotationsView.as_view(), name="annotations"),
    path("instruction/<str:numero>/annotations/<int:pk>/", views.AnnotationView.as_view(), name="annotation"),
    path("instruction/<str:numero>/historique/", views.HistoriqueView.as_view(), name="historique"),
    path("instruction/<str:numero>/complements/", views.ComplementsView.as_view(), name="complements"),
    path(
        "instruction/<str:numero>/complements/points/<int:pk>/", views.JugerView.as_view(), name="juger_point"
    ),
    path("instruction/<str:numero>/echeance/", views.EcheanceView.as_view(), name="echeance"),
    path("instruction/<str:numero>/prolonger/", views.ProlongerView.as_view(), name="prolonger"),
    path("instruction/<str:numero>/refus/", views.RefusView.as_view(), name="refus"),
    path(
        "instruction/<str:numero>/irrecevabilite/", views.IrrecevabiliteView.as_view(), name="irrecevabilite"
    ),
    path("instruction/<str:numero>/verification/", views.VerificationView.as_view(), name="verification"),
    path("instruction/<str:numero>/affecter/", views.AffecterView.as_view(), name="affecter"),
    path(
        "instruction/<str:numero>/seconde-lecture/",
        views.SecondeLectureView.as_view(),
        name="seconde_lecture",
    ),
    path("instruction/<str:numero>/notes/", views.NotesView.as_view(), name="notes"),
    path("instruction/<str:numero>/controles/", views.ControlesView.as_view(), name="controles"),
    path("instruction/<str:numero>/doublons/", views.DoublonsView.as_view(), name="doublons"),
    path("instruction/<str:numero>/liens/", views.LiensView.as_view(), name="liens"),
    path("instruction/<str:numero>/reprendre/", views.ReprendreView.as_view(), name="reprendre"),
    path("instruction/<str:numero>/avis/", views.AvisView.as_view(), name="avis"),
    path(
        "instruction/<str:numero>/avis/<int:pk>/fichier/",
        views.FichierAvisView.as_view(),
        name="fichier_avis",
    ),
    path("avis/reponse/", views.AvisRenduView.as_view(), name="avis_rendu"),
    path("avis/<str:jeton>/", views.AvisDuTiersView.as_view(), name="avis_du_tiers"),
    path("dossiers/<str:numero>/complements/", views.RepondreView.as_view(), name="repondre"),
    path("dossiers/<str:numero>/messages/", views.MessagesView.as_view(), name="messages"),
]
