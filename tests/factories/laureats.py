"""Laureates of the public pages."""

from datetime import timedelta

from candidatures.models import Dossier, TypeTerritoire
from manufactures import horloge
from manufactures.procedure import Etat
from tests.factories.programme import CommuneFactory, FiliereFactory, VagueFactory


def laureat(
    nom, *, commune=None, territoire=TypeTerritoire.RURAL, filiere=None, publie=True, etat=Etat.EN_INCUBATION
) -> Dossier:
    """A laureate with one place, published yesterday; `publie=False` will be tomorrow."""
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
