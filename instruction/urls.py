"""Addresses of the pre-screening; the porteur's own stand under their dossier."""

from django.urls import path

from instruction import views

app_name = "instruction"

urlpatterns = [
    path("instruction/", views.ListeView.as_view(), name="liste"),
    path("instruction/export.csv", views.ExportView.as_view(), name="export"),
    path("instruction/<str:numero>/", views.DossierView.as_view(), name="dossier"),
    path("instruction/<str:numero>/grille/", views.GrilleView.as_view(), name="grille"),
    path("instruction/<str:numero>/regles/<str:code>/", views.RegleView.as_view(), name="regle"),
    path("instruction/<str:numero>/complements/", views.ComplementsView.as_view(), name="complements"),
    path("instruction/<str:numero>/prolonger/", views.ProlongerView.as_view(), name="prolonger"),
    path("instruction/<str:numero>/refus/", views.RefusView.as_view(), name="refus"),
    path(
        "instruction/<str:numero>/irrecevabilite/", views.IrrecevabiliteView.as_view(), name="irrecevabilite"
    ),
    path("instruction/<str:numero>/affecter/", views.AffecterView.as_view(), name="affecter"),
    path("instruction/<str:numero>/notes/", views.NotesView.as_view(), name="notes"),
    path("dossiers/<str:numero>/complements/", views.RepondreView.as_view(), name="repondre"),
    path("dossiers/<str:numero>/messages/", views.MessagesView.as_view(), name="messages"),
]
