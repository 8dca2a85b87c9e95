"""The drawing and the help page come from the tables: neither can lie."""

import re

import pytest
from django.core.management import CommandError, call_command

from manufactures.accueil import dessin
from manufactures.accueil.management.commands import dessiner_procedure
from manufactures.procedure import CYCLES, ETATS_DU_CYCLE


@pytest.mark.parametrize("cycle", CYCLES)
def test_one_arrow_for_each_row_and_each_state_it_leaves(cycle):
    attendues = {(nom, str(de), str(t.vers)) for nom, t in CYCLES[cycle].items() for de in t.depuis}
    trouvees = re.findall(r'data-action="(\w+)" data-de="(\w+)" data-vers="(\w+)"', dessin.svg(cycle))
    assert len(trouvees) == len(attendues)
    assert set(trouvees) == attendues


@pytest.mark.parametrize("cycle", CYCLES)
def test_each_state_has_its_own_place(cycle):
    places = dessin.PLACES[cycle]
    assert set(places) == set(ETATS_DU_CYCLE[cycle].values)
    assert len(set(places.values())) == len(places)


def test_the_drawing_of_the_readme_is_up_to_date():
    call_command("dessiner_procedure", "--essai", verbosity=0)


def test_a_stale_drawing_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(dessiner_procedure, "CHEMIN", tmp_path / "procedure.svg")
    with pytest.raises(CommandError, match="n'est pas à jour"):
        call_command("dessiner_procedure", "--essai")
    call_command("dessiner_procedure")
    call_command("dessiner_procedure", "--essai")


@pytest.mark.django_db
def test_the_help_page_tells_every_step_and_every_label(client):
    page = client.get("/aide/").content.decode().replace("&#x27;", "'")
    for cycle, table in CYCLES.items():
        for transition in table.values():
            assert f'<th scope="row">{transition.libelle}</th>' in page
        for etat in ETATS_DU_CYCLE[cycle]:
            assert f'id="etat-{etat.value}"' in page
        assert f'<h2 id="{cycle}">' in page
