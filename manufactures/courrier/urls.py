"""Addresses of the mails: those that told of an act, and the demonstration's."""

from django.urls import path

from manufactures.courrier import views

app_name = "courrier"
urlpatterns = [
    path("actes/<str:numero>/envois/", views.EnvoisView.as_view(), name="envois"),
    path("demo/courriels/", views.CourrielsDemoView.as_view(), name="demo"),
    path("demo/courriels/<int:pk>/", views.CourrielDemoView.as_view(), name="courriel"),
]
