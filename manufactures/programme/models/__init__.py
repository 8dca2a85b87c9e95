"""The programme's nouns, one file an aggregate."""

from manufactures.programme.models.appel import Appel, Critere, NatureCritere, PieceDemandee, Vague
from manufactures.programme.models.enveloppe import Enveloppe, EnveloppeDepassee, NatureAide
from manufactures.programme.models.habilitation import Delegation, Habilitation
from manufactures.programme.models.references import Filiere, FormeJuridique, Module, Theme
from manufactures.programme.models.territoire import Commune, Departement, Region

__all__ = [
    "Appel",
    "Commune",
    "Critere",
    "Delegation",
    "Departement",
    "Enveloppe",
    "EnveloppeDepassee",
    "Filiere",
    "FormeJuridique",
    "Habilitation",
    "Module",
    "NatureAide",
    "NatureCritere",
    "PieceDemandee",
    "Region",
    "Theme",
    "Vague",
]
