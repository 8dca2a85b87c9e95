"""The nouns of the fourth stage, one file an aggregate."""

from accompagnement.models.avenant import Avenant
from accompagnement.models.besoin import Besoin
from accompagnement.models.bilan import BilanIncubation, Diagnostic, Moment, modules_sans_diagnostic
from accompagnement.models.bordereau import Bordereau
from accompagnement.models.calcul import Calcul
from accompagnement.models.changement import ChangementDeCompte
from accompagnement.models.cloture import BilanAccompagnement, IndicateurAtteint
from accompagnement.models.convention import Convention
from accompagnement.models.coordonnees import CoordonneesBancaires
from accompagnement.models.credit import CreditInsuffisant, CreditJours, engages_par_theme
from accompagnement.models.facture import Facture, StatutFacture
from accompagnement.models.grand_livre import CompteJours, EcritureJours, Poste
from accompagnement.models.hors_ligne import (
    GenreSaisie,
    PhotoPrise,
    PresencePrise,
    SaisieHorsLigne,
    Sort,
    photos_du_livrable,
    recevoir_photo,
    recevoir_presences,
    saisies_de_la_feuille,
    verifier_qui_recueille,
)
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
from accompagnement.models.recommandation import Recommandation, StatutRecommandation, SuiviProjet
from accompagnement.models.recouvrement import MotifRecouvrement, Recouvrement
from accompagnement.models.releve import EtatReleve, Releve
from accompagnement.models.versement import EtatTranche, Tranche, TypeTranche

__all__ = [
    "Avenant",
    "Besoin",
    "BilanAccompagnement",
    "BilanIncubation",
    "Bordereau",
    "Calcul",
    "ChangementDeCompte",
    "CompteJours",
    "Convention",
    "CoordonneesBancaires",
    "Creneau",
    "CreditInsuffisant",
    "CreditJours",
    "DemiJournee",
    "Diagnostic",
    "EcritureJours",
    "EtatJournee",
    "EtatLivrable",
    "EtatReleve",
    "EtatTranche",
    "Facture",
    "GenreSaisie",
    "IndicateurAtteint",
    "Inscription",
    "Journee",
    "Lieu",
    "Livrable",
    "Mission",
    "Moment",
    "MotifRecouvrement",
    "PhotoPrise",
    "Poste",
    "Presence",
    "PresencePrise",
    "Promotion",
    "Recommandation",
    "Recouvrement",
    "Releve",
    "SaisieHorsLigne",
    "Session",
    "Sort",
    "StatutFacture",
    "StatutPresence",
    "StatutRecommandation",
    "SuiviProjet",
    "Tranche",
    "TypeTranche",
    "engages_par_theme",
    "modules_sans_diagnostic",
    "photos_du_livrable",
    "recevoir_photo",
    "recevoir_presences",
    "saisies_de_la_feuille",
    "taux_assiduite",
    "verifier_qui_recueille",
]
