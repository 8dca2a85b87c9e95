"""Laureates and people of the roof's tests."""

from datetime import timedelta

import pytest

from candidatures.models import Dossier, TypeTerritoire
from manufactures import horloge
from manufactures.procedure import Etat
from tests.factories.programme import CommuneFactory, FiliereFactory, VagueFactory


@pytest.fixture(autouse=True)
def _second_facteur_facultatif(settings):
    """Agents enter with their password alone here."""
    settings.MFA_AGENTS = "facultative"


@pytest.fixture
def laureat(db):
    """Make a published laureate with one place."""

    def faire(
        nom,
        *,
        commune=None,
        territoire=TypeTerritoire.RURAL,
        filiere=None,
        publie=True,
        etat=Etat.EN_INCUBATION,
    ):
        instant = horloge.maintenant()
        dossier = Dossier.objects.create(
            vague=VagueFactory(),
            nom_projet=nom,
            resume_public=f"Résumé de {nom}.",
            etat=etat,
            depose_le=instant,
            version_deposee=1,
        )
        dossier.sites.create(
            nom="Atelier", principal=True, commune=commune or CommuneFactory(), type_territoire=territoire
        )
        dossier.filieres.add(filiere or FiliereFactory())
        dossier.marquer_laureat(instant - timedelta(days=1) if publie else instant + timedelta(days=1))
        return dossier

    return faire
