from django.urls import path, register_converter

from candidatures import views
from candidatures.models import Section
from candidatures.views import eligibilite, questions

app_name = "candidatures"


class SectionConverter:
    """One of the eight pages of the form: other stages have addresses of their own under a dossier."""

    regex = "|".join(Section.values)

    def to_python(self, value):
        """The section."""
        return Section(value)

    def to_url(self, value):
        """Its slug."""
        return str(value)


register_converter(SectionConverter, "section_du_dossier")

urlpatterns = [
    path("eligibilite/", eligibilite.QuestionEligibiliteView.as_view(), name="eligibilite"),
    path("eligibilite/communes/", eligibilite.CommunesDuTestView.as_view(), name="communes_du_test"),
    path("eligibilite/resultat/", eligibilite.ResultatView.as_view(), name="resultat_eligibilite"),
    path("eligibilite/recommencer/", eligibilite.RecommencerView.as_view(), name="recommencer_eligibilite"),
    path(
        "eligibilite/<int:rang>/",
        eligibilite.QuestionEligibiliteView.as_view(),
        name="question_eligibilite",
    ),
    path("questions/", questions.QuestionsView.as_view(), name="questions"),
    path("questions/poser/", questions.PoserView.as_view(), name="poser_question"),
    path("questions/miennes/", questions.MesQuestionsView.as_view(), name="mes_questions"),
    path("questions/recues/", questions.QuestionsRecuesView.as_view(), name="questions_recues"),
    path("questions/<int:pk>/", questions.QuestionView.as_view(), name="question"),
    path("questions/<int:pk>/repondre/", questions.RepondreView.as_view(), name="repondre_question"),
    path("dossiers/", views.ListeView.as_view(), name="liste"),
    path("dossiers/creer/", views.CreerView.as_view(), name="creer"),
    path("dossiers/communes/", views.CommunesView.as_view(), name="communes"),
    path("dossiers/<str:numero>/", views.DossierView.as_view(), name="dossier"),
    path("dossiers/<str:numero>/passer/", views.PasserView.as_view(), name="passer"),
    path("dossiers/<str:numero>/lecture/", views.LectureView.as_view(), name="lecture"),
    path("dossiers/<str:numero>/depot/", views.DepotView.as_view(), name="depot"),
    path("dossiers/<str:numero>/depot/accuse/", views.AccuseView.as_view(), name="accuse"),
    path("dossiers/<str:numero>/equipe/", views.EquipeView.as_view(), name="equipe"),
    path(
        "dossiers/<str:numero>/equipe/<int:pk>/retirer/",
        views.RetirerMembreView.as_view(),
        name="retirer_membre",
    ),
    path("dossiers/<str:numero>/pieces/ajouter/", views.AjouterPieceView.as_view(), name="ajouter_piece"),
    path("dossiers/<str:numero>/pieces/<int:pk>/", views.PieceView.as_view(), name="piece"),
    path(
        "dossiers/<str:numero>/pieces/<int:pk>/retirer/",
        views.RetirerPieceView.as_view(),
        name="retirer_piece",
    ),
    path("dossiers/<str:numero>/<section_du_dossier:section>/", views.SectionView.as_view(), name="section"),
]
