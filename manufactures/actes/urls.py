"""Addresses of acts."""

from django.urls import path

from manufactures.actes import views

app_name = "actes"
urlpatterns = [
    path("verifier/", views.VerifierView.as_view(), name="verifier"),
    path("verifier/<str:code>/", views.VerificationView.as_view(), name="verification"),
    path("V/<str:code>/<str:feuille>", views.FeuilleView.as_view(), name="feuille"),
    path("actes/", views.SuiviView.as_view(), name="suivi"),
    path("actes/textes/", views.TextesView.as_view(), name="textes"),
    path("actes/textes/<slug:genre>/", views.TexteView.as_view(), name="texte"),
    path("actes/retenus/", views.RetenusView.as_view(), name="retenus"),
    path("actes/signature/", views.SignatureView.as_view(), name="signature"),
    path("actes/signature/<int:pk>.png", views.ImageView.as_view(), name="image"),
    path("actes/numerisations/", views.NumerisationsView.as_view(), name="numerisations"),
    path("actes/numerisations/<int:pk>/", views.NumerisationView.as_view(), name="numerisation"),
    path("actes/numerisations/<int:pk>/<int:rang>.jpg", views.VignetteView.as_view(), name="vignette"),
    path("actes/<str:numero>/", views.ActeView.as_view(), name="acte"),
    path("actes/<str:numero>/pdf/", views.PdfView.as_view(), name="pdf"),
    path("actes/<str:numero>/signes/<int:pk>/", views.ExemplaireView.as_view(), name="exemplaire"),
    path("actes/<str:numero>/relancer/", views.RelancerView.as_view(), name="relancer"),
    path("actes/<str:numero>/apercu/", views.ApercuView.as_view(), name="apercu"),
    path("actes/<str:numero>/corriger/", views.CorrigerView.as_view(), name="corriger"),
    path("actes/<str:numero>/annuler/", views.AnnulerView.as_view(), name="annuler"),
]
