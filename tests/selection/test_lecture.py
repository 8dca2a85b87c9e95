"""Readings: marks, weights, spread; what is missing is said; a handed-in reading changes with a trace only."""

from decimal import Decimal

import pytest

from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from selection.models import Lecture, NoteLecture
from selection.synthese import critere_le_mieux_note, score_moyen, synthese
from tests.factories.selection import Salle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("invariants_du_comite")]
NOTES = {
    "C1": (4, ""),
    "C2": (4, ""),
    "C3": (5, "Dix sorties"),
    "C4": (4, ""),
    "C5": (3, ""),
    "C6": (4, ""),
    "C7": (5, "Prêt"),
}


@pytest.fixture
def salle():
    return Salle().convoquer().declarer()


def lire(salle, membre, notes=NOTES) -> Lecture:
    lecture = Lecture.ouvrir(salle.dossiers[0], membre, par=membre.user)
    lecture.noter(notes, par=membre.user)
    lecture.rendre(par=membre.user)
    return lecture


def test_the_score_is_the_weighted_mean_over_a_hundred(salle):
    assert lire(salle, salle.membres[1]).score == Decimal("82.00")


def test_the_synthesis_shows_mean_and_spread(salle):
    lire(salle, salle.membres[1])
    lire(salle, salle.membres[2], NOTES | {"C5": (1, "Aucune commande")})
    lignes = {ligne.critere.code: ligne for ligne in synthese(salle.dossiers[0])}
    assert (lignes["C5"].moyenne, lignes["C5"].basse, lignes["C5"].haute) == (Decimal("2.0"), 1, 3)
    assert lignes["C5"].a_discuter
    assert not lignes["C1"].a_discuter
    assert score_moyen(salle.dossiers[0]) == Decimal("79.0")
    assert critere_le_mieux_note(salle.dossiers[0]).code == "C3"
    assert critere_le_mieux_note(salle.dossiers[0], sauf=["C3", "C7"]).code == "C1"


def test_what_is_missing_is_said_and_nothing_is_handed_in(salle):
    membre = salle.membres[1]
    with pytest.raises(TransitionInterdite, match="une note sur C6"):
        lire(salle, membre, {c: n for c, n in NOTES.items() if c != "C6"})
    with pytest.raises(TransitionInterdite, match="un commentaire pour le 5 donné à C3"):
        lire(salle, membre, NOTES | {"C3": (5, "")})
    assert not Lecture.objects.rendues().exists()


def test_a_mark_stays_within_its_scale(salle):
    with pytest.raises(TransitionInterdite):
        lire(salle, salle.membres[1], NOTES | {"C1": (6, "")})
    assert not NoteLecture.objects.filter(note__gt=5).exists()


def test_nobody_reads_for_another(salle):
    with pytest.raises(GesteInterdit):
        Lecture.ouvrir(salle.dossiers[0], salle.membres[1], par=salle.membres[2].user)
    assert not Lecture.objects.exists()


def test_a_handed_in_reading_is_reopened_with_a_trace(salle):
    lecture, membre = lire(salle, salle.membres[1]), salle.membres[1]
    with pytest.raises(TransitionInterdite, match="Rouvrez"):
        lecture.noter({"C1": (2, "")}, par=membre.user)
    lecture.rouvrir(par=membre.user)
    lecture.noter({"C1": (2, "")}, par=membre.user)
    lecture.rendre(par=membre.user)
    premiere = Entree.objects.filter(fil=f"lecture/{lecture.pk}", action="rendre").order_by("rang").first()
    assert premiere.faits["notes"]["C1"]["note"] == 4
    salle.pointer()
    salle.seance.ouvrir(par=salle.president.user)
    with pytest.raises(TransitionInterdite, match="ne changent plus"):
        lecture.rouvrir(par=membre.user)


def test_a_recusal_takes_the_reading_away(salle):
    lire(salle, salle.membres[1])
    salle.deporter(salle.membres[1])
    assert not Lecture.objects.exists()
    with pytest.raises(Exception, match="matching query"):
        Lecture.ouvrir(salle.dossiers[0], salle.membres[1], par=salle.membres[1].user)
