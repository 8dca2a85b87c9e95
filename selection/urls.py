"""Addresses of the committee's stage."""

app_name = "selection"
urlpatterns = []
