"""The reports of the twenty laureates, as pages."""

import pytest

from candidatures.models import Dossier
from manufactures.actes.rendu import rendre
from tests.instruction.test_rapport import TITRES
from tests.outils.pages import pages_de, titres_seuls

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demonstration"), pytest.mark.long]
LAUREATS = 20


def test_the_twenty_reports_stand_on_their_pages(demonstration):
    dossiers = Dossier.objects.exclude(laureat_ordre=None).order_by("laureat_ordre")
    assert len(dossiers) == LAUREATS

    for dossier in dossiers:
        instantane = dossier.actes.filter(genre="rapport_instruction").last().instantane
        pages = pages_de(rendre("rapport_instruction", instantane))
        qui = dossier.nom_projet

        assert len(pages) == 3, qui
        assert [page.debordent for page in pages] == [[], [], []], qui
        assert titres_seuls(pages, TITRES) == [], qui
        assert all(len(page.texte) > 300 for page in pages), qui
        assert instantane["lieu"]["commune"] in pages[0].texte, qui
        assert instantane["moyenne"], qui
        assert all(ligne["note"] is not None for ligne in instantane["criteres"]), qui
