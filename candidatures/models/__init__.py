from candidatures.models.autotest import Autotest
from candidatures.models.choix import (
    FINANCEURS_PUBLICS,
    TAUX_TVA,
    Annee,
    BaseMontants,
    CategorieEquipement,
    Dispositif,
    Droit,
    Engagement,
    EtatMandat,
    IssuePassation,
    NatureExploitation,
    RegimeTva,
    RelationQpv,
    Section,
    Sens,
    Stade,
    StatutRessource,
    TitreOccupation,
    TrancheEffectif,
    TypeFinanceur,
    TypePartenaire,
    TypeTerritoire,
    Volet,
)
from candidatures.models.depot import Impression, VersionDeposee
from candidatures.models.dossier import Dossier
from candidatures.models.ecriture import COMMENTAIRE_MAX, Changement, Commentaire, Modification
from candidatures.models.envois import Decalage, Envoi, Morceau
from candidatures.models.finances import Exercice, LigneExercice, LigneFinancement
from candidatures.models.groupement import Mandat, MembreConsortium
from candidatures.models.identite import EtatVerification, VerificationSiret
from candidatures.models.joindre import Analyse
from candidatures.models.membres import Invitation, Membre, Passation, Saisie
from candidatures.models.modeles import ModeleDePiece
from candidatures.models.pieces import Piece
from candidatures.models.projet import Equipement, Indicateur, Partenaire, Site
from candidatures.models.prolongations import Incident, Prolongation
from candidatures.models.questions import OrigineQuestion, Question, QuestionPerimee, ThemeQuestion
from candidatures.models.recherche import Pertinence, Recherche

__all__ = [
    "COMMENTAIRE_MAX",
    "FINANCEURS_PUBLICS",
    "TAUX_TVA",
    "Analyse",
    "Annee",
    "Autotest",
    "BaseMontants",
    "CategorieEquipement",
    "Changement",
    "Commentaire",
    "Decalage",
    "Dispositif",
    "Dossier",
    "Droit",
    "Engagement",
    "EtatMandat",
    "Envoi",
    "Equipement",
    "EtatVerification",
    "Exercice",
    "Impression",
    "Incident",
    "Indicateur",
    "Invitation",
    "IssuePassation",
    "LigneExercice",
    "LigneFinancement",
    "Mandat",
    "Membre",
    "MembreConsortium",
    "ModeleDePiece",
    "Morceau",
    "NatureExploitation",
    "OrigineQuestion",
    "Modification",
    "Partenaire",
    "Passation",
    "Pertinence",
    "Piece",
    "Prolongation",
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
    "TrancheEffectif",
    "TypeFinanceur",
    "TypePartenaire",
    "TypeTerritoire",
    "VerificationSiret",
    "VersionDeposee",
    "Volet",
]
