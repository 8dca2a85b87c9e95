"""« La Manufacture distribuée »: four bodies, three places, two départements, one project."""

import pytest

from candidatures.models import Dossier, Mandat
from candidatures.models.depot import VersionDeposee
from manufactures.courrier.models import Message

pytestmark = pytest.mark.xdist_group("demonstration")


def test_the_consortium_was_deposited_with_its_mandates(demonstration):
    dossier = Dossier.objects.get(nom_projet="La Manufacture distribuée")
    partenaires = list(dossier.membres_consortium.avec_leurs_mandats())

    assert [p.raison_sociale for p in partenaires] == [
        "Le RoseLab",
        "Le Laboratoire Organique de Lustar",
        "SCIC IF — Les Imaginations Fertiles",
    ]
    assert {p.etat_du_mandat for p in partenaires} == {"DONNE"}
    assert all(m.repondu_le < dossier.depose_le for m in Mandat.objects.filter(partenaire__in=partenaires))
    lieux = dossier.sites.values_list("commune__departement", "type_territoire")
    assert len(lieux) == 3 and {code for code, _ in lieux} == {"31", "65"}
    assert {territoire for _, territoire in lieux} == {"RURAL", "QPV", "AUTRE"}
    assert Dossier.objects.filter(slug__isnull=False).count() == 20  # one project, whatever its places
    figes = VersionDeposee.objects.get(dossier=dossier, rang=dossier.version_deposee).contenu
    assert [ligne["mandat"][:6] for ligne in figes["membres_consortium"]] == ["Donné "] * 3


def test_no_link_of_the_demonstration_still_opens(demonstration):
    """Every mandate was answered: its mail holds a dead link."""
    assert not Mandat.objects.exclude(etat="DONNE").exists() and not Mandat.objects.exclude(nonce="").exists()
    assert Message.objects.filter(cle="mandat_partenaire").count() == Mandat.objects.count() == 5
