"""Every address of the project; each app writes its own from the root."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from manufactures.accueil import views as accueil

urlpatterns = [
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", admin.site.urls),
    path("compte/", include("allauth.urls")),
    path("", include("manufactures.accueil.urls")),
    path("", include("manufactures.personnes.urls")),
    path("", include("manufactures.actes.urls")),
    path("", include("manufactures.courrier.urls")),
    path("", include("accompagnement.urls")),
    path("", include("selection.urls")),
    path("", include("instruction.urls")),
    path("", include("candidatures.urls")),
]

handler400 = accueil.demande_incomprise
handler404 = accueil.page_inconnue
handler403 = accueil.geste_interdit
handler500 = accueil.incident

if settings.DEBUG:
    admin.site.site_header = "Manufactures de proximité (mise au point)"
