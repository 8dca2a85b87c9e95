"""An act is cancelled and replaced, both kept; nothing but texts changes, by whoever signed."""

import pytest

from manufactures.actes.models import Acte
from manufactures.actes.suites import corriger, textes
from manufactures.actes.tasks import produire
from manufactures.journal.models import Entree
from manufactures.registres import GesteInterdit, TransitionInterdite
from tests.actes.exemples_d_actes import exemple
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db
NOUVEAU = "le dossier décrit trois postes ouverts à tous"


@pytest.fixture
def signataire():
    return UserFactory()


@pytest.fixture
def acte(signataire):
    return Acte.commander(
        "labellisation", fil="dossier/D-1", instantane=exemple("labellisation"), par=signataire, retenu=True
    )


def test_a_replaced_act_keeps_its_number_and_its_text(acte, signataire):
    avant = acte.instantane["motifs"][0]
    nouveau = acte.remplacer(par=signataire, motif="Coquille.", corrections={"motifs.0": NOUVEAU})

    assert acte.etat == "ANNULE" and acte.remplace_par == nouveau and acte.annule_par == signataire
    assert acte.instantane["motifs"][0] == avant and nouveau.instantane["motifs"][0] == NOUVEAU
    assert nouveau.rang == acte.rang + 1 and nouveau.lisible_le is None  # still held back
    assert nouveau.instantane["acte"]["numero"] == nouveau.numero
    entree = Entree.objects.get(action="remplacer_acte")
    assert entree.faits == {"acte": acte.numero, "nouveau": nouveau.numero}


def test_the_queue_forgets_a_cancelled_act(acte, signataire):
    acte.annuler(par=signataire, motif="Sans objet.")
    produire(acte.pk)
    acte.refresh_from_db()
    assert acte.etat == "ANNULE" and not acte.fichier


def test_only_who_signed_corrects(acte):
    with pytest.raises(GesteInterdit):
        acte.remplacer(par=UserFactory(), motif="Coquille.", corrections={"motifs.0": NOUVEAU})


@pytest.mark.parametrize(
    "corrections",
    [
        {},
        {"acte.numero": "MP-2021-000001 et autre chose"},
        {"porteur.raison_sociale": "Une tout autre société anonyme"},
        {"seance.debut": "un jour comme les autres"},
        {"motifs.9": NOUVEAU},
        {"inconnu.__class__": NOUVEAU},
    ],
)
def test_nothing_else_is_corrected(acte, signataire, corrections):
    with pytest.raises(TransitionInterdite):
        acte.remplacer(par=signataire, motif="Coquille.", corrections=corrections)
    assert Acte.objects.count() == 1


def test_a_reason_is_needed_and_once_is_enough(acte, signataire):
    with pytest.raises(TransitionInterdite):
        acte.annuler(par=signataire, motif="  ")
    acte.annuler(par=signataire, motif="Sans objet.")
    with pytest.raises(TransitionInterdite):
        acte.annuler(par=signataire, motif="Encore.")


def test_amounts_dates_and_people_are_no_texts():
    chemins = textes(exemple("attribution"))
    assert all(not chemin.startswith(("porteur", "signataire", "acte", "agent")) for chemin in chemins)
    assert "total" not in chemins


def test_the_former_snapshot_is_left_alone():
    avant = exemple("labellisation")
    corriger(avant, {"motifs.0": NOUVEAU})
    assert avant == exemple("labellisation")


def test_the_owner_points_to_the_new_act(signataire):
    """A dossier that showed the first shows the second in its place."""
    from tests.factories.accompagnement import LaureatFactory

    dossier = LaureatFactory()
    acte = Acte.commander(
        "labellisation", fil=dossier.fil, instantane=exemple("labellisation"), par=signataire
    )
    dossier.ajouter_acte(acte)
    nouveau = acte.remplacer(par=signataire, motif="Coquille.", corrections={"motifs.0": NOUVEAU})
    assert list(dossier.actes.all()) == [nouveau]


def test_the_paper_copy_is_noted_once(acte):
    acte.noter_envoi_postal()
    acte.refresh_from_db()
    premier = acte.poste_le
    acte.noter_envoi_postal()
    acte.refresh_from_db()
    assert acte.poste_le == premier is not None
