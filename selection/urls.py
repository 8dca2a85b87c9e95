"""Addresses of the committee's stage."""

from django.urls import path

from selection import views
from selection.views import relectures

app_name = "selection"
urlpatterns = [
    path("comite/", views.SeancesView.as_view(), name="seances"),
    path("comite/seances/creer/", views.CreerSeanceView.as_view(), name="creer_seance"),
    path("comite/seances/<int:pk>/", views.SeanceView.as_view(), name="seance"),
    path("comite/seances/<int:pk>/direct/", views.DirectView.as_view(), name="direct"),
    path("comite/seances/<int:pk>/reponse/", views.ReponseView.as_view(), name="reponse"),
    path("comite/seances/<int:pk>/presence/", views.PresenceView.as_view(), name="presence"),
    path("comite/seances/<int:pk>/tenue/", views.TenueView.as_view(), name="tenue"),
    path("comite/seances/<int:pk>/presidence/", views.PresidenceView.as_view(), name="presidence"),
    path("comite/seances/<int:pk>/vote/", views.VoteView.as_view(), name="vote"),
    path("comite/seances/<int:pk>/agenda.ics", views.AgendaSeanceView.as_view(), name="agenda_seance"),
    path("comite/seances/<int:pk>/ordre-du-jour/", views.OrdreDuJourView.as_view(), name="ordre_du_jour"),
    path("comite/seances/<int:pk>/interets/", views.InteretsView.as_view(), name="interets"),
    path("comite/seances/<int:pk>/deports/", views.RegistreView.as_view(), name="registre"),
    path("comite/seances/<int:pk>/composer/", views.ComposerView.as_view(), name="composer"),
    path("comite/seances/<int:pk>/rapporteurs/", views.RapporteursView.as_view(), name="rapporteurs"),
    path("comite/seances/<int:pk>/classement/", views.ClassementView.as_view(), name="classement"),
    path("comite/seances/<int:pk>/equilibre/", views.EquilibreView.as_view(), name="equilibre"),
    path("comite/seances/<int:pk>/arbitrage/", views.ArbitrageView.as_view(), name="arbitrage"),
    path("comite/seances/<int:pk>/scenarios/", views.ScenariosView.as_view(), name="scenarios"),
    path("comite/appels/<slug:slug>/", views.CompositionView.as_view(), name="composition"),
    path("comite/appels/<slug:slug>/colleges/ajouter/", views.CollegeView.as_view(), name="creer_college"),
    path("comite/appels/<slug:slug>/colleges/<int:pk>/", views.CollegeView.as_view(), name="college"),
    path("comite/appels/<slug:slug>/membres/ajouter/", views.NommerView.as_view(), name="nommer"),
    path("comite/appels/<slug:slug>/membres/<int:pk>/", views.MembreView.as_view(), name="membre"),
    path("comite/appels/<slug:slug>/regles/", views.ReglesView.as_view(), name="regles"),
    path("comite/seances/<int:pk>/auditions/", views.PlanDAuditionsView.as_view(), name="plan_d_auditions"),
    path("comite/seances/<int:pk>/deplacer/", views.DeplacerSeanceView.as_view(), name="deplacer_seance"),
    path("comite/seances/<int:pk>/minuteur/", views.MinuteurView.as_view(), name="minuteur"),
    path("comite/indisponibilites/", views.IndisponibilitesView.as_view(), name="indisponibilites"),
    path("comite/dossiers/<str:numero>/", views.LectureView.as_view(), name="lecture"),
    path("comite/dossiers/<str:numero>/interet/", views.DeporterView.as_view(), name="deporter"),
    path("comite/dossiers/<str:numero>/audition/", views.AuditionView.as_view(), name="audition"),
    path(
        "comite/dossiers/<str:numero>/audition/notes/",
        views.NotesDAuditionView.as_view(),
        name="notes_d_audition",
    ),
    path("dossiers/<str:numero>/audition/", views.AuditionPorteurView.as_view(), name="audition_porteur"),
    path(
        "dossiers/<str:numero>/audition/agenda.ics",
        views.AgendaAuditionView.as_view(),
        name="agenda_audition",
    ),
    path("pilotage/decisions/", views.DecisionsView.as_view(), name="decisions"),
    path("pilotage/decisions/diffuser/", views.DiffuserView.as_view(), name="diffuser"),
    path("pilotage/decisions/preparer/", views.PreparerView.as_view(), name="preparer"),
    path("pilotage/decisions/rediger/<str:numero>/", views.RedigerView.as_view(), name="rediger"),
    path("pilotage/decisions/<int:pk>/", views.DecisionView.as_view(), name="decision"),
    path("pilotage/decisions/<int:pk>/relire/", relectures.RelireDecisionView.as_view(), name="relire"),
]
