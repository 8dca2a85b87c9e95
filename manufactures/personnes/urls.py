"""Addresses of what concerns people."""

from django.urls import path

from manufactures.personnes import compte, donnees, guichet, journal, registre, roles, securite

app_name = "personnes"
urlpatterns = [
    path(".well-known/security.txt", securite.SecurityTxtView.as_view(), name="security_txt"),
    path("compte/sessions/<int:pk>/fermer/", compte.FermerSessionView.as_view(), name="fermer_session"),
    path("compte/mes-donnees/", donnees.MesDonneesView.as_view(), name="mes_donnees"),
    path("compte/mes-donnees/effacement/", guichet.EffacementView.as_view(), name="effacement"),
    path("donnees-personnelles/registre/", registre.RegistreView.as_view(), name="registre"),
    path("pilotage/journal/", journal.JournalView.as_view(), name="journal"),
    path("pilotage/personnes/", roles.PersonnesView.as_view(), name="personnes"),
    path("pilotage/personnes/role/", roles.RoleView.as_view(), name="role"),
    path("pilotage/personnes/propositions/<int:pk>/", roles.PropositionView.as_view(), name="proposition"),
    path("pilotage/personnes/<int:pk>/", roles.PersonneView.as_view(), name="personne"),
    path("pilotage/personnes/demandes/<int:pk>/", guichet.DemandeView.as_view(), name="demande"),
    path(
        "pilotage/personnes/<int:pk>/demander/<slug:nature>/",
        guichet.DemanderView.as_view(),
        name="demander",
    ),
    path("pilotage/personnes/<int:pk>/roles/<int:role>/", roles.ReprendreView.as_view(), name="reprendre"),
    path("pilotage/personnes/<int:pk>/depart/", roles.DepartView.as_view(), name="depart"),
]
