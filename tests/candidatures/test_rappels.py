"""Before the closing, each member of a draft is told that it is not deposited; never twice, never without need."""

from datetime import timedelta

import pytest

from candidatures.models import Droit, Prolongation
from candidatures.tasks import rappeler_le_depot
from manufactures import horloge
from manufactures.courrier.models import Message
from manufactures.procedure import Etat
from tests.factories.candidatures import DossierFactory, MembreFactory
from tests.factories.comptes import UserFactory

pytestmark = pytest.mark.django_db
RAPPELS = ["rappel_depot_j7", "rappel_depot_j2", "rappel_depot_h6"]


def rappels():
    return list(Message.objects.filter(cle__in=RAPPELS).order_by("pk"))


def a_avant_la_cloture(dossier, **duree):
    return horloge.a(dossier.cloture - timedelta(**duree))


@pytest.fixture
def brouillon():
    """Begun a month before the closing, with a lecteur."""
    dossier = DossierFactory()
    dossier.cree_le = dossier.cloture - timedelta(days=30)
    dossier.save(update_fields=["cree_le"])
    MembreFactory(dossier=dossier, droit=Droit.LECTEUR)
    return dossier


def test_seven_days_two_days_and_six_hours_before(brouillon):
    brouillon.gouvernance = ""
    brouillon.save(update_fields=["gouvernance"])
    membres = set(brouillon.membres.values_list("user", flat=True))
    for avant, cle in (
        ({"days": 7, "minutes": 1}, None),
        ({"days": 6}, 0),
        ({"days": 1}, 1),
        ({"hours": 5}, 2),
    ):
        with a_avant_la_cloture(brouillon, **avant):
            rappeler_le_depot()
            rappeler_le_depot()
        assert [m.cle for m in rappels()[::2]] == RAPPELS[: cle + 1 if cle is not None else 0]
        assert {m.destinataire_id for m in rappels()[-2:]} <= membres
    assert len(rappels()) == 6
    lu = rappels()[2].corps_texte.replace("\u00a0", " ")
    assert "n'est PAS DÉPOSÉ" in lu
    assert "Reste à faire : décrire la gouvernance" in lu
    assert brouillon.titulaire.nom_complet in lu
    assert f"/dossiers/{brouillon.numero}/" in lu


def test_a_complete_draft_is_led_to_its_deposit(brouillon):
    for jours in (6, 1):
        with a_avant_la_cloture(brouillon, days=jours):
            rappeler_le_depot()
    for message in rappels():
        lu = message.corps_texte.replace("\u00a0", " ")
        assert "Tout est rempli : il ne manque que le dépôt." in lu
        assert lu.count(f"/dossiers/{brouillon.numero}/depot/") == 1


def test_a_long_list_is_cut_short(brouillon):
    brouillon.equipements.all().delete()
    champs = ["gouvernance", "strategie_rh", "besoin", "projet", "communaute", "formation", "transitions"]
    for champ in champs:
        setattr(brouillon, champ, "")
    brouillon.save()
    with a_avant_la_cloture(brouillon, days=1):
        rappeler_le_depot()
    assert "et la suite dans votre dossier" in rappels()[0].corps_texte


def test_nobody_is_told_without_need(brouillon):
    """Deposited, begun since, closed, or a member who left."""
    DossierFactory(vague=brouillon.vague, etat=Etat.DEPOSE)
    tardif = DossierFactory(vague=brouillon.vague)
    tardif.cree_le = tardif.cloture - timedelta(days=1, hours=12)
    tardif.save(update_fields=["cree_le"])
    partie = UserFactory(is_active=False)
    MembreFactory(dossier=brouillon, user=partie, droit=Droit.CONTRIBUTEUR)
    with a_avant_la_cloture(brouillon, days=1):
        rappeler_le_depot()
    assert {m.fil for m in rappels()} == {brouillon.fil}
    assert partie.pk not in {m.destinataire_id for m in rappels()}
    nombre = len(rappels())
    with a_avant_la_cloture(brouillon, minutes=-1):
        rappeler_le_depot()
    assert len(rappels()) == nombre


def test_extra_time_is_told_again(brouillon):
    with a_avant_la_cloture(brouillon, days=1):
        rappeler_le_depot()
        responsable = UserFactory(role="RESPONSABLE")
        Prolongation.accorder(
            vague=brouillon.vague,
            numero=brouillon.numero,
            jusqu_au=brouillon.cloture + timedelta(days=3),
            motif="Panne de réseau",
            par=responsable,
        )
    brouillon.refresh_from_db()
    with a_avant_la_cloture(brouillon, days=1):
        rappeler_le_depot()
    assert [m.cle for m in rappels()] == ["rappel_depot_j2"] * 4
