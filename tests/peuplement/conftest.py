"""A filled database, made once for the whole folder, in one transaction undone at its end."""

from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

from manufactures import horloge
from manufactures.demonstration.peuplement import familles
from manufactures.demonstration.peuplement.remplissage import Remplissage
from tests.peuplement.formes import Forme, forme_de

NOMBRE = 160


@pytest.fixture(scope="session")
def base_d_essai(django_db_setup, django_db_blocker, django_db_keepdb):
    """A test database, even where no collected test is marked `django_db`: pytest-django then prepares none."""
    if connection.settings_dict["NAME"].startswith("test_"):
        yield
        return
    with django_db_blocker.unblock():
        bases = setup_databases(0, interactive=False, aliases={"default"}, keepdb=django_db_keepdb)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(bases, verbosity=0)


@dataclass
class Peuplee:
    """What the run said, and the shape of each dossier of the history while the deeds had it in the database."""

    bilan: dict
    remplissage: Remplissage
    formes: dict[tuple[int, int], Forme] = field(default_factory=dict)  # age of the wave, story


@pytest.fixture(scope="package")
def peuplee(base_d_essai, django_db_blocker, tmp_path_factory):
    """Ask for it in place of `db`; its files stay until the end of the folder."""
    fichiers = dict(settings.STORAGES)
    fichiers["default"] = fichiers["default"] | {
        "OPTIONS": {"location": str(tmp_path_factory.mktemp("peuple"))}
    }
    formes, fondre = {}, familles.fondre

    def fondre_et_retenir(releve, age, scene, gens):
        formes.update({(age, int(cle[-2:])): forme_de(pk) for cle, pk in scene.dossiers.items()})
        return fondre(releve, age, scene, gens)

    with django_db_blocker.unblock(), override_settings(STORAGES=fichiers), transaction.atomic():
        horloge.oublier()
        with pytest.MonkeyPatch.context() as pose:
            pose.setattr(familles, "fondre", fondre_et_retenir)
            remplissage = Remplissage(NOMBRE, "tests", lambda fait, total, recit: None)
            bilan = remplissage.faire()
        yield Peuplee(bilan, remplissage, formes)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _fichiers_jetables():
    """The folder's own storage stays in force, in place of one a test."""
