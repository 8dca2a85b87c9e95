"""The programme's nouns, one file an aggregate."""

from manufactures.programme.models.appel import (
    Appel,
    PieceDemandee,
    RegimeAide,
    Vague,
)
from manufactures.programme.models.article import Article, Cahier
from manufactures.programme.models.clauses import Citation, Clauses
from manufactures.programme.models.critere import Critere, NatureCritere
from manufactures.programme.models.eligibilite import (
    Effet,
    GenreQuestion,
    QuestionEligibilite,
    ReponseEligibilite,
)
from manufactures.programme.models.enveloppe import Enveloppe, EnveloppeDepassee, NatureAide
from manufactures.programme.models.habilitation import Delegation, Habilitation, habilites
from manufactures.programme.models.references import Filiere, FormeJuridique, Module, Theme
from manufactures.programme.models.territoire import Commune, Departement, Region

__all__ = [
    "Appel",
    "Article",
    "Cahier",
    "Citation",
    "Clauses",
    "Commune",
    "Critere",
    "Delegation",
    "Departement",
    "Effet",
    "Enveloppe",
    "EnveloppeDepassee",
    "Filiere",
    "FormeJuridique",
    "GenreQuestion",
    "Habilitation",
    "habilites",
    "Module",
    "NatureAide",
    "NatureCritere",
    "PieceDemandee",
    "RegimeAide",
    "QuestionEligibilite",
    "Region",
    "ReponseEligibilite",
    "Theme",
    "Vague",
]
