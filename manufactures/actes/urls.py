"""Addresses of acts."""

from django.urls import path

from manufactures.actes import views

app_name = "actes"
urlpatterns = [
    path("verifier/", views.VerifierView.as_view(), name="verifier"),
    path("verifier/<str:code>/", views.VerificationView.as_view(), name="verification"),
    path("actes/<str:numero>/", views.ActeView.as_view(), name="acte"),
    path("actes/<str:numero>/pdf/", views.PdfView.as_view(), name="pdf"),
    path("actes/<str:numero>/relancer/", views.RelancerView.as_view(), name="relancer"),
]
