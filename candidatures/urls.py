from django.urls import path, register_converter

from candidatures import views
from candidatures.models import Section
from candidatures.views import (
    archive,
    eligibilite,
    envois,
    equipe,
    groupement,
    identite,
    liens,
    modeles,
    pieces,
    presence,
    questions,
    tableaux,
)

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
    path("appel/pieces/<int:pk>/modele/", modeles.ModeleDePieceView.as_view(), name="modele_de_piece"),
    path("pilotage/modeles/", modeles.ModelesView.as_view(), name="modeles_de_pieces"),
    path("dossiers/", views.ListeView.as_view(), name="liste"),
    path("dossiers/creer/", views.CreerView.as_view(), name="creer"),
    path("dossiers/communes/", views.CommunesView.as_view(), name="communes"),
    path("dossiers/<str:numero>/", views.DossierView.as_view(), name="dossier"),
    path("dossiers/<str:numero>/passer/", views.PasserView.as_view(), name="passer"),
    path("dossiers/<str:numero>/lecture/", views.LectureView.as_view(), name="lecture"),
    path("dossiers/<str:numero>/depot/", views.DepotView.as_view(), name="depot"),
    path(
        "dossiers/<str:numero>/versions/<int:rang>/dossier.pdf",
        views.ImpressionView.as_view(),
        name="impression",
    ),
    path("dossiers/<str:numero>/archive/", archive.ArchiveView.as_view(), name="archive"),
    path("dossiers/<str:numero>/reprise/", views.RepriseView.as_view(), name="reprise"),
    path("dossiers/<str:numero>/depot/accuse/", views.AccuseView.as_view(), name="accuse"),
    path("dossiers/<str:numero>/equipe/", equipe.EquipeView.as_view(), name="equipe"),
    path("dossiers/<str:numero>/equipe/quitter/", equipe.QuitterEquipeView.as_view(), name="quitter_equipe"),
    path("dossiers/<str:numero>/equipe/titulaire/", equipe.PassationView.as_view(), name="passation"),
    path(
        "dossiers/<str:numero>/equipe/<int:pk>/retirer/",
        equipe.RetirerMembreView.as_view(),
        name="retirer_membre",
    ),
    path(
        "dossiers/<str:numero>/equipe/invitations/<int:pk>/renvoyer/",
        equipe.RelancerInvitationView.as_view(),
        name="relancer_invitation",
    ),
    path(
        "dossiers/<str:numero>/equipe/invitations/<int:pk>/retirer/",
        equipe.RetirerInvitationView.as_view(),
        name="retirer_invitation",
    ),
    path("dossiers/<str:numero>/groupement/", groupement.GroupementView.as_view(), name="groupement"),
    path(
        "dossiers/<str:numero>/groupement/<int:pk>/", groupement.PartenaireView.as_view(), name="partenaire"
    ),
    path("invitation/", liens.RejoindreView.as_view(), name="rejoindre"),
    path("invitation/<str:jeton>/", liens.InvitationView.as_view(), name="invitation"),
    path("mandat/reponse/", liens.MandatReponduView.as_view(), name="mandat_repondu"),
    path("mandat/<str:jeton>/", liens.MandatView.as_view(), name="mandat"),
    path("dossiers/<str:numero>/pieces/ajouter/", views.AjouterPieceView.as_view(), name="ajouter_piece"),
    path("dossiers/<str:numero>/pieces/liste/", pieces.ListePiecesView.as_view(), name="liste_pieces"),
    path("dossiers/<str:numero>/pieces/envois/", envois.EnvoisView.as_view(), name="envois"),
    path("dossiers/<str:numero>/pieces/envois/<uuid:cle>/", envois.EnvoiView.as_view(), name="envoi"),
    path("dossiers/<str:numero>/pieces/<int:pk>/", pieces.PieceView.as_view(), name="piece"),
    path("dossiers/<str:numero>/pieces/<int:pk>/apercu/", pieces.ApercuView.as_view(), name="apercu_piece"),
    path(
        "dossiers/<str:numero>/pieces/<int:pk>/contenu/", pieces.ContenuView.as_view(), name="contenu_piece"
    ),
    path(
        "dossiers/<str:numero>/pieces/<int:pk>/remplacer/",
        pieces.RemplacerPieceView.as_view(),
        name="remplacer_piece",
    ),
    path(
        "dossiers/<str:numero>/pieces/<int:pk>/retirer/",
        views.RetirerPieceView.as_view(),
        name="retirer_piece",
    ),
    path("dossiers/<str:numero>/historique/", views.HistoriqueView.as_view(), name="historique"),
    path("dossiers/<str:numero>/commentaires/", views.CommentairesView.as_view(), name="commentaires"),
    path("dossiers/<str:numero>/commentaires/<int:pk>/", views.CommentaireView.as_view(), name="commentaire"),
    path(
        "dossiers/<str:numero>/tableaux/<slug:table>/",
        tableaux.ImporterView.as_view(),
        name="importer_tableau",
    ),
    path(
        "dossiers/<str:numero>/tableaux/<slug:table>/modele/<slug:format>/",
        tableaux.ModeleView.as_view(),
        name="modele_tableau",
    ),
    path(
        "dossiers/<str:numero>/tableaux/<slug:table>/lignes/<slug:format>/",
        tableaux.ExporterView.as_view(),
        name="exporter_tableau",
    ),
    path(
        "dossiers/<str:numero>/<section_du_dossier:section>/bilan/",
        tableaux.BilanView.as_view(),
        name="bilan",
    ),
    path(
        "dossiers/<str:numero>/<section_du_dossier:section>/presence/",
        presence.PresenceView.as_view(),
        name="presence",
    ),
    path("dossiers/<str:numero>/structure/retrouver/", identite.RetrouverView.as_view(), name="retrouver"),
    path("dossiers/<str:numero>/<section_du_dossier:section>/", views.SectionView.as_view(), name="section"),
]
