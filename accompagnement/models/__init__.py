"""The nouns of the fourth stage, one file an aggregate."""

from accompagnement.models.besoin import Besoin
from accompagnement.models.bilan import BilanIncubation, Diagnostic, Moment, modules_sans_diagnostic
from accompagnement.models.calcul import Calcul
from accompagnement.models.cloture import BilanAccompagnement, IndicateurAtteint, Recommandation
from accompagnement.models.convention import Convention
from accompagnement.models.coordonnees import CoordonneesBancaires
from accompagnement.models.credit import CreditInsuffisant, CreditJours, engages_par_theme
from accompagnement.models.facture import Facture, StatutFacture
from accompagnement.models.incubation import (
    DemiJournee,
    Inscription,
    Presence,
    Promotion,
    Session,
    StatutPresence,
    taux_assiduite,
)
from accompagnement.models.journee import Creneau, EtatJournee, Journee, Lieu
from accompagnement.models.livrable import EtatLivrable, Livrable
from accompagnement.models.mission import Mission
from accompagnement.models.versement import EtatTranche, Tranche, TypeTranche

__all__ = [
    "Besoin",
    "BilanAccompagnement",
    "BilanIncubation",
    "Calcul",
    "Convention",
    "CoordonneesBancaires",
    "Creneau",
    "CreditInsuffisant",
    "CreditJours",
    "DemiJournee",
    "Diagnostic",
    "EtatJournee",
    "EtatLivrable",
    "EtatTranche",
    "Facture",
    "IndicateurAtteint",
    "Inscription",
    "Journee",
    "Lieu",
    "Livrable",
    "Mission",
    "Moment",
    "Presence",
    "Promotion",
    "Recommandation",
    "Session",
    "StatutFacture",
    "StatutPresence",
    "Tranche",
    "TypeTranche",
    "engages_par_theme",
    "modules_sans_diagnostic",
    "taux_assiduite",
]
