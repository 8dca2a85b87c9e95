"""Addresses of the roof."""

from django.urls import path

from manufactures.accueil import sante, views
from manufactures.accueil.donnees_ouvertes import vues as donnees_ouvertes
from manufactures.accueil.pilotage import clauses, grille, vagues
from manufactures.accueil.pilotage import vues as pilotage
from manufactures.accueil.vues_publiques import (
    AppelView,
    CahierView,
    LaureatsView,
    LaureatView,
    PageView,
    PubliqueView,
)

app_name = "accueil"
urlpatterns = [
    path("", PubliqueView.as_view(), name="public"),
    path("accueil/", views.AccueilView.as_view(), name="accueil"),
    path("accueil/role/", views.AgirCommeView.as_view(), name="agir_comme"),
    path("appel/", AppelView.as_view(), name="appel"),
    path("appel/cahier-des-charges.pdf", CahierView.as_view(), name="cahier"),
    path("laureats/", LaureatsView.as_view(), name="laureats"),
    path("laureats/<slug:slug>/", LaureatView.as_view(), name="laureat"),
    path("donnees-ouvertes/", donnees_ouvertes.DonneesOuvertesView.as_view(), name="donnees_ouvertes"),
    path("donnees-ouvertes/laureats.csv", donnees_ouvertes.LaureatsCsvView.as_view(), name="laureats_csv"),
    path(
        "donnees-ouvertes/laureats.geojson",
        donnees_ouvertes.LaureatsGeojsonView.as_view(),
        name="laureats_geojson",
    ),
    path(
        "donnees-ouvertes/subventions.csv",
        donnees_ouvertes.SubventionsCsvView.as_view(),
        name="subventions_csv",
    ),
    path(
        "donnees-ouvertes/dictionnaires/<slug:jeu>.json",
        donnees_ouvertes.DictionnaireView.as_view(),
        name="dictionnaire",
    ),
    path("pilotage/", pilotage.PilotageView.as_view(), name="pilotage"),
    path("pilotage/vagues/", vagues.VaguesView.as_view(), name="pilotage_vagues"),
    path("pilotage/vagues/<int:pk>/", vagues.VagueView.as_view(), name="pilotage_vague"),
    path("pilotage/vagues/<int:pk>/prolonger/", vagues.ProlongerView.as_view(), name="pilotage_prolonger"),
    path("pilotage/vagues/<int:pk>/incident/", vagues.IncidentView.as_view(), name="pilotage_incident"),
    path("pilotage/cahier/", clauses.ClausesView.as_view(), name="pilotage_cahier"),
    path("pilotage/cahier/nouvelle/", clauses.ClauseView.as_view(), name="pilotage_clause_nouvelle"),
    path("pilotage/cahier/<str:numero>/", clauses.ClauseView.as_view(), name="pilotage_clause"),
    path("pilotage/grille/", grille.GrilleView.as_view(), name="pilotage_grille"),
    path("pilotage/grille/lignes/nouvelle/", grille.LigneView.as_view(), name="pilotage_ligne_nouvelle"),
    path("pilotage/grille/lignes/<int:pk>/", grille.LigneView.as_view(), name="pilotage_ligne"),
    path("pilotage/grille/apercu/<int:version>/", grille.ApercuView.as_view(), name="pilotage_apercu"),
    path("pilotage/programme/", pilotage.ProgrammeView.as_view(), name="pilotage_programme"),
    path("pilotage/export/", pilotage.ExportView.as_view(), name="pilotage_export"),
    path("pilotage/durees/<slug:etape>/", pilotage.DureeView.as_view(), name="pilotage_duree"),
    path(
        "pilotage/enveloppes/<slug:vague>/<slug:nature>/",
        pilotage.EnveloppeView.as_view(),
        name="pilotage_enveloppe",
    ),
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
