"""What prevents the deposit: each compulsory answer, one by one."""

import pytest

from candidatures.models import Dossier
from tests.factories.candidatures import DossierFactory
from tests.factories.programme import FormeJuridiqueFactory

pytestmark = pytest.mark.django_db

# The law written out: field, section.
OBLIGATOIRES = {
    "raison_sociale": "structure",
    "adresse_siege": "structure",
    "code_postal_siege": "structure",
    "representant_prenom": "structure",
    "representant_nom": "structure",
    "representant_qualite": "structure",
    "representant_courriel": "structure",
    "representant_telephone": "structure",
    "resume_public": "projet",
    "stade": "projet",
    "besoin": "projet",
    "projet": "projet",
    "communaute": "projet",
    "mutualisation": "projet",
    "formation": "projet",
    "transitions": "projet",
    "gouvernance": "gouvernance",
    "strategie_rh": "gouvernance",
    "calendrier": "pieces",
}


def test_a_complete_dossier_lacks_nothing():
    """Nothing prevents its deposit."""
    assert DossierFactory().manques() == []


@pytest.mark.parametrize(("champ", "section"), OBLIGATOIRES.items())
def test_each_compulsory_answer(champ, section):
    """Empty, it is the one gap, and opens its own field."""
    (manque,) = DossierFactory(**{champ: ""}).manques()
    assert (manque.champ, manque.section, manque.ancre) == (champ, section, f"id_{champ}")


@pytest.mark.parametrize(
    ("vider", "champ"),
    [
        (lambda d: d.sites.all().delete(), "sites"),
        (lambda d: d.sites.update(principal=False), "sites"),
        (lambda d: d.sites.update(type_territoire=""), "sites"),
        (lambda d: d.sites.update(titre_occupation=""), "sites"),
        (lambda d: d.sites.update(surface_projet_m2=0), "sites"),
        (lambda d: d.filieres.clear(), "filieres"),
        (lambda d: d.equipements.all().delete(), "equipements"),
        (lambda d: d.exercices.filter(annee="N+1").delete(), "exercices"),
        (lambda d: d.partenaires.all().delete(), "partenaires"),
        (
            lambda d: d.lignes_financement.filter(volet="AMORCAGE", sens="DEPENSE").delete(),
            "depenses_amorcage",
        ),
        (lambda d: Dossier.objects.filter(pk=d.pk).update(demande_amorcage=1), "demande_amorcage"),
        (lambda d: Dossier.objects.filter(pk=d.pk).update(commune_siege=None), "commune_siege"),
        (lambda d: Dossier.objects.filter(pk=d.pk).update(forme_juridique=None), "forme_juridique"),
        (
            lambda d: Dossier.objects.filter(pk=d.pk).update(
                forme_juridique=FormeJuridiqueFactory(association=True)
            ),
            "numero_rna",
        ),
    ],
)
def test_each_table_and_rule(vider, champ):
    """Rows, balance, what depends on the legal form."""
    dossier = DossierFactory()
    vider(dossier)
    assert [m.champ for m in Dossier.objects.get(pk=dossier.pk).manques()] == [champ]


def test_the_final_plan_does_not_count_in_the_deposited_one():
    """Rows of the plan after arbitration stand apart."""
    dossier = DossierFactory()
    dossier.lignes_financement.create(
        volet="INVESTISSEMENT", sens="DEPENSE", libelle="Définitif", montant=1, definitif=True
    )
    assert dossier.manques() == []
