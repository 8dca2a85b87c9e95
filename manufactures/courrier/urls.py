"""Addresses of the demonstration's mails."""

from django.urls import path

from manufactures.courrier import views

app_name = "courrier"
urlpatterns = [
    path("demo/courriels/", views.CourrielsDemoView.as_view(), name="demo"),
    path("demo/courriels/<int:pk>/", views.CourrielDemoView.as_view(), name="courriel"),
]
