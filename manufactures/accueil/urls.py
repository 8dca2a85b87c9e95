"""Addresses of the roof."""

from django.urls import path

from manufactures.accueil import sante, views
from manufactures.accueil.vues_publiques import AppelView, LaureatsView, LaureatView, PageView, PubliqueView

app_name = "accueil"
urlpatterns = [
    path("", PubliqueView.as_view(), name="public"),
    path("accueil/", views.AccueilView.as_view(), name="accueil"),
    path("accueil/role/", views.AgirCommeView.as_view(), name="agir_comme"),
    path("appel/", AppelView.as_view(), name="appel"),
    path("laureats/", LaureatsView.as_view(), name="laureats"),
    path("laureats/<slug:slug>/", LaureatView.as_view(), name="laureat"),
    path("aide/", views.AideView.as_view(), name="aide"),
    path("accessibilite/", PageView.as_view(gabarit="pages/accessibilite.html"), name="accessibilite"),
    path(
        "mentions-legales/", PageView.as_view(gabarit="pages/mentions_legales.html"), name="mentions_legales"
    ),
    path(
        "donnees-personnelles/",
        PageView.as_view(gabarit="pages/donnees_personnelles.html"),
        name="donnees_personnelles",
    ),
    path("sante/", sante.SanteView.as_view(), name="sante"),
]
