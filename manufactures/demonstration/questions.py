"""Beside the stages: questions about the call, asked, answered, published, or answered to the asker alone."""

from datetime import timedelta

from candidatures.models import OrigineQuestion, Question
from manufactures.demonstration.chronologie import Chronologie, Scene
from manufactures.demonstration.jeu import lire_jeu

RELECTURE = timedelta(minutes=20)  # between an answer and its publication


def raconter(chronologie: Chronologie) -> None:
    """Tell each question from the asking to where it stands; `posees` remembers its row."""
    posees: dict[int, int] = {}
    for rang, fiche in enumerate(lire_jeu()["questions_reponses"] + lire_jeu()["questions_en_cours"]):
        nom = f"question « {fiche['question'][:40]} »"
        chronologie.prevoir(chronologie.le(fiche["posee_le"], "10:30"), nom, poser, rang, fiche, posees)
        if repondue := fiche.get("repondue_le") or fiche.get("publiee_le"):
            quand = chronologie.le(repondue, "15:30")
            chronologie.prevoir(quand, f"réponse à la {nom}", repondre, rang, fiche, posees)
        if publiee := fiche.get("publiee_le"):
            quand = chronologie.le(publiee, "15:30") + RELECTURE
            chronologie.prevoir(quand, f"publication de la {nom}", publier, rang, fiche, posees)
        if ecartee := fiche.get("ecartee_le"):
            quand = chronologie.le(ecartee, "11:00")
            chronologie.prevoir(quand, f"réponse sans publication à la {nom}", ecarter, rang, fiche, posees)


# -- Deeds ---------------------------------------------------------------------------------------------------------
def poser(scene: Scene, rang: int, fiche: dict, posees: dict) -> None:
    """Someone asks; an agent types in what came by mail."""
    question = Question.poser(
        appel=scene.appel,
        texte=fiche.get("posee", fiche["question"]),
        par=scene.gens[fiche["posee_par"]],
        origine=OrigineQuestion.COURRIEL if fiche.get("recue_par_courriel") else OrigineQuestion.SITE,
    )
    posees[rang] = question.pk


def repondre(scene: Scene, rang: int, fiche: dict, posees: dict) -> None:
    """An agent writes the answer, and the question without any name."""
    Question.objects.get(pk=posees[rang]).repondre(
        texte_publie=fiche.get("question_publiee", fiche["question"]),
        reponse=fiche["reponse"],
        theme=fiche["theme"],
        par=scene.gens[fiche["repondue_par"]],
        version=0,
    )


def publier(scene: Scene, rang: int, fiche: dict, posees: dict) -> None:
    """The same agent shows it to everybody."""
    Question.objects.get(pk=posees[rang]).publier(par=scene.gens[fiche["repondue_par"]])


def ecarter(scene: Scene, rang: int, fiche: dict, posees: dict) -> None:
    """An agent answers the asker alone."""
    Question.objects.get(pk=posees[rang]).ecarter(motif=fiche["motif"], par=scene.gens[fiche["ecartee_par"]])
