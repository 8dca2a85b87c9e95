"""The State's mark is drawn once a process: what the next acts copy is what the first one drew."""

from io import BytesIO

import pikepdf
import pytest

from manufactures.actes import marque, rendu
from tests.actes.exemples_d_actes import exemple


@pytest.fixture(autouse=True)
def _outils_neufs():
    """Each test begins as a process does, and leaves nothing of its settings behind."""
    rendu._outils.cache_clear()
    yield
    rendu._outils.cache_clear()


def dessins(pdf: bytes) -> list[bytes]:
    """What each page draws apart from its text: the mark, and the QR code."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [
            forme.read_bytes()
            for page in document.pages
            for forme in page.Resources.get("/XObject", {}).values()
        ]


def test_the_second_act_carries_the_same_mark_as_the_first():
    premier, second = (dessins(rendu.rendre("labellisation", exemple("labellisation"))) for _ in range(2))

    assert max(map(len, premier)) > 10_000  # the motto is there, stroke by stroke
    assert [d.replace(b"/a1.0 gs\n", b"") for d in second] == [d.replace(b"/a1.0 gs\n", b"") for d in premier]


def test_the_mark_is_drawn_once_a_process():
    class Espion:
        def __init__(self, image):
            self.image = image

        def get_intrinsic_size(self, *arguments):
            return self.image.get_intrinsic_size(*arguments)

        def draw(self, *arguments):
            tracees.append(self.image)
            self.image.draw(*arguments)

    tracees = []
    for dessin in rendu._outils()[3].values():
        dessin.image = Espion(dessin.image)

    for _ in range(3):
        rendu.rendre("labellisation", exemple("labellisation"))

    assert len(tracees) == len(set(tracees)) == 2  # the symbol and the motto


def test_strokes_that_name_a_resource_of_their_page_are_not_copied():
    assert marque.est_copiable([b"q", b"/a1.0 gs", b"1 0 0 rg", b"0 0 m", b"f", b"Q"])
    for trait in (b"/a0.5 gs", b"/x1 Do", b"/p0 scn", b"/sh0 sh", b"/f1 12 Tf"):
        assert not marque.est_copiable([b"q", trait, b"Q"])


def test_without_the_mark_nothing_is_drawn_for_it(settings):
    settings.MARQUE = "neutre"

    assert rendu._outils()[3] == {}
    assert rendu.rendre("labellisation", exemple("labellisation")).startswith(b"%PDF")
