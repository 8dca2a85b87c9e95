"""The self-test and the questions of the call, without randomness."""

from candidatures.models import Question, ThemeQuestion
from manufactures.programme.models import (
    Appel,
    Effet,
    GenreQuestion,
    NatureCritere,
    QuestionEligibilite,
    ReponseEligibilite,
)
from tests.factories.comptes import UserFactory
from tests.factories.programme import AppelFactory, CritereFactory, FormeJuridiqueFactory, VagueFactory

E, R, B = Effet.ACQUIS, Effet.RENFORCE, Effet.BLOQUE
# (code, subject, article, criterion, answers): a small test, each kind of effect in it.
QUESTIONS = [
    ("forme", "Forme", "4.1", None, [
        ("association", "Association", E, {"forme_juridique": "association"}),
        ("cooperative", "SCIC ou SCOP", E, {}),
        ("individuelle", "Entreprise individuelle", B, {}),
    ]),
    ("territoire", "Territoire", "4.5", None, [
        ("commune", "Commune connue", E, {}),
        ("departement", "Département seul", R, {}),
    ]),
    ("bati", "Lieu", "4.2", None, [
        ("titre", "Oui : propriétaire ou bail", E, {}),
        ("promesse", "Bientôt : promesse écrite", E, {"titre_occupation": "PROMESSE"}),
        ("non", "Pas encore", B, {}),
    ]),
    ("gouvernance", "Gouvernance", "2", 4, [
        ("mixte", "Des partenaires publics et privés", E, {}),
        ("publics", "Des partenaires publics", R, {}),
    ]),
]  # fmt: skip


def poser_le_test(appel=None) -> list[QuestionEligibilite]:
    """The questions of the test with their answers; texts say where they come from."""
    appel = appel or AppelFactory()
    FormeJuridiqueFactory(association=True)
    for rang, (code, sujet, article, critere, reponses) in enumerate(QUESTIONS, 1):
        question = QuestionEligibilite.objects.create(
            appel=appel,
            rang=rang,
            code=code,
            genre=GenreQuestion.COMMUNE if code == "territoire" else GenreQuestion.CHOIX,
            sujet=sujet,
            texte=f"Question sur : {sujet.lower()} ?",
            precision=f"Le cahier des charges dit ce qu'il faut de {sujet.lower()}",
            aide=f"Pourquoi {sujet.lower()}.",
            article=article,
            critere=CritereFactory(appel=appel, nature=NatureCritere.NOTE, rang=critere) if critere else None,
        )
        ReponseEligibilite.objects.bulk_create(
            ReponseEligibilite(
                question=question,
                rang=place,
                code=nom,
                libelle=libelle,
                effet=effet,
                constat="" if effet == E else f"constat de {nom}",
                conseil="" if effet == E else f"conseil de {nom}",
                reprise=reprise,
            )
            for place, (nom, libelle, effet, reprise) in enumerate(reponses, 1)
        )
    return list(appel.questions_eligibilite.all())


def question_posee(texte="Un bail précaire suffit-il ?", par=None, appel=None, **champs) -> Question:
    """A question that waits, in an open call."""
    appel = appel or Appel.objects.first() or AppelFactory()
    VagueFactory(appel=appel)
    return Question.poser(appel=appel, texte=texte, par=par or UserFactory(), **champs)


def question_publiee(
    texte="Un bail précaire suffit-il ?", reponse="Oui, s'il dure assez.", *, agent=None, **champs
):
    """A question asked, answered and published by the real deeds."""
    theme = champs.pop("theme", ThemeQuestion.LIEU)
    question = question_posee(texte, **champs)
    agent = agent or UserFactory(role="INSTRUCTEUR")
    question.repondre(texte_publie=texte, reponse=reponse, theme=theme, par=agent, version=0)
    question.publier(par=agent)
    return question
