from candidatures.models.autotest import Autotest
from candidatures.models.choix import (
    FINANCEURS_PUBLICS,
    TAUX_TVA,
    Annee,
    BaseMontants,
    CategorieEquipement,
    Droit,
    Engagement,
    NatureExploitation,
    RegimeTva,
    RelationQpv,
    Section,
    Sens,
    Stade,
    StatutRessource,
    TitreOccupation,
    TypeFinanceur,
    TypePartenaire,
    TypeTerritoire,
    Volet,
)
from candidatures.models.depot import VersionDeposee
from candidatures.models.dossier import Dossier
from candidatures.models.finances import Exercice, LigneExercice, LigneFinancement
from candidatures.models.membres import Membre, MembreConsortium, Saisie
from candidatures.models.pieces import Piece
from candidatures.models.projet import Equipement, Indicateur, Partenaire, Site
from candidatures.models.questions import OrigineQuestion, Question, QuestionPerimee, ThemeQuestion
from candidatures.models.recherche import Recherche

__all__ = [
    "FINANCEURS_PUBLICS",
    "TAUX_TVA",
    "Annee",
    "Autotest",
    "BaseMontants",
    "CategorieEquipement",
    "Dossier",
    "Droit",
    "Engagement",
    "Equipement",
    "Exercice",
    "Indicateur",
    "LigneExercice",
    "LigneFinancement",
    "Membre",
    "MembreConsortium",
    "NatureExploitation",
    "OrigineQuestion",
    "Partenaire",
    "Piece",
    "Question",
    "QuestionPerimee",
    "Recherche",
    "RegimeTva",
    "RelationQpv",
    "Saisie",
    "Section",
    "Sens",
    "Site",
    "Stade",
    "StatutRessource",
    "ThemeQuestion",
    "TitreOccupation",
    "TypeFinanceur",
    "TypePartenaire",
    "TypeTerritoire",
    "VersionDeposee",
    "Volet",
]
