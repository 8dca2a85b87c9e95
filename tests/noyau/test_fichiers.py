"""Rows against stored files, both ways, by digest: what is whole is counted, what is not is named."""

import json
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from candidatures.models import Piece
from manufactures import fichiers
from manufactures.actes.models import Acte, EtatActe
from manufactures.fichiers import comparer, presents
from tests.factories.candidatures import PNG, DossierFactory, fichier, pdf
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db


def verifier(*options) -> tuple[int, str]:
    """Exit code, and what was printed."""
    sortie = StringIO()
    try:
        call_command("verifier_fichiers", *options, stdout=sortie)
    except CommandError as faute:
        return 1, f"{sortie.getvalue()}{faute}"
    return 0, sortie.getvalue()


@pytest.fixture
def dossier():
    """Two pieces of one content, one of another, one taken away."""
    dossier = DossierFactory()
    for nom in ("plan.png", "le même plan.png"):
        dossier.ajouter_piece(fichier(nom), par=dossier.titulaire)
    dossier.ajouter_piece(pdf(), par=dossier.titulaire)
    retiree = dossier.ajouter_piece(fichier("vue.png", PNG + b"1"), par=dossier.titulaire)
    dossier.retirer_piece(retiree, par=dossier.titulaire)
    return dossier


@pytest.fixture
def acte():
    """A sealed act."""
    acte = Acte.commander("ar_depot", fil="dossier/D-1", instantane={}, par=UserFactory())
    acte.deposer_fichier(b"%PDF-1.7 ...")
    acte.refresh_from_db()
    return acte


def test_all_is_there(dossier, acte):
    """Contents shared by two rows are one file; an act to render, or without file by nature, keeps none."""
    Acte.commander("ar_depot", fil="dossier/D-2", instantane={}, par=None)
    sans = Acte.commander("ar_depot", fil="dossier/D-3", instantane={}, par=None)
    Acte.objects.filter(pk=sans.pk).update(etat=EtatActe.SANS_FICHIER)

    code, texte = verifier("--json")

    compte = json.loads(texte)
    assert code == 0
    assert (compte["lignes"], compte["fichiers"], compte["ecarts"]) == (5, 4, 0)
    assert compte["octets"] == sum(default_storage.size(chemin) for chemin in presents())
    assert verifier() == (
        0,
        f"Fichiers intacts : 5 lignes, 4 fichiers, {compte['octets']} octets.\n".replace(
            " octets", "\u00a0octets"
        )
        .replace("5 lignes", "5\u00a0lignes")
        .replace("4 fichiers", "4\u00a0fichiers"),
    )


def test_nothing_was_ever_stored():
    assert verifier()[0] == 0
    assert comparer().lignes == 0


def test_a_row_without_its_file_is_named(dossier):
    piece = Piece.objects.get(type_mime="application/pdf")
    default_storage.delete(piece.fichier.name)

    code, texte = verifier()

    assert code == 1
    assert f"manque    pièce de {dossier.numero} : le fichier {piece.fichier.name} manque" in texte


def test_a_file_without_a_row_is_named(dossier):
    default_storage.save("actes/zz/intrus.pdf", ContentFile(b"%PDF"))

    code, texte = verifier("--json")

    assert code == 1
    assert json.loads(texte[: texte.rindex("}") + 1])["orphelins"] == [
        "actes/zz/intrus.pdf : aucune ligne ne le cite"
    ]


@pytest.mark.parametrize("autre", [b"%PDF-1.7 ..!", b"%PDF-1.7 ... plus long"], ids=["octet", "taille"])
def test_an_altered_file_is_named(acte, autre):
    with default_storage.open(acte.fichier, "wb") as ouvert:
        ouvert.write(autre)

    code, texte = verifier()

    assert code == 1
    assert f"altéré    acte {acte.numero}" in texte


def test_both_sides_are_read_in_one_order():
    """« a-b », « a/b », « a0 »: the folder's slash has its rank among the characters."""
    for chemin in ("a/b", "a-b", "a0", "a/a/z", "é"):
        default_storage.save(chemin, ContentFile(b"x"))

    assert list(presents()) == sorted(["a/b", "a-b", "a0", "a/a/z", "é"])


def test_memory_does_not_grow_with_the_differences(monkeypatch):
    monkeypatch.setattr(fichiers, "ECARTS_MAX", 2)
    for rang in range(5):
        default_storage.save(f"pieces/{rang}", ContentFile(b"x"))

    bilan = comparer()

    assert (bilan.ecarts, len(bilan.orphelins)) == (5, 2)


# -- The only hand that deletes ----------------------------------------------------------------------------------
def test_a_file_that_a_row_keeps_is_not_deleted(dossier):
    """Two rows share it: one goes, the content stays."""
    premiere, seconde = Piece.objects.filter(type_mime="image/png").order_by("pk")
    chemin = premiere.fichier.name
    assert chemin == seconde.fichier.name
    premiere.delete()

    assert fichiers.supprimer(chemin) is False
    assert default_storage.exists(chemin)
    seconde.delete()
    assert fichiers.supprimer(chemin) is True
    assert not default_storage.exists(chemin)
    assert fichiers.supprimer(chemin) is False
