"""A deed that the procedure refuses stops the load: nothing is left, and the message names the deed."""

from datetime import date, timedelta

import pikepdf
import pytest

from manufactures.comptes.models import User
from manufactures.demonstration import chargement
from manufactures.demonstration.jeu import Calendrier
from manufactures.demonstration.pieces import fabriquer_pdf
from manufactures.demonstration.programme import debut
from manufactures.programme.models import Appel
from manufactures.registres import TransitionInterdite

pytestmark = pytest.mark.xdist_group("demonstration")  # before the demonstration of this folder is loaded


class Histoire:
    """A story of two deeds: the second is refused."""

    @staticmethod
    def raconter(chronologie):
        fin = chronologie.le("J-1", "09:00")
        chronologie.prevoir(fin, "geste refusé", Histoire.refuser)
        chronologie.prevoir(fin - timedelta(days=1), "geste fait", Histoire.faire)

    @staticmethod
    def faire(scene):
        Appel.objects.filter(pk=scene.appel.pk).update(objectif=1)

    @staticmethod
    def refuser(scene):
        assert Appel.objects.get().objectif == 1  # the earlier deed came first, though told last
        raise TransitionInterdite("La vague est close.")


@pytest.mark.django_db
def test_a_refused_deed_leaves_nothing(monkeypatch):
    monkeypatch.setattr(chargement, "charger_geographie", lambda: None)
    monkeypatch.setattr(chargement, "ETAPES", (Histoire,))

    with pytest.raises(RuntimeError, match=r"geste refusé, le \d\d/\d\d/\d{4} 09:00 : La vague est close"):
        chargement.charger()

    assert not Appel.objects.exists() and not User.objects.exists()
    assert not chargement.est_chargee()


def test_the_calendar_counts_from_the_day_of_loading_at_the_hour_of_paris():
    calendrier = Calendrier(date(2026, 11, 23))

    assert calendrier.jour("J+28 12:00") == date(2026, 12, 21)
    assert calendrier.instant("J+28 12:00").isoformat() == "2026-12-21T12:00:00+01:00"
    assert calendrier.instant("J-120", "09:30").isoformat() == "2026-07-26T09:30:00+02:00"
    assert debut(calendrier) < calendrier.instant("J-455", "09:00")


def test_a_hand_made_pdf_is_whole_and_always_the_same(tmp_path):
    page = fabriquer_pdf("Pièce de démonstration", "Statuts (signés) \\ « L'Âge » à 12 €")
    chemin = tmp_path / "piece.pdf"
    chemin.write_bytes(page)

    assert page == fabriquer_pdf("Pièce de démonstration", "Statuts (signés) \\ « L'Âge » à 12 €")
    with pikepdf.open(chemin) as pdf:
        assert len(pdf.pages) == 1
